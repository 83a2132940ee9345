"""The screens to look at: what to call each, whose eyes see it, and where it is."""

from dataclasses import dataclass

from tools.site import Site


@dataclass(frozen=True)
class Screen:
    name: str
    person: str  # a username of the demo, or "" for whoever has not signed in
    path: str


ONE_OF_EACH = """
from clients.models import Client, ImportBatch
from spm.models import Holiday, Job
client = Client.objects.filter(loans__isnull=False).order_by("pk").first()
own = Client.objects.filter(officer__user__username="officer").order_by("pk").first()
job, batch = Job.objects.order_by("created_at").first(), ImportBatch.objects.first()
holiday = Holiday.objects.first()
print(*[row.pk if row else 0 for row in (client, own, job, batch, holiday)])
"""

# What seldom happens by itself: an import that waits for a word, one refused whole, a job that failed.
RARE = """
import io, zipfile
from django.core.files import File
from clients.actions import check_import, upload_import
from spm.models import Job, User
manager = User.objects.get(username="manager")
rows = "client_id,name,office,birth_date\\nS-1,Rosa Mamani,SA,31/01/1990\\nS-2,Julia Ticona,SA,1988-02-03"
def sent(strict):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("clients.csv", rows)
    kept = dict(source="clientes-nuevos.zip", profile="generic", decimal=".", strict=strict, by=manager)
    return check_import(batch=upload_import(file=File(packed, "portfolio.zip"), **kept), by=manager)
why = "The disk is full."
failed = Job.objects.create(work="clients.check_import", by=manager, state="failed", error=why)
lost = dict(failures=5, attempt=5, error="The server stopped while this ran.")
aside = Job.objects.create(work="exits.rebuild_spells", by=manager, state="parked", **lost)
theirs = "Código Cliente;Nombre completo;Agencia;Sexo;Fecha Nacimiento\\n"
theirs += "1;Rosa Mamani;SA;Mujer;03/02/1990\\n2;;SA;X;1"
packed = io.BytesIO()
with zipfile.ZipFile(packed, "w") as archive:
    archive.writestr("socios.csv", theirs)
kept = dict(source="socios.csv", profile="mapped", decimal=".", strict=False, by=manager)
other = upload_import(file=File(packed, "portfolio.zip"), **kept)
print(sent(False).pk, sent(True).pk, failed.pk, aside.pk, other.pk)
"""

# A logo as wide and as dark as they come.
LOGO = """
import io
from PIL import Image, ImageDraw
from clients.actions.institution import set_logo
from spm.models import Logo
from spm.pictures import drawn_anew
image, file = Image.new("RGBA", (800, 240)), io.BytesIO()
draw = ImageDraw.Draw(image)
draw.ellipse((10, 10, 230, 230), fill=(22, 33, 31))
for number in range(4):
    draw.rectangle((270 + 130 * number, 200 - 50 * number, 370 + 130 * number, 230), fill=(11, 110, 110))
image.save(file, "PNG")
set_logo(picture=drawn_anew(file.getvalue()), by=None, version=Logo.get().version)
"""

# Somebody in a branch with two roles, and invitations: one accepted, one withdrawn, one that waits.
STAFF = """
import datetime as dt
from django.utils import timezone
from clients.actions import invitations
from clients.actions.roles import grant_role
from clients.models import Office
from spm.models import User
admin, officer = (User.objects.get(username=name) for name in ("admin", "officer"))
branch, today = Office.objects.get(code="VN"), timezone.localdate()
offered = dict(role="officer", office=branch, language="es", by=admin)
taken, _token = invitations.invite(email="julia.ticona@caja.example", **offered)
invitations.join(invitation=taken, full_name="Julia Ticona", password="granizo-de-agosto")
back, _token = invitations.invite(email="luis.rojas@caja.example", **offered)
invitations.withdraw(invitation=back, by=admin)
_waiting, token = invitations.invite(email="eva.flores@caja.example", **offered)
later = dict(valid_from=today + dt.timedelta(days=30), valid_to=today + dt.timedelta(days=60))
grant_role(user=officer, role="manager", office=branch, by=admin, **later)
print(officer.pk, officer.memberships.earliest("pk").pk, token)
"""


