"""Whatever is done to complaints in whatever order, states, clocks, balances and readers hold."""

import datetime as dt
from collections import Counter
from contextlib import ExitStack

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from clients.models import Office
from feedback import actions
from feedback.methods.desk import balances
from feedback.methods.handling import after
from feedback.methods.limits import Level, Limits
from feedback.models import Complaint, ComplaintStep, HandlingRules
from feedback.queries.handling import limits_of
from spm.access import Role
from spm.models import AuditEvent, WorkItem
from spm.models.versioned import Stale
from spm.workdays import working_days
from tests.conftest import member, north_branch, south_branch
from tests.feedback.steps import category
from tests.feedback.sweeps import sweep

pytestmark = pytest.mark.django_db

START = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
LADDER = Limits((Level("manager", 2, 1), Level("desk", 5, 2), Level("protection", 9, 4)), interim_days=1)
PICKED = st.integers(0, 5)
NOTE = {"note": "Because."}
VERBS = {
    "sort_complaint": "sort",
    "assign": "assign",
    "send_interim": "interim",
    "escalate": "escalate",
    "resolve": "resolve",
    "resume": "resume",
    "tell": "tell",
    "close": "close",
    "reopen": "reopen",
    "appeal": "appeal",
    "add_note": "note",
}
STEP_OF = {"send_interim": "interim", "add_note": "note"}


