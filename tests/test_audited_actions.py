"""Every action that somebody takes leaves one line in the audit trail, under that person's name."""

import datetime as dt
import importlib
import inspect
import pkgutil

import pytest
from django.apps import apps
from django.conf import settings as in_force
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients import actions as clients_actions
from clients.actions import institution, invitations, people, roles
from clients.actions.import_portfolio import close, examine, take_in
from clients.models import ClientMerge, ImportBatch, ImportProfile, Invitation, Membership
from exits import actions as exits_actions
from exits.models import LeaverSample, Reason, ReportSchedule, SampledLeaver
from spm.access import Role
from spm.models import AuditEvent, Holiday, Institution, Logo, User
from tests.clients.portfolio_files import portfolio, write_xlsx
from tests.conftest import member
from tests.exits.pages import portfolio as clients_of_a_year
from tests.exits.steps import steps_with_leavers, steps_with_lists
from tests.factories import ClientFactory, InvitationFactory, OfficerFactory, UserFactory
from tests.feedback.steps import steps_with_complaints

pytestmark = pytest.mark.django_db

OF_THE_KIT = ["spm.reference_edits"]


def actions_with_an_author() -> set[str]:
    """Every public function of the rooms of actions that is told ``by`` whom."""
    found = set()
    for app in apps.get_app_configs():
        if not str(app.path).startswith(f"{in_force.BASE_DIR}/{app.label}"):
            continue
        room = f"{app.name}.actions"
        if importlib.util.find_spec(room) is None:
            continue
        package = importlib.import_module(room)
        names = [room, *(f"{room}.{module.name}" for module in pkgutil.iter_modules(package.__path__))]
        found |= told_by_whom(app.label, names)
    return found | told_by_whom("spm", OF_THE_KIT)


def told_by_whom(app: str, modules: list[str]) -> set[str]:
    return {
        f"{app}.{name}"
        for module in map(importlib.import_module, modules)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "by" in inspect.signature(function).parameters
    }


@pytest.fixture
def steps_with_people(head, office, far_office):
    """The actions on accounts, roles and invitations, likewise."""
    boss = member("boss", Role.ADMIN, head)
    clerk = member("clerk", Role.OFFICER, office)

    def change(by):
        role, day = clerk.memberships.get(), dt.date(2025, 1, 1)
        roles.change_role(membership=role, office=far_office, valid_from=day, valid_to=None, by=by, version=1)

    def end_role(by):
        roles.end_role(membership=clerk.memberships.get(ended_at=None), by=by)

    def invite(by):
        given = {"email": "eva@caja.example", "role": "officer", "office": office, "language": "es"}
        invitations.invite(by=by, **given)

    def accept(by):
        invitation = InvitationFactory(email=by.email, office=office, by=boss)
        invitations.accept_invitation(invitation=invitation, by=by)

    return {
        "clients.change_role": (change, "role.changed"),
        "clients.deactivate": (lambda by: people.deactivate(user=clerk, by=by), "user.deactivated"),
        "clients.reactivate": (lambda by: people.reactivate(user=clerk, by=by), "user.reactivated"),
        "clients.make_password_link": (
            lambda by: people.make_password_link(user=clerk, by=by),
            "password.link_made",
        ),
        "clients.reset_second_factor": (
            lambda by: people.reset_second_factor(user=clerk, by=by),
            "second_factor.reset",
        ),
        "clients.end_role": (end_role, "role.ended"),
        "clients.invite": (invite, "invitation.sent"),
        "clients.resend": (
            lambda by: invitations.resend(invitation=Invitation.objects.get(), by=by),
            "invitation.resent",
        ),
        "clients.withdraw": (
            lambda by: invitations.withdraw(invitation=Invitation.objects.get(), by=by),
            "invitation.withdrawn",
        ),
        "clients.accept_invitation": (accept, "invitation.accepted"),
    }