# A client to call, a form that came twice.
FIELD = """
import uuid
from clients.models import Office
from spm.models import Submission, SubmissionConflict, User
from clients.models import Client
from django.utils import timezone
from exits.actions import confirm_exit, rebuild_spells, record_contact, record_interview
from exits.models import LeaverType, Reason, RegisteredExit, Spell
from exits.queries import data_as_of
from exits.queries.contacts import to_call
officer, path = User.objects.get(username="officer"), Office.objects.get(code="VN").path
given = dict(user=officer, office_path=path)
said = dict(client=["C1"], how=["call"], result=["reached"], note=["Espera la cosecha."])
form = dict(pk=uuid.uuid4(), form="exits:contact-add", answer="{}", body=said, digest="1")
first = Submission.objects.create(**form, **given)
later = dict(digest="2", body=said | dict(note=["Ya no quiere un préstamo."]))
twice = SubmissionConflict.objects.create(submission=first, **later, **given)
if not to_call(officer).exists():
    # In a small institution nobody may be resting just now.
    own = Client.objects.filter(officer__user=officer, loans__closed_on=None).order_by("pk").last()
    own.loans.filter(closed_on=None).update(closed_on=data_as_of(), status="repaid")
    rebuild_spells(by=None, whole=True)
    resting = to_call(officer).get(pk=own.pk)
    spoke = dict(how="call", result="reached", note="Espera la cosecha.", by=officer)
    record_contact(client=resting, start=resting.start, at=timezone.now(), **spoke)
ended = Spell.objects.filter(portfolio__user=officer, left_on__isnull=False).order_by("-left_on", "pk")
gone, other = ended.first(), ended.exclude(client__registered_exits=None).first() or ended.last()
stay = dict(client=other.client, start=other.start, at=timezone.now())
confirmed = RegisteredExit.objects.filter(client=other.client).first() or confirm_exit(
    **stay, leaver_type=LeaverType.objects.get(code="moved"), by=officer
)
said = dict(complaint="Le gritaron.", competitor="Caja Sur", would_recommend=3)
why = Reason.objects.get(code="recovery")
manager = User.objects.get(username="manager")
interview = record_interview(**stay, consent=True, primary=why, by=manager, **said)
called = to_call(officer).order_by("pk").last().external_id
print(called, twice.pk, gone.client.external_id, confirmed.pk, interview.pk, confirmed.leaver_type_id, why.pk)
"""


# A report that goes to the manager each month.
SCHEDULE = """
import datetime as dt
from clients.models import Office
from django.utils import timezone
from exits.actions import schedule_report
from spm.models import User
User.objects.filter(username="manager").update(email="manager@example.org")
manager = User.objects.get(username="manager")
said = dict(kind="board", language="es", form="pdf", every="month", office=Office.head())
due_on = (timezone.localdate().replace(day=5) + dt.timedelta(days=31)).replace(day=5)
print(schedule_report(**said, due_on=due_on, recipients=[manager], by=manager).pk)
"""


# Leavers of three years drawn into a sample, and some of them asked.
SAMPLE = """
import datetime as dt
from random import Random
from clients.models import Office
from exits.actions import draw_leavers, record_contact, record_interview
from exits.models import Reason
from exits.queries import data_as_of
from django.utils import timezone
from spm.models import User
manager, until, rng = User.objects.get(username="manager"), data_as_of(), Random(1)
period = dict(left_from=until - dt.timedelta(days=1095), left_until=until, margin=0.1)
sample = draw_leavers(name="Tres años", office=Office.head(), seed=1, by=manager, **period)
drawn = list(sample.members.filter(state="drawn").order_by("pk"))
reasons = list(Reason.objects.exclude(head=""))
for row in drawn[1:31]:
    said = dict(primary=rng.choice(reasons), first=rng.choice(reasons), change="Reuniones más cortas.")
    said |= {} if row.pk % 3 else dict(competitor="Banco del Valle")
    agrees = dict(callback=True, callback_contact="555 0134") if row.pk % 2 else dict(may_contact=True)
    then = timezone.now() - dt.timedelta(days=9)
    stay = dict(client=row.client, start=row.start, by=manager)
    record_interview(consent=True, sampled=row, at=then, would_return="yes", **stay, **said, **agrees)
    if row.pk % 3 == 0:
        called = then + dt.timedelta(days=2)
        result = rng.choice(["not_reached", "reached", "returns", "leaves"])
        record_contact(at=called, how="call", result=result, **stay)
print(sample.pk, drawn[0].pk)
"""


