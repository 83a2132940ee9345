"""Every route that takes a form, and every table that goes out, leaves its line in the audit trail."""

import datetime as dt
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clients.actions import check_import, import_portfolio, upload_import
from clients.actions.invitations import invite
from clients.models import Client as Person
from clients.models import ClientMerge, ImportBatch
from exits.actions import analyse_exits, draw_leavers, rebuild_spells
from exits.models import LeaverSample, LeaverType, Reason, RegisteredExit, SampledLeaver
from exits.views.analyses.base import Analysed
from spm import checks, views
from spm.access import Role, can
from spm.accounts import reset_path
from spm.models import AuditEvent, Job
from tests.clients.portfolio_files import portfolio, write_xlsx
from tests.clients.test_mappings import choose
from tests.exits.pages import portfolio as clients_of_a_year
from tests.exits.scheduled import SCHEDULES
from tests.exits.wordings import WORDS
from tests.factories import (
    ClientFactory,
    HolidayFactory,
    LoanFactory,
    MembershipFactory,
    SubmissionConflictFactory,
    UserFactory,
)
from tests.feedback.sent import COMPLAINTS, LISTED, USUAL
from tests.feedback.steps import receive
from tests.spm.pictures import plain, sent
from tests.spm.test_second_factor import PASSWORD, set_up, sign_in
from tests.test_access import address

pytestmark = pytest.mark.django_db

ROUTES = {name: getattr(view, "view_class", None) for name, view in checks.walk()}
# What takes a form and keeps nothing, each with its reason.
KEEPS_NOTHING = {
    "account_signup": "closed: people do not sign themselves up",
    "account_reset_password": "sends a link; the password that is chosen by it leaves the line",
    "account_reauthenticate": "asks for the password once more within a session",
    "mfa_reauthenticate": "asks for the code once more within a session",
    "clients:institution-mail": "sends a mail to oneself",
    "mfa_authenticate": "the second half of signing in, which leaves the line",
}


def takes_a_form(view) -> bool:
    unsafe = ("post", "put", "patch", "delete")
    return view is not None and any(
        hasattr(view, method) and method in view.http_method_names for method in unsafe
    )