@pytest.fixture
def steps_with_samples(office):
    """The actions on samples of leavers, likewise; they follow the first count of who left."""
    asker, second, day = UserFactory(), UserFactory(), timezone.localdate()
    days = {"left_from": dt.date(2020, 1, 1), "left_until": dt.date(2025, 12, 31)}

    said = {"kind": "full", "language": "en", "form": "pdf", "every": "week", "due_on": day, "office": office}

    def schedule(by):
        exits_actions.schedule_report(**said, recipients=[by], by=by)

    def change_schedule(by):
        row = ReportSchedule.objects.get()
        exits_actions.change_schedule(schedule=row, version=row.version, recipients=[by], active=False, by=by)

    def draw(by):
        exits_actions.draw_leavers(name="A", office=office, margin=0.1, seed=1, by=by, **days)

    def drawn():
        return LeaverSample.objects.get(), SampledLeaver.objects.filter(state="drawn")

    def assign(by):
        sample, members = drawn()
        exits_actions.assign_interviewer(
            sample=sample, members=members, to=asker, due_on=timezone.now(), by=by
        )

    def again(by):
        sample, members = drawn()
        row = members.first()
        stay = {"client": row.client, "start": row.start, "at": timezone.now(), "sampled": row, "by": asker}
        why = Reason.objects.create(code="asked", starts_on="2020-01-01")
        exits_actions.record_interview(**stay, consent=True, primary=why)
        exits_actions.ask_again(sample=sample, to=second, due_on=day, by=by)

    def replace(by):
        exits_actions.replace_leaver(member=drawn()[1].last(), because="moved", by=by)

    return {
        "exits.draw_leavers": (draw, "sample.drawn"),
        "exits.assign_interviewer": (assign, "sample.assigned"),
        "exits.replace_leaver": (replace, "sample.replaced"),
        "exits.ask_again": (again, "sample.again"),
        "exits.schedule_report": (schedule, "schedule.added"),
        "exits.change_schedule": (change_schedule, "schedule.changed"),
    }