class Desk(RuleBasedStateMachine):
    """Each run is undone at its end."""

    def __init__(self):
        super().__init__()
        self.around = ExitStack()
        self.around.enter_context(transaction.atomic())
        self.now, self.lines = START, AuditEvent.objects.count()
        self.touched = set()

    @initialize()
    def people(self):
        head = Office.head()
        self.near, self.far = north_branch(head), south_branch(head)
        self.staff = [
            member("sm-head", Role.MANAGER, head),
            member("sm-branch", Role.MANAGER, self.near),
            member("sm-region", Role.MANAGER, self.near.parent),
            member("sm-far", Role.MANAGER, self.far),
            member("sm-desk", Role.DESK, head),
            member("sm-desk-2", Role.DESK, head),
            member("sm-protection", Role.PROTECTION, head),
            member("sm-officer", Role.OFFICER, self.near),
        ]
        self.categories = [category(f"sm{rank}", sensitivity=rank) for rank in range(3)]
        self.rules = HandlingRules.objects.create(starts_on=dt.date(2020, 1, 1), interim_days=1)
        for number, level in enumerate(LADDER.levels, start=1):
            self.rules.levels.create(
                number=number, role=level.role, days=level.days, urgent_days=level.urgent_days
            )

    @rule(far=st.booleans())
    def receive(self, far):
        office = self.far if far else self.near
        self.expect_lines(1)
        made = actions.receive_complaint(text="x", channel="box", office=office, at=self.now, by=None)
        self.touched = {made.pk}

    @rule(days=st.integers(1, 5))
    def days_pass(self, days):
        self.now += dt.timedelta(days=days)

    @rule()
    def the_clock_rings_twice(self):
        self.touched = set(actions.clock.overdue(timezone.localdate(self.now)).values_list("pk", flat=True))
        self.expect_lines(actions.escalate_overdue(self.now))
        assert actions.escalate_overdue(self.now) == 0

    @rule(
        which=PICKED,
        kind=PICKED,
        severity=st.integers(1, 3),
        more=st.integers(0, 2),
        about=st.integers(-1, 7),
    )
    def sort(self, which, kind, severity, more, about):
        chosen = self.categories[kind % 3]
        given = {"category": chosen, "severity": severity, "sensitivity": min(chosen.sensitivity + more, 2)}
        given["about_user"] = self.staff[about] if about >= 0 else None
        self.do(which, "sort_complaint", **given)

    @rule(which=PICKED, to=st.integers(0, 7))
    def assign(self, which, to):
        self.do(which, "assign", to=self.staff[to])

    @rule(which=PICKED, action=st.sampled_from(["send_interim", "escalate", "close"]))
    def act(self, which, action):
        self.do(which, action)

    @rule(which=PICKED, action=st.sampled_from(["resume", "reopen", "appeal", "add_note"]))
    def act_and_say_why(self, which, action):
        self.do(which, action, **NOTE)

    @rule(which=st.integers(0, 1), days=st.integers(0, 2))
    def go_on(self, which, days):
        """What usually comes next, so that many are closed and reopened."""
        self.now += dt.timedelta(days=days)
        rows = list(Complaint.objects.order_by("received_at", "pk"))
        usual = {
            "received": ("sort_complaint", {"category": self.categories[0]}),
            "open": ("resolve", {"outcome": "upheld", "resolution": "Done."}),
            "resolved": ("close", {}),
            "closed": ("reopen", NOTE),
        }
        if rows:
            action, given = usual[rows[which % len(rows)].state]
            self.do(which, action, **given)

    @rule(which=PICKED, outcome=st.sampled_from(["upheld", "partly", "rejected"]))
    def resolve(self, which, outcome):
        self.do(which, "resolve", outcome=outcome, resolution="Done.")

    @rule(which=PICKED)
    def tell(self, which):
        self.do(which, "tell", told_on=timezone.localdate(self.now), told_how="by phone")

    def do(self, which, action, **given):
        rows = list(
            Complaint.objects.select_related("office", "rules", "handler").order_by("received_at", "pk")
        )
        if not rows:
            return
        row = rows[which % len(rows)]
        self.touched = {row.pk}
        version, state, steps = row.version, row.state, row.steps.count()
        try:
            with transaction.atomic():
                getattr(actions, action)(complaint=row, version=version, at=self.now, by=None, **given)
        except ValidationError:
            may = after(VERBS[action], state) is not None
            assert not may or action in {"assign", "escalate"}
            row.refresh_from_db()
            assert (row.version, row.state, row.steps.count()) == (version, state, steps)
            return
        row.refresh_from_db()
        self.expect_lines(1)
        assert row.state == after(VERBS[action], state)
        assert row.version == version + 1
        assert row.steps.count() == steps + (2 if action == "appeal" and state == "closed" else 1)
        with pytest.raises(Stale), transaction.atomic():
            getattr(actions, action)(complaint=row, version=version, at=self.now, by=None, **given)

    def expect_lines(self, more):
        self.lines += more

    @invariant()
    def every_step_left_its_line(self):
        assert AuditEvent.objects.count() == self.lines

    @invariant()
    def the_balance_adds_up_in_every_group_and_period(self):
        steps = list(ComplaintStep.objects.values_list("complaint__office", "kind", "at"))
        open_now = list(Complaint.objects.open().order_by().values_list("office", flat=True))
        said = [(office, kind, timezone.localdate(at)) for office, kind, at in steps]
        for before, later in ((0, 400), (3, 8), (10, 10)):
            first, last = (START.date() + dt.timedelta(days=days) for days in (before, later))
            found = balances(said, open_now, first, last)
            assert all(balance.adds_up for balance in found.values())

    @invariant()
    def the_clock_of_each_runs_on(self):
        for row in Complaint.objects.filter(pk__in=self.touched).select_related("rules"):
            levels = limits_of(row.rules).levels
            assert row.due_on == working_days(row.clock_from, levels[-1].days_for(row.severity))
            assert row.level_due_on == working_days(
                row.clock_from, levels[row.level - 1].days_for(row.severity)
            )
            reopened = [step for step in row.steps.all() if step.kind == "reopened"]
            began = reopened[-1].at if reopened else row.received_at
            assert row.clock_from == timezone.localdate(began)
            assert (row.reopened, row.escalated) == (
                len(reopened),
                row.steps.filter(kind="escalated").count(),
            )

    @invariant()
    def whoever_has_it_reads_it_and_nobody_whom_it_names_or_of_their_line(self):
        for row in Complaint.objects.filter(pk__in=self.touched).select_related("handler", "category"):
            assert row.category is None or row.sensitivity >= row.category.sensitivity
            readers = {
                user.username
                for user in self.staff
                if Complaint.objects.visible_to(fresh(user)).filter(pk=row.pk)
            }
            assert row.about_user is None or row.about_user.username not in readers
            if row.about_user and row.about_user.username == "sm-officer":
                assert readers & {"sm-branch", "sm-region"} == set()
            assert row.handler is None or row.handler.username in readers
            named = row.about_user_id is not None
            assert not (named and row.role == Role.MANAGER)
            items = WorkItem.objects.open().filter(key=str(row.pk))
            has_work = row.handler is not None and row.state != "closed"
            assert list(items.values_list("user", "due_on")) == (
                [(row.handler_id, row.level_due_on)] if has_work else []
            )

    def teardown(self):
        transaction.set_rollback(True)
        self.around.close()


def fresh(user):
    """As the next request would read them."""
    return type(user).objects.get(pk=user.pk)


def test_complaints_hold_whatever_is_done_to_them():
    assert Counter(VERBS.values()).most_common(1)[0][1] == 1
    run_state_machine_as_test(Desk, settings=sweep(200, dear=6))