class Scene:
    """A manager and, for people, an administrator at work: each method sends one route as a person does."""

    def __init__(self, boss, admin, office, tmp_path):
        self.boss, self.admin, self.office = boss, admin, office
        self.book = write_xlsx(tmp_path / "portfolio.xlsx", portfolio())
        self.browser = Client()
        self.browser.force_login(boss)

    def file(self) -> SimpleUploadedFile:
        return SimpleUploadedFile("portfolio.xlsx", self.book.read_bytes())

    def post(self, name, /, *args, browser=None, **data):
        return (browser or self.browser).post(reverse(name, args=args), data)

    def checked(self) -> ImportBatch:
        file, options = self.file(), {"profile": "generic", "decimal": ".", "strict": False}
        batch = upload_import(file=file, source="portfolio.xlsx", by=None, **options)
        return check_import(batch=batch, by=None)

    def job(self, state) -> int:
        return Job.objects.create(work="clients.check_import", by=self.boss, state=state).pk

    def choose_columns(self):
        sent = {"profile": "mapped", "decimal": ".", "files": [self.file()]}
        self.post("clients:import-upload", **sent)
        choose(self.browser, ImportBatch.objects.latest("pk"), save="1", name="Core X")

    def merge(self):
        one, other = ClientFactory(), ClientFactory()
        address = reverse("clients:client-merge", args=[one.pk], query={"other": other.pk})
        self.browser.post(address, {"keep": "one"})

    def call(self):
        client = LoanFactory(closed_on="2025-01-01", status="repaid").client
        rebuild_spells(by=None)
        given = {"how": "call", "result": "reached", "uuid": uuid.uuid4()}
        self.post("exits:contact-add", client=client.external_id, **given)

    def leaver(self):
        """Somebody who left, and a type and a reason to say of it."""
        client = LoanFactory(closed_on="2025-01-01", status="repaid").client
        LoanFactory()
        ImportBatch.objects.create(source="x", state=ImportBatch.State.DONE, data_as_of="2025-12-31")
        rebuild_spells(by=None)
        return client.external_id

    def confirm(self):
        listed = {"code": "moved", "words": {"en": "Moved"}, "starts_on": "2020-01-01"}
        kind = LeaverType.objects.create(**listed, initiative="client", tone="neutral")
        given = {"client": self.leaver(), "uuid": uuid.uuid4()}
        self.post("exits:exit-confirm", leaver_type=kind.pk, **given)

    def entry(self, kind, name, **given):
        """The first of two entries, and what the route is sent of it."""
        listed = {"starts_on": "2020-01-01"} | given
        row, _other = (
            kind.objects.create(code=code, words={"en": code}, position=place, **listed)
            for place, code in enumerate("ab")
        )
        today = timezone.localdate()
        over = [] if name.endswith("add") else [row.pk]
        self.post(name, *over, version=1, words_en="y", starts_on=today, ends_on=today, **USUAL)

    def change_exit(self):
        self.confirm()
        row = RegisteredExit.objects.get()
        self.post("exits:exit-change", row.pk, version=1, leaver_type=row.leaver_type_id)

    def interview(self):
        why = Reason.objects.create(code="delay", words={"en": "Waits"}, starts_on="2020-01-01")
        given = {"client": self.leaver(), "uuid": uuid.uuid4()}
        self.post("exits:interview-add", consent="yes", primary=why.pk, **given)

    def draw(self):
        office = Person.objects.get(external_id=self.leaver()).office.pk
        asked = {"name": "A", "office": office, "left_from": "2024-01-01", "left_until": "2025-12-31"}
        numbers = {"margin": "10", "expected": "50", "confidence": "95"}
        self.post("exits:sample-add", **asked, **numbers, draw="1")

    def assign(self):
        self.draw()
        given = {"do": "assign", "asks": self.boss.pk, "until": "2026-12-01"}
        self.post("exits:sample-detail", LeaverSample.objects.get().pk, **given)

    def replace(self):
        self.draw()
        self.post("exits:leaver-replace", SampledLeaver.objects.get().pk, why="moved")

    def undo_merge(self):
        self.merge()
        self.post("clients:merge-undo", ClientMerge.objects.get().pk)

    def officer(self, **fields):
        return MembershipFactory(office=self.office, role=Role.OFFICER, user=UserFactory(**fields))

    def of_people(self, name, /, *args, **data):
        """The administrator sends it."""
        self.browser.force_login(self.admin)
        self.post(f"clients:{name}", *args, **data)

    def invitation(self, email="eva@example.org"):
        return invite(email=email, role=Role.OFFICER, office=self.office, language="es", by=self.admin)

    def accept(self):
        _invitation, token = self.invitation(email=self.boss.email)
        self.post("clients:invitation-accept", token)

    def sign_in(self):
        sign_in(self.boss)

    def sign_out(self):
        self.post("account_logout", browser=sign_in(self.boss))

    def change_password(self):
        new = {"password1": "granizo-de-diciembre", "password2": "granizo-de-diciembre"}
        browser = sign_in(self.boss)
        self.post("account_change_password", browser=browser, oldpassword=PASSWORD, **new)
        self.boss.set_password(PASSWORD)
        self.boss.save()

    def reset_password(self):
        browser = Client()
        form = browser.get(reset_path(self.boss)).headers["Location"]
        browser.post(form, {"password1": PASSWORD, "password2": PASSWORD})

    def set_up_second_factor(self):
        set_up(sign_in(self.boss))

    def make_codes(self):
        browser = sign_in(self.boss)
        set_up(browser)
        self.post("mfa_generate_recovery_codes", browser=browser)
        self.post("mfa_deactivate_totp", browser=browser)

    def remove_second_factor(self):
        browser = sign_in(self.boss)
        set_up(browser)
        self.post("mfa_deactivate_totp", browser=browser)


# How each route is sent with success, and the verb of the line that it leaves.
def listed(kind, name: str, act: str):
    """What is done to an entry of a list; it is withdrawn already where it is to come back."""
    ended = {"ends_on": timezone.localdate()} if act == "bring-back" else {}
    return lambda scene: scene.entry(kind, f"{name}-{act}", **ended)


