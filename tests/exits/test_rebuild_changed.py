"""Only changed clients are counted anew, and the tables are those of counting everybody."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from clients.actions.changes import Changes
from clients.actions.merges import merge_clients
from clients.actions.undo import take_back
from clients.models import (
    ChangeSet,
    Client,
    Loan,
    Office,
    Officer,
    Product,
    SavingsAccount,
    SavingsMovement,
)
from exits import actions
from exits.models import DecisionCount, DecisionPoint, ExitCount, Spell, SpellBuild
from spm.jobs.progress import Quiet
from spm.models import AuditEvent
from tests.exits.portfolios import later, portfolios, sweep
from tests.exits.stored import define, imported_on, store
from tests.factories import ClientFactory, LoanFactory, OfficeFactory, ProductFactory

BUILT = (Spell, DecisionPoint, ExitCount, DecisionCount)
RECORDS = (Client, Loan, SavingsAccount, SavingsMovement)


def rows(model):
    """All rows as they are, but for their ids."""
    names = [field.attname for field in model._meta.fields if field.name != "id"]
    return sorted(model.objects.values_list(*names), key=str)


def counted_anew():
    """How many clients the last build counted; None for all."""
    return AuditEvent.objects.filter(verb="exit.rebuilt").first().details.get("counted_anew")


def bear(changes):
    """The rows that bear no change set were made by this one."""
    for model in RECORDS:
        changes.created(model, model.objects.filter(changed_in=None).update(changed_in=changes.kept))


def change(changes, rows, **values):
    changes.about_to_change(rows)
    rows.update(**values, changed_in=changes.kept)


def alter(changes, what, one, other):
    """Change one row; `one` and `other` are numbers that choose it and what becomes of it."""
    chosen = {model: list(model.objects.order_by("pk")) for model in RECORDS}
    client = chosen[Client][other % len(chosen[Client])]
    match what:
        case "client":
            office = Office.objects.order_by("code")[other % 4]
            officer = [None, *Officer.objects.order_by("code")][one % 4]
            mine = Client.objects.filter(pk=chosen[Client][one % len(chosen[Client])].pk)
            change(changes, mine, office=office, officer=officer, sex="FM"[one % 2])
        case "status":
            mine = Client.objects.filter(pk=client.pk)
            change(changes, mine, status="deceased", status_on=later(dt.date(2023, 12, 1), one))
        case "new loan":
            begun, product = later(dt.date(2023, 12, 1), one), Product.objects.filter(kind="loan")[other % 3]
            LoanFactory(client=client, disbursed_on=begun, product=product)
        case "loan" | "end of a loan" | "loan of another" if chosen[Loan]:
            loan = chosen[Loan][one % len(chosen[Loan])]
            mine = Loan.objects.filter(pk=loan.pk)
            if what == "loan of another":
                change(changes, mine, client=client)
            elif what == "loan":
                change(changes, mine, product=Product.objects.filter(kind="loan")[other % 3])
            else:
                ended = {"closed_on": later(loan.disbursed_on, other), "written_off_on": None}
                change(changes, mine, **ended, status="repaid")
        case "movement" if chosen[SavingsMovement]:
            movement = chosen[SavingsMovement][one % len(chosen[SavingsMovement])]
            account = chosen[SavingsAccount][other % len(chosen[SavingsAccount])]
            mine = SavingsMovement.objects.filter(pk=movement.pk)
            change(changes, mine, account=account, on=later(movement.on, other % 40))
        case "account of another" if chosen[SavingsAccount]:
            account = chosen[SavingsAccount][one % len(chosen[SavingsAccount])]
            change(changes, SavingsAccount.objects.filter(pk=account.pk), client=client)


KINDS = ["client", "status", "new loan", "loan", "end of a loan", "loan of another"]
CHANGES = st.lists(
    st.tuples(
        st.sampled_from([*KINDS, "movement", "account of another"]), st.integers(0, 200), st.integers(0, 90)
    ),
    max_size=4,
)


@pytest.mark.django_db
@sweep(200, dear=6)
@given(
    portfolio=portfolios(clean=True, max_clients=8),
    rounds=st.lists(st.tuples(CHANGES, st.sampled_from([0, 1, 7, 30, 100])), min_size=1, max_size=3),
)
def test_after_any_changes_the_tables_are_those_of_counting_everybody(portfolio, rounds):
    day = portfolio.as_of[0]
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions.rebuild, "MOST_CHANGED", 1)
        first = Changes()
        store(portfolio)
        bear(first)
        first.close()
        define(portfolio)
        imported_on(day)
        actions.rebuild_spells(by=None)
        for altered, days in rounds:
            changes, day = Changes(), later(day, days)
            for kind, one, other in altered:
                alter(changes, kind, one, other)
            bear(changes)
            changes.close()
            imported_on(day)
            build = actions.rebuild_spells(by=None)
            assert counted_anew() is not None
            found = [rows(model) for model in BUILT], build.warnings
            again = actions.rebuild_spells(by=None, whole=True)
            assert found == ([rows(model) for model in BUILT], again.warnings)
            SpellBuild.objects.filter(pk=again.pk).delete()
        transaction.set_rollback(True)


# --- when everybody is counted -----------------------------------------------------------------------------


@pytest.fixture
def imported(office, monkeypatch):
    """Twenty clients with a loan each, brought in by one change set and counted."""
    monkeypatch.setattr(actions.rebuild, "MOST_CHANGED", 0.2)
    for number in range(20):
        client = ClientFactory(external_id=f"C{number}", office=office)
        LoanFactory(external_id=f"L{number}", client=client, disbursed_on=dt.date(2024, 1, 10))
    changes = Changes()
    bear(changes)
    changes.close()
    imported_on(dt.date(2024, 12, 15))
    actions.rebuild_spells(by=None)
    return changes.kept


def repay(*numbers):
    changes = Changes()
    for number in numbers:
        loans = Loan.objects.filter(external_id=f"L{number}")
        change(changes, loans, closed_on=dt.date(2024, 3, 1), status="repaid")
    return changes.close()


def test_one_changed_client_is_counted_and_the_others_rows_stay(imported):
    before = set(Spell.objects.values_list("pk", flat=True))
    repay(4)
    actions.rebuild_spells(by=None)
    assert counted_anew() == 1
    (new,) = set(Spell.objects.values_list("pk", flat=True)) - before
    assert Spell.objects.get(pk=new).client.external_id == "C4"
    assert Spell.objects.filter(left_on=dt.date(2024, 3, 1)).count() == 1


def test_nothing_changed_and_nobody_is_counted(imported):
    actions.rebuild_spells(by=None)
    assert counted_anew() == 0


def test_as_the_day_of_the_data_moves_on_whoever_rests_too_long_has_left(imported):
    """Written off, not repaid: nothing is decided about a next loan, so the spell alone tells."""
    changes, day = Changes(), dt.date(2024, 12, 1)
    change(changes, Loan.objects.filter(external_id="L4"), written_off_on=day, status="written_off")
    changes.close()
    actions.rebuild_spells(by=None)
    assert list(Spell.objects.filter(resting=True).values_list("client__external_id", flat=True)) == ["C4"]
    imported_on(dt.date(2025, 3, 2))
    actions.rebuild_spells(by=None)
    assert (counted_anew(), Spell.objects.filter(left_on=day, cause="mfi").count()) == (1, 1)


def test_a_loan_that_turns_out_to_be_anothers_is_counted_for_both(imported):
    changes = Changes()
    change(changes, Loan.objects.filter(external_id="L4"), client=Client.objects.get(external_id="C5"))
    changes.close()
    actions.rebuild_spells(by=None)
    assert counted_anew() == 2
    assert list(Spell.objects.filter(client__external_id__in=["C4", "C5"]).values_list("loans")) == [(2,)]


def test_a_decision_is_known_when_its_window_is_over_though_the_client_stays(imported):
    """The second loan follows in time, so nothing about the spell changes with the day."""
    changes = Changes()
    change(changes, Loan.objects.filter(external_id="L4"), closed_on=dt.date(2024, 12, 1), status="repaid")
    LoanFactory(client=Client.objects.get(external_id="C4"), disbursed_on=dt.date(2024, 12, 5))
    bear(changes)
    changes.close()
    actions.rebuild_spells(by=None)
    assert (counted_anew(), DecisionPoint.objects.count()) == (1, 0)
    imported_on(dt.date(2025, 3, 2))
    actions.rebuild_spells(by=None)
    assert (counted_anew(), DecisionPoint.objects.filter(followed=True).count()) == (1, 1)


def test_a_death_recorded_for_a_day_to_come_counts_when_the_day_has_come(imported):
    changes = Changes()
    change(changes, Client.objects.filter(external_id="C4"), status="deceased", status_on=dt.date(2025, 1, 1))
    changes.close()
    actions.rebuild_spells(by=None)
    assert Spell.objects.filter(cause="death").count() == 0
    imported_on(dt.date(2025, 1, 1))
    actions.rebuild_spells(by=None)
    assert (counted_anew(), Spell.objects.filter(cause="death").count()) == (1, 1)


def test_a_movement_that_passes_to_another_account_is_counted_for_both_owners(imported, manager):
    actions.define_exit(starts_on=dt.date(2024, 1, 1), window=30, counts_savings=True, by=manager)
    box = ProductFactory(kind="savings")
    first, second = (
        SavingsAccount.objects.create(
            external_id=f"S{number}",
            client=Client.objects.get(external_id=f"C{number}"),
            product=box,
            opened_on=dt.date(2020, 1, 1),
        )
        for number in (4, 5)
    )
    moved = SavingsMovement.objects.create(external_id="M", account=first, on=dt.date(2021, 1, 1), amount=5)
    changes = Changes()
    bear(changes)
    changes.close()
    actions.rebuild_spells(by=None)
    changes = Changes()
    change(changes, SavingsMovement.objects.filter(pk=moved.pk), account=second)
    changes.close()
    actions.rebuild_spells(by=None)
    assert counted_anew() == 2
    saved = Spell.objects.filter(start=dt.date(2021, 1, 1)).values_list("client__external_id", flat=True)
    assert list(saved) == ["C5"]


def test_a_record_edited_by_hand_is_counted_each_time(imported):
    Loan.objects.filter(external_id="L4").update(
        closed_on=dt.date(2024, 3, 1), status="repaid", changed_in=None
    )
    actions.rebuild_spells(by=None)
    assert (counted_anew(), Spell.objects.filter(left_on=dt.date(2024, 3, 1)).count()) == (1, 1)


def many_changed(imported, manager):
    repay(1, 2, 3, 4, 5)


def another_definition(imported, manager):
    actions.define_exit(starts_on=dt.date(2024, 1, 1), window=30, by=manager)


def an_office_moved(imported, manager):
    office = Client.objects.first().office
    office.parent = OfficeFactory()
    office.save()


def an_import_taken_back(imported, manager):
    take_back(repay(4), Quiet())


def a_loan_removed_by_hand(imported, manager):
    Loan.objects.filter(external_id="L4").delete()


def two_clients_merged(imported, manager):
    survivor, other = (Client.objects.get(external_id=number) for number in ("C3", "C4"))
    merge_clients(survivor=survivor, other=other, take=frozenset(), by=manager)


def an_import_without_images(imported, manager):
    ChangeSet.objects.filter(pk=repay(4).pk).update(is_final=True)


def an_earlier_day(imported, manager):
    imported_on(dt.date(2024, 11, 1))
    SpellBuild.objects.update(as_of=dt.date(2025, 1, 1))


def another_way_of_counting(imported, manager):
    build = SpellBuild.objects.first()
    build.basis["way"] = 0
    build.save()


def an_import_that_was_being_written(imported, manager):
    ChangeSet.objects.create(pk=0)


def a_build_of_before(imported, manager):
    SpellBuild.objects.update(basis={})


@pytest.mark.parametrize(
    "happens",
    [
        many_changed,
        another_definition,
        an_office_moved,
        an_import_taken_back,
        a_loan_removed_by_hand,
        two_clients_merged,
        an_import_without_images,
        an_earlier_day,
        another_way_of_counting,
        an_import_that_was_being_written,
        a_build_of_before,
    ],
)
def test_everybody_is_counted_after(happens, imported, manager):
    happens(imported, manager)
    build = actions.rebuild_spells(by=None)
    assert counted_anew() is None
    found = [rows(model) for model in BUILT], build.warnings
    again = actions.rebuild_spells(by=None, whole=True)
    assert found == ([rows(model) for model in BUILT], again.warnings)