# An example of what one may assume of the cost of exit.
ASSUMED = (
    "fall_low=1&fall=2&fall_high=3&margin_low=30&margin=40&margin_high=50&cycles_low=2&cycles=3&cycles_high=4"
    "&acquisition=30&interview=20&confirmation=3&call=6&hour_low=5&hour=6&hour_high=9&other=200"
)

# Four of five exits of the last two years confirmed, of a large institution some, and counted.
TYPES = """
import datetime as dt
from random import Random
from django.utils import timezone
from exits.actions import analyse_exits, confirm_exit
from exits.models import LeaverType, RegisteredExit, Spell
from exits.queries import data_as_of
from spm.models import User
manager, rng, since = User.objects.get(username="manager"), Random(2), data_as_of() - dt.timedelta(days=730)
types = list(LeaverType.objects.filter(code__in=("moved", "dissatisfied", "graduated_elsewhere", "shock")))
known = set(RegisteredExit.objects.values_list("client", "start"))
ended = Spell.objects.filter(left_on__gte=since).select_related("client").order_by("pk")[:2_000]
for stay in ended:
    if stay.pk % 5 and (stay.client_id, stay.start) not in known:
        kind = types[0] if stay.sex == "F" and rng.random() < 0.5 else rng.choice(types)
        said = dict(client=stay.client, start=stay.start, at=timezone.now())
        confirm_exit(**said, leaver_type=kind, by=manager)
analyse_exits(by=None)
"""


# Complaints: one that waits, one that is overdue and was decided.
COMPLAINTS = """
import datetime as dt
from clients.models import Office
from django.utils import timezone
from feedback.actions import receive_complaint, resolve, sort_complaint
from feedback.models import Category
from spm.models import User
officer, desk = (User.objects.filter(username=name).first() for name in ("officer", "desk"))
branch, then = Office.objects.get(code="VN"), timezone.now() - dt.timedelta(days=40)
said = dict(text="El asesor me gritó delante de mi grupo.", wanted="Que pida disculpas.", by=officer)
row = receive_complaint(channel="officer", office=branch, name="Rosa Mamani", at=then, **said)
given = dict(category=Category.objects.get(code="dignity"), about_office=branch)
row = sort_complaint(complaint=row, version=row.version, at=then, by=desk, **given)
said = dict(text="El dinero llegó con dos semanas de retraso.", channel="box")
waits = receive_complaint(office=branch, by=None, **said)
print(row.pk, waits.pk)
"""


def made(site: Site, *scripts: str) -> list[list[str]]:
    """The words that each script printed: all in one process, none with the names of another."""
    each = "\n".join(f"exec({script!r}, {{}})" for script in scripts)
    return [line.split() for line in site.manage("shell", "-v0", "-c", each).splitlines()]


def make_rows(site: Site) -> None:
    """What each screen shows, and what seldom happens by itself."""
    site.rows.extend(made(site, ONE_OF_EACH, RARE, STAFF, FIELD, SAMPLE, SCHEDULE, COMPLAINTS, LOGO, TYPES))


