"""The made-up institution: the same every time, plausible, and taken in without a flaw."""

import csv
import datetime as dt
from random import Random

import pandas as pd
import pytest
from django.core.management import call_command

from clients.demo import LEFT, PASSWORD, data_end, take_in
from clients.demo.files import write_portfolio
from clients.demo.lives import lives
from clients.models import Client, ClientPosting, ImportBatch, Loan, Office, Officer, Repayment
from exits.methods import count_period, rates, spells
from exits.models import ExitDefinition, Spell, SpellBuild
from spm.access import roles
from spm.models import Institution, Job, User

END = dt.date(2026, 11, 23)


def dice(seed=7):
    return Random(seed)


def portfolio(folder, count=150, seed=7):
    folder.mkdir()
    write_portfolio(folder, lives(count, dice(seed), END), dice(seed + 1), END)
    return {file.stem: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def test_the_same_seed_on_the_same_day_gives_the_same_files(tmp_path):
    assert portfolio(tmp_path / "first") == portfolio(tmp_path / "second")
    assert portfolio(tmp_path / "third", seed=8) != portfolio(tmp_path / "fourth")


def test_nothing_in_the_files_lies_after_the_day_of_the_data_but_due_days(tmp_path):
    latest = {}
    for text in portfolio(tmp_path / "files", 1500).values():
        for row in csv.DictReader(text.splitlines()):
            for column, value in row.items():
                if column.endswith("_on") or column in {"date", "birth_date"}:
                    latest[column] = max(latest.get(column, ""), value)
    due = latest.pop("due_on")
    assert max(latest.values()) == END.isoformat()
    assert due > END.isoformat()


def test_no_loan_falls_due_between_the_data_and_today():
    due = [loan.due_on for life in lives(1500, dice(), END) for loan in life.loans]
    gap = [END + dt.timedelta(days=days) for days in range(1, 4)]
    assert not set(due) & set(gap)


@pytest.mark.parametrize(
    ("today", "end"),
    [
        (dt.date(2026, 11, 24), dt.date(2026, 11, 23)),
        (dt.date(2026, 11, 23), dt.date(2026, 11, 20)),
        (dt.date(2026, 11, 22), dt.date(2026, 11, 20)),
        (dt.date(2026, 11, 21), dt.date(2026, 11, 20)),
    ],
)
def test_the_data_end_on_the_last_working_day_before_today(today, end):
    assert data_end(today) == end


@pytest.fixture(scope="module")
def history():
    """Spells of 5,000 clients by the usual window, with their branch."""
    people = lives(5000, dice(), END)
    columns = ["loan_id", "client_id", "disbursed_on", "closed_on", "written_off_on"]
    loans = [
        (f"{number:05}-{cycle:02}", f"{number:05}", loan.disbursed_on, loan.closed_on, loan.written_off_on)
        for number, life in enumerate(people)
        for cycle, loan in enumerate(life.loans)
    ]
    clients = [(f"{number:05}", life.status, life.status_on) for number, life in enumerate(people)]
    found = spells(
        pd.DataFrame(loans, columns=columns).assign(product="any"),
        90,
        END,
        pd.DataFrame(clients, columns=["client_id", "status", "status_on"]),
    )
    found["branch"] = [people[int(client)].branch.code for client in found.client_id]
    return found


def exit_rate(found, year):
    counts = count_period(found, f"{year}-01-01", f"{year}-12-31")
    return rates(counts.B, counts.new + counts.returned, counts.exits, counts.E)["exit_dealt_with"]


def test_about_a_fifth_leave_each_year(history):
    assert all(0.15 < exit_rate(history, year) < 0.23 for year in (2022, 2023, 2024, 2025))


def test_valle_norte_loses_most_and_santa_ana_least(history):
    by_branch = {code: exit_rate(found, 2025) for code, found in history.groupby("branch")}
    assert max(by_branch, key=by_branch.get) == "VN"
    assert min(by_branch, key=by_branch.get) == "SA"
    assert by_branch["VN"] > 2 * by_branch["SA"]


def test_more_leave_in_july_and_december_than_in_other_months(history):
    left = history.left_on[(history.left_on >= "2022-01-01") & (history.left_on < "2026-01-01")]
    by_month = left.dt.month.value_counts()
    assert set(by_month.nlargest(2).index) == {7, 12}


def test_there_are_deaths_returns_and_departures_by_our_own_doing(history):
    assert set(history.cause.dropna()) == {"client", "mfi", "death"}
    assert 100 < (~history["first"]).sum() < 600


@pytest.mark.django_db
def test_the_files_are_taken_in_without_a_flaw_and_an_officers_clients_are_passed_on():
    take_in(lives(500, dice(), END), dice(8), END)
    reports = [batch.report for batch in ImportBatch.objects.order_by("pk")]
    assert [report["rejected"] for report in reports] == [[], []]
    assert ImportBatch.objects.order_by("pk").first().data_as_of == END
    moved = ClientPosting.objects.values("client").distinct().count()
    assert ClientPosting.objects.count() - moved == reports[1]["sheets"]["clients"]["updated"] > 0
    open_loans = Loan.objects.filter(status="open")
    assert not Client.objects.filter(officer__code=LEFT, loans__in=open_loans).exists()


@pytest.mark.django_db
def test_seed_demo_fills_the_house_once(first_lists, capsys):
    call_command("seed_demo", clients=120, seed=3, logins=True)
    assert Client.objects.count() == 120
    assert Office.objects.filter(kind="branch").count() == 8
    assert Institution.get().name == "Caja Horizonte"
    assert Repayment.objects.exists()
    held = {user.username: set(roles(user)) for user in User.objects.all()}
    assert held == {
        "admin": {"admin"},
        "manager": {"manager"},
        "branch-manager": {"manager"},
        "officer": {"officer"},
        "interviewer": {"officer"},
        "assessor": {"assessor"},
        "desk": {"desk"},
        "protection": {"protection"},
    }
    officer = User.objects.get(username="officer")
    assert officer.check_password(PASSWORD)
    assert officer.officer == Officer.objects.get(code="VN-2", name="Sonia Arias")
    assert ExitDefinition.objects.count() == 2
    assert Spell.objects.count() >= 120 - 5
    assert SpellBuild.objects.get().as_of == ImportBatch.objects.order_by("pk").first().data_as_of
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    said = capsys.readouterr().out
    assert all(f"{username} " in said for username in held)

    call_command("seed_demo", clients=120, seed=4)
    assert Client.objects.count() == 120
    assert "nothing was added" in capsys.readouterr().out