OF_LISTS = {
    f"{name}-{act}": (listed(kind, name, act), verb)
    for name, kind in {"exits:type-entry": LeaverType, "exits:reason-entry": Reason, **LISTED}.items()
    for act, verb in {
        "add": "list.added",
        "change": "list.reworded",
        "withdraw": "list.withdrawn",
        "bring-back": "list.brought_back",
        "move": "list.moved",
    }.items()
}


SENT = {
    **WORDS,
    "account_login": (Scene.sign_in, "signed_in"),
    "account_logout": (Scene.sign_out, "signed_out"),
    "account_change_password": (Scene.change_password, "password.changed"),
    "account_reset_password_from_key": (Scene.reset_password, "password.reset"),
    "mfa_generate_recovery_codes": (Scene.make_codes, "second_factor.codes_made"),
    "mfa_deactivate_totp": (Scene.remove_second_factor, "second_factor.removed"),
    "mfa_activate_totp": (Scene.set_up_second_factor, "second_factor.set_up"),
    "job-cancel": (lambda scene: scene.post("job-cancel", scene.job("queued")), "job.cancelled"),
    "job-retry": (lambda scene: scene.post("job-retry", scene.job("failed")), "job.retried"),
    "clients:import-upload": (
        lambda scene: scene.post(
            "clients:import-upload", profile="generic", decimal=".", files=[scene.file()]
        ),
        "import.uploaded",
    ),
    "clients:portfolio-export": (
        lambda scene: scene.post("clients:portfolio-export", form="csv"),
        "export.asked",
    ),
    "clients:import-confirm": (
        lambda scene: scene.post("clients:import-confirm", scene.checked().pk),
        "import.confirmed",
    ),
    "clients:import-discard": (
        lambda scene: scene.post("clients:import-discard", scene.checked().pk),
        "import.discarded",
    ),
    "clients:import-undo": (
        lambda scene: scene.post("clients:import-undo", import_portfolio(scene.book, by=None).batch.pk),
        "import.undo_asked",
    ),
    "clients:import-columns": (Scene.choose_columns, "import.mapped"),
    "clients:client-merge": (Scene.merge, "client.merged"),
    "clients:merge-undo": (Scene.undo_merge, "client.unmerged"),
    "exits:definition-add": (
        lambda scene: scene.post(
            "exits:definition-add", starts_on="2025-01-01", window="30", formula="exit_average"
        ),
        "exit.defined",
    ),
    "exits:contact-add": (Scene.call, "contact.recorded"),
    "exits:exit-confirm": (Scene.confirm, "exit.confirmed"),
    **OF_LISTS,
    "exits:exit-change": (Scene.change_exit, "exit.changed"),
    "exits:interview-add": (Scene.interview, "interview.recorded"),
    "exits:sample-add": (Scene.draw, "sample.drawn"),
    **SCHEDULES,
    **COMPLAINTS,
    "exits:sample-detail": (Scene.assign, "sample.assigned"),
    "exits:leaver-replace": (Scene.replace, "sample.replaced"),
    "field-conflict-settle": (
        lambda scene: scene.post("field-conflict-settle", SubmissionConflictFactory().pk),
        "form.reviewed",
    ),
    "clients:invitation-accept": (Scene.accept, "invitation.accepted"),
}