def screens(site: Site) -> list[Screen]:
    """Every kind of screen once, with the keys of this site's rows."""
    if not site.rows:
        make_rows(site)
    said = iter(site.rows)
    client, own, job, batch, holiday = next(said)
    waiting, refused, failed, aside, unmapped = next(said)
    person, role, token = next(said)
    to_call, twice, gone, confirmed, interview, kind, why = next(said)
    sample, sampled = next(said)
    (schedule,) = next(said)
    late, waits = next(said)
    return [
        Screen("sign-in", "", "/accounts/login/"),
        Screen("password-reset", "", "/accounts/password/reset/"),
        Screen("home-manager", "manager", "/"),
        Screen("complaints", "desk", "/feedback/complaints/"),
        Screen("complaint", "desk", f"/feedback/complaints/{late}/?who=shown"),
        Screen("complaint-sort", "desk", f"/feedback/complaints/{waits}/change/?do=sort"),
        Screen("categories", "manager", "/feedback/categories/"),
        Screen("category-new", "manager", "/feedback/categories/new/"),
        Screen("category-change", "manager", f"/feedback/categories/{kind}/"),
        Screen("complaint-new", "officer", "/feedback/complaints/new/"),
        Screen("home-officer", "officer", "/"),
        Screen("home-assessor", "assessor", "/"),
        Screen("password-change", "manager", "/accounts/password/change/"),
        Screen("password-again", "manager", "/accounts/reauthenticate/"),
        Screen("second-step", "manager", "/accounts/second-step/"),
        Screen("second-step-set-up", "manager", "/accounts/second-step/on/"),
        Screen("people", "admin", "/clients/people/"),
        Screen("people-none-found", "admin", "/clients/people/?q=nobodyofthisname"),
        Screen("people-of-a-branch", "branch-manager", "/clients/people/"),
        Screen("person", "admin", f"/clients/people/{person}/"),
        Screen("role-add", "admin", f"/clients/people/{person}/roles/new/"),
        Screen("role-change", "admin", f"/clients/people/roles/{role}/"),
        Screen("institution", "admin", "/clients/institution/"),
        Screen("logo", "admin", "/clients/institution/logo/"),
        Screen("holidays", "admin", "/clients/institution/holidays/"),
        Screen("holiday-add", "admin", "/clients/institution/holidays/new/"),
        Screen("holiday-change", "admin", f"/clients/institution/holidays/{holiday}/"),
        Screen("invitations", "admin", "/clients/people/invitations/"),
        Screen("invitation-new", "admin", "/clients/people/invitations/new/"),
        Screen("invitation", "", f"/clients/people/invitations/link/{token}/"),
        Screen("invitation-gone", "", "/clients/people/invitations/link/used/"),
        Screen("exits", "manager", "/exits/"),
        Screen("exits-officer", "officer", "/exits/"),
        Screen("exits-women-by-cycle", "manager", "/exits/?sex=F&by=cycle"),
        Screen("exits-counted", "manager", "/exits/counted/?count=exits"),
        Screen("reasons", "manager", "/exits/reasons/"),
        Screen("reasons-women", "manager", "/exits/reasons/?sex=F&part=any&by=product"),
        Screen("reasons-officer", "officer", "/exits/reasons/"),
        Screen("verbatims", "manager", "/exits/reasons/verbatims/"),
        Screen("report", "manager", "/exits/report/"),
        Screen("schedules", "manager", "/exits/report/schedules/"),
        Screen("schedule-add", "manager", "/exits/report/schedules/new/"),
        Screen("schedule-change", "manager", f"/exits/report/schedules/{schedule}/"),
        Screen("samples", "manager", "/exits/samples/"),
        Screen("sample-add", "manager", "/exits/samples/new/"),
        Screen("sample", "manager", f"/exits/samples/{sample}/"),
        Screen("leaver-replace", "manager", f"/exits/samples/leavers/{sampled}/replace/"),
        Screen("watch", "manager", "/exits/watch/"),
        Screen("cost-empty", "manager", "/exits/cost/"),
        Screen("cost", "manager", f"/exits/cost/?{ASSUMED}"),
        Screen("winback", "manager", "/exits/win-back/?start=2024-01"),
        Screen("winback-officer", "officer", "/exits/win-back/"),
        Screen("watch-officer", "officer", "/exits/watch/"),
        Screen("exits-overdue", "manager", "/exits/overdue/"),
        Screen("contact-add", "officer", f"/exits/contacts/new/?client={to_call}"),
        Screen("leaver-types", "manager", "/exits/lists/types/"),
        Screen("leaver-type-add", "manager", "/exits/lists/types/new/"),
        Screen("leaver-type", "manager", f"/exits/lists/types/{kind}/"),
        Screen("reasons-listed", "officer", "/exits/lists/reasons/"),
        Screen("reason-add", "manager", "/exits/lists/reasons/new/"),
        Screen("reason-entry", "manager", f"/exits/lists/reasons/{why}/"),
        Screen("wordings", "officer", "/exits/lists/interview/"),
        Screen("wording-add", "manager", "/exits/lists/interview/new/"),
        Screen("wording-take", "manager", "/exits/lists/interview/file/"),
        Screen("leaver-type-take", "manager", "/exits/lists/types/file/"),
        Screen("reason-take", "manager", "/exits/lists/reasons/file/"),
        Screen("register", "manager", "/exits/register/"),
        Screen("register-officer", "officer", "/exits/register/"),
        Screen("exit-change", "manager", f"/exits/register/{confirmed}/"),
        Screen("interviews", "manager", "/exits/interviews/"),
        Screen("interview", "manager", f"/exits/interviews/{interview}/"),
        Screen("exit-confirm", "officer", f"/exits/register/confirm/?client={gone}"),
        Screen("exit-confirm-blank", "officer", "/exits/register/confirm/"),
        Screen("interview-add", "manager", f"/exits/interviews/new/?client={gone}"),
        Screen("interview-add-blank", "officer", "/exits/interviews/new/"),
        Screen("contact-add-blank", "officer", "/exits/contacts/new/"),
        Screen("outbox", "officer", "/field/outbox/"),
        Screen("no-connection", "officer", "/field/offline/"),
        Screen("forms-twice", "branch-manager", "/field/twice/"),
        Screen("form-twice", "branch-manager", f"/field/twice/{twice}/"),
        Screen("stages", "manager", "/exits/stages/"),
        Screen("stages-by-product", "manager", "/exits/stages/?by=product"),
        Screen("profile", "manager", "/exits/profile/"),
        Screen("profile-together", "manager", "/exits/profile/?by=together"),
        Screen("types", "manager", "/exits/profile/types/"),
        Screen("types-by-tone", "manager", "/exits/profile/types/?by=tone"),
        Screen("types-none", "branch-manager", "/exits/profile/types/"),
        Screen("stays", "manager", "/exits/stays/"),
        Screen("stays-by-product", "manager", "/exits/stays/?by=product"),
        Screen("stays-by-cause", "manager", "/exits/stays/?by=cause"),
        Screen("stays-officer", "officer", "/exits/stays/"),
        Screen("cohorts", "manager", "/exits/cohorts/"),
        Screen("seasons", "manager", "/exits/seasons/"),
        Screen("limits", "manager", "/exits/limits/"),
        Screen("returns", "manager", "/exits/returns/"),
        Screen("definitions", "manager", "/exits/definitions/"),
        Screen("definition-add", "manager", "/exits/definitions/new/"),
        Screen("clients", "manager", "/clients/"),
        Screen("clients-none-found", "manager", "/clients/?q=nobodyofthisname"),
        Screen("clients-masked", "admin", "/clients/"),
        Screen("clients-officer", "officer", "/clients/"),
        Screen("client", "manager", f"/clients/{client}/"),
        Screen("client-masked", "admin", f"/clients/{client}/"),
        Screen("client-officer", "officer", f"/clients/{own}/"),
        Screen("client-panel", "manager", f"/exits/panels/client/{client}/"),
        Screen("portfolio", "manager", "/clients/portfolio/"),
        Screen("portfolio-no-names", "admin", "/clients/portfolio/"),
        Screen("portfolio-of-a-branch", "branch-manager", "/clients/portfolio/"),
        Screen("imports", "manager", "/clients/imports/"),
        Screen("import-new", "manager", "/clients/imports/new/"),
        Screen("import-report", "manager", f"/clients/imports/{batch}/"),
        Screen("import-behind", "manager", f"/clients/imports/{batch}/behind/?count=no-loan"),
        Screen("import-undo", "manager", f"/clients/imports/{batch}/undo/"),
        Screen("duplicates", "manager", "/clients/twice/"),
        Screen("client-merge", "manager", f"/clients/{client}/merge/?other={own}"),
        Screen("merges", "manager", "/clients/merged/"),
        Screen("import-columns", "manager", f"/clients/imports/{unmapped}/columns/"),
        Screen("import-unmapped", "manager", f"/clients/imports/{unmapped}/"),
        Screen("profiles", "manager", "/clients/imports/columns/"),
        Screen("import-waiting", "manager", f"/clients/imports/{waiting}/"),
        Screen("import-refused", "manager", f"/clients/imports/{refused}/"),
        Screen("jobs", "admin", "/jobs/"),
        Screen("job-failed", "manager", f"/jobs/{failed}/"),
        Screen("job-set-aside", "manager", f"/jobs/{aside}/"),
        Screen("job", "admin", f"/jobs/{job}/"),
        Screen("audit", "admin", "/audit/"),
        Screen("gallery", "admin", "/gallery/"),
        Screen("forbidden", "assessor", "/exits/"),
        Screen("not-found", "manager", "/clients/999999999/"),
    ]
