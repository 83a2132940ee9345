"""Analyses as kept for offices and as counted for a portfolio: who sees which, and when they are made."""

import pandas as pd
import pytest

from clients.models import Office
from exits.actions import analyse_exits
from exits.methods import count_period
from exits.models import Analysis, ExitDefinition, Spell
from exits.queries import MADE, answer, own_answer, reaches_offices
from exits.queries.analyses import read_everybody
from spm import jobs
from spm.models import AuditEvent
from tests.exits.pages import AS_OF, portfolio
from tests.exits.stored import imported_on
from tests.factories import OfficeFactory

KINDS = {(kind, by) for kind, by, _find in MADE}


@pytest.fixture
def clients(office, far_office, officer, other_officer):
    portfolio(office, far_office, officer.officer, other_officer.officer)


def leavers(found):
    return found.found["leavers"]


def test_every_office_has_every_analysis(clients):
    made = analyse_exits(by=None)
    kept = Analysis.objects.values_list("office", "kind", "by")
    offices = Office.objects.values_list("pk", flat=True)
    assert sorted(kept) == sorted((office, *kind) for office in offices for kind in KINDS)
    assert made == len(kept)


def test_an_office_counts_the_clients_of_all_below_it(clients, manager, office, head):
    analyse_exits(by=None)
    every = answer(manager, "profile", office=head.pk)
    near = answer(manager, "profile", office=office.pk)
    counts = count_period(_spells(Spell.objects.all()), every.found["start"], every.found["end"], as_of=AS_OF)
    assert (leavers(every), every.found["stayers"]) == (counts.exits, counts.E)
    counts = count_period(
        _spells(Spell.objects.filter(office=office)), near.found["start"], near.found["end"], as_of=AS_OF
    )
    assert (leavers(near), near.found["stayers"]) == (counts.exits, counts.E)
    assert answer(manager, "profile") == every


def test_offices_that_count_the_same_clients_have_one_answer(clients, head):
    far_from_all = OfficeFactory(code="EAST-1", parent=head)
    name = dict(Office.objects.values_list("pk", "code"))
    offices = {of: sorted(name[pk] for pk in found) for of, found in read_everybody().offices.items()}
    assert offices == {
        frozenset({"NORTH-1"}): ["NORTH", "NORTH-1"],
        frozenset({"SOUTH-1"}): ["SOUTH", "SOUTH-1"],
        frozenset({"NORTH-1", "SOUTH-1"}): [head.code],
        frozenset(): [far_from_all.code],
    }
    analyse_exits(by=None)
    kept = Analysis.objects.filter(kind="profile", by="").values_list("office__code", "found__stayers")
    assert sorted(kept) == sorted(
        [(head.code, 6), ("NORTH", 4), ("NORTH-1", 4), ("SOUTH", 2), ("SOUTH-1", 2), ("EAST-1", 0)]
    )


def _spells(rows):
    names = ["client_id", "start", "last_day", "left_on", "cause", "first"]
    return pd.DataFrame(list(rows.values_list(*names)), columns=names)


def test_a_branch_manager_sees_the_branch_alone(clients, branch_manager, office, far_office, head):
    analyse_exits(by=None)
    assert answer(branch_manager, "profile") == answer(branch_manager, "profile", office=office.pk)
    assert answer(branch_manager, "profile", office=far_office.pk) is None
    assert answer(branch_manager, "profile", office=head.pk) is None


@pytest.mark.parametrize("who", ["officer", "admin", "assessor", "nobody"])
def test_who_sees_no_office_finds_nothing_kept(clients, who, request, office):
    analyse_exits(by=None)
    user = request.getfixturevalue(who)
    assert (answer(user, "profile"), answer(user, "profile", office=office.pk)) == (None, None)
    assert not reaches_offices(user)


def test_an_officers_own_clients_are_counted_when_asked(clients, officer, other_officer):
    own, others = own_answer(officer, "profile"), own_answer(other_officer, "profile")
    assert (own.as_of, leavers(own) + own.found["stayers"]) == (AS_OF, 7)
    # theirs are in an office that they do not reach
    assert (leavers(others), others.found["stayers"]) == (0, 0)


def test_an_officers_curve_is_the_kept_one_of_the_same_clients(clients, officer, office, manager):
    analyse_exits(by=None)
    assert own_answer(officer, "stays").found == answer(manager, "stays", office=office.pk).found


def test_without_data_there_is_nothing(manager):
    assert analyse_exits(by=None) == 0
    assert (answer(manager, "profile"), own_answer(manager, "profile")) == (None, None)


def test_making_them_again_replaces_them_and_leaves_a_line(clients, manager):
    analyse_exits(by=None)
    before = Analysis.objects.count()
    ExitDefinition.objects.create(starts_on=AS_OF, window=30)
    analyse_exits(by=manager)
    assert Analysis.objects.count() == before
    assert set(Analysis.objects.values_list("definition__window", flat=True)) == {30}
    assert AuditEvent.objects.filter(verb="exit.analysed", by=manager).count() == 1


def test_a_job_makes_them_after_an_import(clients, manager):
    imported_on(AS_OF)
    job = jobs.run_now("exits.analyse_exits", by=manager)
    assert (job.state, job.error) == ("done", "")
    assert Analysis.objects.exists()