SETTINGS = {"name": "Caja", "currency": "PEN", "languages": ["es"], "language": "es", "smallest_cell": 5}
GIVEN = {"role": "officer", "valid_from": "2030-01-01"}
# The same of people's accounts and roles, which an administrator sends.
SENT_BY_ADMIN = {
    "clients:person-deactivate": (
        lambda scene: scene.of_people("person-deactivate", scene.officer().user_id),
        "user.deactivated",
    ),
    "clients:person-reactivate": (
        lambda scene: scene.of_people("person-reactivate", scene.officer(is_active=False).user_id),
        "user.reactivated",
    ),
    "clients:person-password": (
        lambda scene: scene.of_people("person-password", scene.officer().user_id),
        "password.link_made",
    ),
    "clients:person-second-step": (
        lambda scene: scene.of_people("person-second-step", scene.officer().user_id),
        "second_factor.reset",
    ),
    "clients:role-add": (
        lambda scene: scene.of_people("role-add", UserFactory().pk, office=scene.office.pk, **GIVEN),
        "role.granted",
    ),
    "clients:role-change": (
        lambda scene: scene.of_people(
            "role-change", scene.officer().pk, office=scene.office.pk, version=1, **GIVEN
        ),
        "role.changed",
    ),
    "clients:institution-change": (
        lambda scene: scene.of_people("institution-change", version=1, **SETTINGS),
        "institution.changed",
    ),
    "clients:logo-change": (
        lambda scene: scene.of_people("logo-change", version=1, picture=sent(plain())),
        "logo.set",
    ),
    "clients:holiday-add": (
        lambda scene: scene.of_people("holiday-add", day="2026-05-01", name="May"),
        "holiday.added",
    ),
    "clients:holiday-change": (
        lambda scene: scene.of_people(
            "holiday-change", HolidayFactory().pk, version=1, day="2026-05-01", name="May"
        ),
        "holiday.changed",
    ),
    "clients:holiday-remove": (
        lambda scene: scene.of_people("holiday-remove", HolidayFactory().pk),
        "holiday.removed",
    ),
    "clients:role-end": (lambda scene: scene.of_people("role-end", scene.officer().pk), "role.ended"),
    "clients:invitation-new": (
        lambda scene: scene.of_people(
            "invitation-new", email="eva@example.org", language="es", office=scene.office.pk, **GIVEN
        ),
        "invitation.sent",
    ),
    "clients:invitation-resend": (
        lambda scene: scene.of_people("invitation-resend", scene.invitation()[0].pk),
        "invitation.resent",
    ),
    "clients:invitation-withdraw": (
        lambda scene: scene.of_people("invitation-withdraw", scene.invitation()[0].pk),
        "invitation.withdrawn",
    ),
}


@pytest.fixture
def boss(manager, settings, tmp_path):
    """A manager with a password; uploads are this test's own."""
    settings.MEDIA_ROOT, settings.AFTER_IMPORT = tmp_path / "uploads", []
    manager.set_password(PASSWORD)
    manager.save()
    return manager


def test_every_route_that_takes_a_form_is_tried_or_keeps_nothing():
    forms = {name for name, view in ROUTES.items() if takes_a_form(view)}
    sent = SENT.keys() | SENT_BY_ADMIN.keys()
    assert (forms, sent & KEEPS_NOTHING.keys()) == (sent | KEEPS_NOTHING.keys(), set())


@pytest.mark.parametrize("name", [*SENT, *SENT_BY_ADMIN])
def test_a_route_that_changes_something_leaves_a_line_in_the_name_of_who_sent_it(
    name, boss, admin, office, tmp_path
):
    send, verb = (SENT | SENT_BY_ADMIN)[name]
    send(Scene(boss, admin, office, tmp_path))
    lines = AuditEvent.objects.filter(verb=verb)
    assert {line.by for line in lines} == {boss if name in SENT else admin}


EXPORTED = [name for name, view in ROUTES.items() if view is not None and issubclass(view, views.Exported)]


@pytest.mark.parametrize("name", EXPORTED)
def test_every_table_that_goes_out_leaves_a_line(name, client, manager, admin, office, far_office, tmp_path):
    clients_of_a_year(office, far_office)
    batch = import_portfolio(write_xlsx(tmp_path / "portfolio.xlsx", portfolio()), by=None).batch
    of_imports = ("clients:import-detail", "clients:import-undo", "clients:import-behind")
    over = dict.fromkeys(of_imports, batch) | {"feedback:complaint-detail": receive(office=office)}
    if name == "exits:sample-detail":
        period = {"left_from": dt.date(2024, 1, 1), "left_until": dt.date(2025, 12, 31), "margin": 0.1}
        over[name] = draw_leavers(name="A", office=office, **period, by=manager)
    row = over.get(name) or Person.objects.first()
    if issubclass(ROUTES[name], Analysed):
        analyse_exits(by=None)
    user = manager if can(manager, ROUTES[name].needs) else admin
    client.force_login(user)
    answer = client.get(address(name, row.pk), {"export": "csv"})
    assert answer.status_code == 200
    line = AuditEvent.objects.get(verb="exported")
    assert (line.target, line.by, line.details["form"]) == (name, user, "csv")