@pytest.fixture
def steps(
    tmp_path,
    settings,
    office,
    far_office,
    nobody,
    manager,
    steps_with_people,
    steps_with_samples,
):
    """Each action with arguments for it; called in this order, as imports go from step to step."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    book = write_xlsx(tmp_path / "portfolio.xlsx", portfolio())
    options = {"profile": "generic", "decimal": ".", "strict": False}
    day = dt.date(2025, 1, 1)

    def upload(by):
        file = ContentFile(book.read_bytes(), name="portfolio.xlsx")
        return clients_actions.upload_import(file=file, source="portfolio.xlsx", by=by, **options)

    def latest():
        return ImportBatch.objects.order_by("-pk").first()

    def written():
        return ImportBatch.objects.filter(state=ImportBatch.State.DONE).latest("pk")

    def take_in_at_once(by):
        return take_in(ImportBatch(source="again.xlsx", by=by, **options), book, by=by)

    def end(by):
        batch = ImportBatch(source="b", by=by)
        with examine(latest(), book) as (report, plan):
            close(batch, ImportBatch.State.DONE, report, plan, by=by)

    def choose_columns(by):
        file, profile = ContentFile(book.read_bytes(), name="p.xlsx"), ImportProfile.objects.latest("pk")
        waiting = clients_actions.upload_import(
            file=file, source="p", by=None, **options | {"profile": "mapped"}
        )
        clients_actions.map_import(batch=waiting, profile=profile, by=by)

    def discard(by):
        clients_actions.discard_import(batch=upload(by=None), by=by)

    def contact(by):
        called = {"at": timezone.now(), "how": "call", "result": "returns", "next_on": day}
        exits_actions.record_contact(client=ClientFactory(), start=day, by=by, **called)

    def rebuild(by):
        clients_of_a_year(office, far_office)
        exits_actions.rebuild_spells(by=by)

    return {
        "clients.add_user": (
            lambda by: people.add_user(username="ana-flores", password="a-long-enough-one", by=by),
            "user.added",
        ),
        "clients.grant_role": (
            lambda by: roles.grant_role(user=nobody, role="officer", office=office, valid_from=day, by=by),
            "role.granted",
        ),
        **steps_with_people,
        **steps_with_leavers(),
        **steps_with_complaints(),
        **steps_with_lists(),
        "clients.identify_officer": (
            lambda by: people.identify_officer(officer=OfficerFactory(), name="Ana", user=nobody, by=by),
            "officer.identified",
        ),
        "clients.describe_institution": (
            lambda by: institution.describe_institution(name="Crédito", currency="PEN", by=by),
            "institution.described",
        ),
        "clients.change_institution": (
            lambda by: institution.change_institution(
                by=by, version=Institution.get().version, smallest_cell=7
            ),
            "institution.changed",
        ),
        "clients.set_logo": (
            lambda by: institution.set_logo(picture=None, by=by, version=Logo.get().version),
            "logo.removed",
        ),
        "clients.add_holiday": (
            lambda by: institution.add_holiday(day=day, name="May", every_year=True, by=by),
            "holiday.added",
        ),
        "clients.change_holiday": (
            lambda by: institution.change_holiday(
                holiday=Holiday.objects.get(), day=day, name="June", every_year=False, by=by, version=1
            ),
            "holiday.changed",
        ),
        "clients.remove_holiday": (
            lambda by: institution.remove_holiday(holiday=Holiday.objects.get(), by=by),
            "holiday.removed",
        ),
        "clients.upload_import": (upload, "import.uploaded"),
        "clients.check_import": (
            lambda by: clients_actions.check_import(batch=latest(), by=by),
            "import.checked",
        ),
        "clients.confirm_import": (
            lambda by: clients_actions.confirm_import(batch=latest(), by=by),
            "import.confirmed",
        ),
        "clients.write_import": (
            lambda by: clients_actions.write_import(batch=latest(), by=by),
            "import.written",
        ),
        "clients.save_profile": (
            lambda by: clients_actions.save_profile(name="Core", mapping={"sheets": []}, by=by),
            "profile.saved",
        ),
        "clients.merge_clients": (
            lambda by: clients_actions.merge_clients(
                survivor=ClientFactory(), other=ClientFactory(), take=frozenset(), by=by
            ),
            "client.merged",
        ),
        "clients.undo_merge": (
            lambda by: clients_actions.undo_merge(merge=ClientMerge.objects.get(), by=by),
            "client.unmerged",
        ),
        "clients.map_import": (choose_columns, "import.mapped"),
        "clients.discard_import": (discard, "import.discarded"),
        "clients.ask_undo_import": (
            lambda by: clients_actions.ask_undo_import(batch=written(), by=by),
            "import.undo_asked",
        ),
        "clients.undo_import": (
            lambda by: clients_actions.undo_import(batch=written(), by=by),
            "import.undone",
        ),
        "clients.import_portfolio": (
            lambda by: clients_actions.import_portfolio(book, by=by),
            "import.written",
        ),
        "clients.export_portfolio": (
            lambda by: clients_actions.export_portfolio(tmp_path / "out.zip", "csv", by=by),
            "exported",
        ),
        "clients.take_in": (take_in_at_once, "import.written"),
        "clients.close": (end, "import.written"),
        "exits.define_exit": (
            lambda by: exits_actions.define_exit(starts_on=day, window=90, by=by),
            "exit.defined",
        ),
        "exits.analyse_exits": (lambda by: exits_actions.analyse_exits(by=by), "exit.analysed"),
        "exits.word_interview": (
            lambda by: exits_actions.word_interview(language="qu", words={"change": "x"}, after=None, by=by),
            "interview.worded",
        ),
        "exits.take_interview_words": (
            lambda by: exits_actions.take_interview_words(said={"ay": (None, {"change": "x"})}, by=by),
            "interview.words_taken",
        ),
        "exits.record_contact": (contact, "contact.recorded"),
        "exits.rebuild_spells": (rebuild, "exit.rebuilt"),
        **steps_with_samples,
    }


def test_every_action_is_in_the_table(steps):
    assert steps.keys() == actions_with_an_author()


def test_every_action_leaves_one_line_in_the_name_of_who_took_it(steps, manager):
    left = {}
    for name, (act, _verb) in steps.items():
        before = set(AuditEvent.objects.values_list("pk", flat=True))
        act(by=manager)
        left[name] = [
            (line.verb, bool(line.target))
            for line in AuditEvent.objects.exclude(pk__in=before).filter(by=manager)
        ]
    assert left == {name: [(verb, True)] for name, (_act, verb) in steps.items()}


def test_what_changes_nothing_leaves_no_line(steps, manager, tmp_path):
    clients_actions.import_portfolio(tmp_path / "portfolio.xlsx", by=manager, dry_run=True)
    assert AuditEvent.objects.count() == 0


def test_no_line_of_an_action_names_a_person(steps, manager):
    for act, _verb in steps.values():
        act(by=manager)
    people = {
        text
        for user in User.objects.all()
        for text in (user.username, user.email, user.get_full_name())
        if text and text not in Role.values
    }
    said = " ".join(str(details) for details in AuditEvent.objects.values_list("details", flat=True))
    assert (len(people) > 3, [text for text in people if text in said]) == (True, [])


def test_every_action_writes_its_line_after_everything_that_others_may_wait_for(steps, manager):
    """Whoever holds the chain's end and then waits for a row could wait for one who waits for the end."""
    late = {}
    for name, (act, _verb) in steps.items():
        with CaptureQueriesContext(connection) as asked:
            act(by=manager)
        said = [query["sql"] for query in asked]
        last = max(at for at, sql in enumerate(said) if sql.startswith('UPDATE "spm_audithead"'))
        late[name] = [
            sql for sql in said[last:] if sql.startswith(("UPDATE", "DELETE")) and "audithead" not in sql
        ]
    # What follows is the row that the action has made itself, or clears the name of a file that is gone.
    own = 'UPDATE "clients_importbatch"'
    assert {name: [sql for sql in rest if not sql.startswith(own)] for name, rest in late.items()} == {
        name: [] for name in steps
    }


def test_the_line_of_a_grant_tells_every_field_of_it(steps, manager):
    act, verb = steps["clients.grant_role"]
    act(by=manager)
    fields = {field.name for field in Membership._meta.fields}
    # The line's target has the id; that a role was ended is a line of its own.
    untold = {"id", "ended_at", "version", "follows"}
    assert AuditEvent.objects.get(verb=verb).details.keys() == fields - untold
