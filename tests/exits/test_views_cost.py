"""What exit costs: the year and the records it is worked out from, the range, and what it says."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from exits.actions import define_exit
from exits.models import Contact, RegisteredExit
from exits.queries import build
from exits.queries.cost import Work, base_of, known_years, work_of
from tests.exits import pages
from tests.exits.asked import confirmed, interview, leaver
from tests.factories import ClientFactory, LoanFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
PAGE = reverse("exits:exit-cost")
SAID = {
    "fall": "2",
    "margin": "40",
    "cycles": "3",
    "acquisition": "30",
    "interview": "20",
    "confirmation": "3",
    "call": "6",
    "hour": "6",
}
YEAR = (dt.date(2025, 1, 1), dt.date(2025, 12, 1))


@pytest.fixture
def year(office, officer):
    """48 clients stay through 2025 and two leave in it, one by own choice; as of 30 April 2026."""
    for _number in range(48):
        client = ClientFactory(office=office, officer=officer.officer)
        LoanFactory(client=client, disbursed_on=dt.date(2024, 6, 1))
    gone = leaver(office, officer.officer, external_id="GONE")
    lost = ClientFactory(office=office, officer=officer.officer)
    pages.written_off(lost, dt.date(2024, 6, 1), dt.date(2025, 6, 1))
    pages.built(dt.date(2026, 4, 30))
    return gone


def worked(client, user, **said):
    client.force_login(user)
    response = client.get(PAGE, SAID | said)
    assert response.status_code == 200
    return response


def errors(client, user, **said):
    form = worked(client, user, **said).context["form"]
    return {name: texts[0] for name, texts in form.errors.items()}


def rows(client, user, table, **said):
    return read(worked(client, user, export="csv", table=table, **said))


def read(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def plain(text):
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", "", str(text))).strip()


def test_clients_and_exit_rate_are_the_published_figures_of_the_year(manager, year):
    base = base_of(manager, YEAR, None, build())
    # 50 at the start, nobody new; two left, one of them by own choice
    assert (base.clients, base.rate, base.own_choice) == (50, 0.04, 0.02)


@pytest.mark.parametrize(
    ("own", "taken"),
    [
        ("exit_average", ("exit_average", 49.0)),
        ("retention_opening", ("exit_dealt_with", 50)),
        ("follow_on_retention", ("exit_dealt_with", 50)),
    ],
)
def test_it_is_the_institutions_own_exit_rate_and_the_usual_one_in_place_of_retention(
    own, taken, manager, year
):
    define_exit(starts_on=dt.date(2020, 1, 1), window=90, formula=own, by=manager)
    pages.built(dt.date(2026, 4, 30))
    base = base_of(manager, YEAR, None, build())
    assert (base.formula, base.clients) == taken


def test_only_years_whose_exits_are_all_known_are_offered(manager, year):
    # 30 April less 90 days is 30 January: the year to December, and 2025
    assert list(known_years(manager, build())) == ["last", "2025", "2024"]
    assert known_years(manager, build())["last"] == (dt.date(2025, 1, 1), dt.date(2025, 12, 1))


def test_interviews_confirmations_and_calls_are_counted_from_the_records_of_the_year(
    manager, officer, far_office, office, year
):
    interview(year, "delay")
    row = confirmed(year, by=manager)
    now = {"client": year, "start": row.start, "by": officer, "how": "call", "result": "reached"}
    for day in ("2024-12-31", "2025-01-01", "2025-12-31", "2026-01-01"):
        at = timezone.make_aware(dt.datetime.fromisoformat(f"{day}T12:00"))
        Contact.objects.create(at=at, **now)
    assert work_of(manager, YEAR, None) == Work(interviews=1, confirmations=0, calls=2)
    RegisteredExit.objects.update(at=dt.datetime(2025, 7, 1, tzinfo=dt.UTC))
    assert work_of(manager, YEAR, office) == Work(interviews=1, confirmations=1, calls=2)
    assert work_of(manager, YEAR, far_office) == Work(0, 0, 0)


@pytest.mark.parametrize("zone", ["UTC", "America/La_Paz", "Asia/Manila"])
def test_the_year_begins_and_ends_at_the_institutions_midnight(zone, manager, officer, year, settings):
    settings.TIME_ZONE = zone
    said = {"client": year, "start": dt.date(2024, 3, 1), "how": "call", "result": "reached"}
    moments = {
        "2024-12-31T23:59:59.999999": 0,
        "2025-01-01T00:00:00": 1,
        "2025-12-31T23:59:59.999999": 1,
        "2026-01-01T00:00:00": 0,
    }
    counted = {}
    for moment in moments:
        at = timezone.make_aware(dt.datetime.fromisoformat(moment))
        Contact.objects.create(at=at, by=officer, **said)
        counted[moment] = work_of(manager, YEAR, None).calls
        Contact.objects.all().delete()
    assert counted == moments


def test_it_says_what_a_fall_saves_what_tracking_costs_and_from_where_it_pays(client, manager, year):
    interview(year, "delay")
    # 2 points of 50 keep one client: 40 x 3 + 30 = 150. One interview of 20 minutes at 6 costs 2.
    # 2 of 50 x 150 = 7,500 are 0.03 points.
    sentence = plain(worked(client, manager).context["sentence"])
    assert sentence == (
        "Cutting exit by 2 points would save about $148 a year. Tracking costs about $2.00 a year."
        " It pays for itself once exit falls by 0.03 points."
    )
    values = [figure["value"] for figure in worked(client, manager).context["figures"]]
    assert values == ["$148", "1", "$2.00", "0.03 points"]


def test_the_range_of_the_assumptions_is_the_range_of_the_result(client, manager, year):
    interview(year, "delay")
    spread = {"fall_low": "1", "margin_low": "-60", "cycles_high": "4", "hour_high": "9", "other": "10"}
    found = {
        row["what"]: (row["low"], row["likely"], row["high"])
        for row in rows(client, manager, "result", **spread)
    }
    # at worst -60 x 4 + 30 = -210 of each, at best 40 x 4 + 30 = 190; 20 minutes at 6 to 9, and 10
    assert found == {
        "Clients kept a year": ("0.5", "1", "1"),
        "What one client kept is worth": ("-210", "150", "190"),
        "What all of them are worth": ("-210", "150", "190"),
        "Cost of tracking a year": ("12", "12", "13"),
        "Saved a year": ("-223", "138", "178"),
        "Pays for itself from a fall of": ("0.13", "0.16", ""),
    }
    sentence = plain(worked(client, manager, **spread).context["sentence"])
    assert "would bring between −$223 and $178 a year: at worst it costs more than it saves." in sentence


def test_where_a_client_who_stays_brings_nothing_no_fall_pays(client, manager, year):
    sentence = plain(worked(client, manager, margin="-10", acquisition="0").context["sentence"])
    assert sentence.endswith("No fall pays for it: a client who stays brings nothing.")


def test_the_chart_begins_at_the_cost_and_reaches_beyond_the_fall_that_is_meant(client, manager, year):
    interview(year, "delay")
    curve = rows(client, manager, "curve", fall="1")
    assert (curve[0]["fall"], curve[0]["likely"]) == ("0", "-2")
    assert [row["fall"] for row in curve][-1] == "2.4"
    assert curve[10]["likely"] == "148"


def test_each_part_of_the_cost_stands_for_itself(client, manager, year):
    interview(year, "delay")
    found = [
        (row["what"], row["n"], row["hours"], row["cost"])
        for row in rows(client, manager, "tracking", other="7")
    ]
    assert found == [
        ("Exit interviews", "1", "0.33", "2"),
        ("Exits confirmed", "0", "0", "0"),
        ("Calls and visits", "0", "0", "0"),
        ("Other costs of a year", "", "", "7"),
        ("All of it", "", "0.33", "9"),
    ]


def test_the_error_summary_says_of_what_a_value_is_missing(client, manager, year):
    page = worked(client, manager, hour="").text
    assert '<a href="#id_hour">Cost of an hour of work, most likely: This field is required.</a>' in page


def test_the_words_under_the_chart_begin_large_in_spanish_too(client, manager, year):
    pages.built(dt.date(2026, 6, 30))
    client.force_login(manager)
    page = client.get(PAGE, SAID | {"fall": "0"}, headers={"Accept-Language": "es"}).text
    assert "plazo de espera de 90 días. Abril de 2025 a marzo de 2026." in page


def test_what_is_missing_out_of_order_or_beyond_the_rate_is_named(client, manager, year):
    assert errors(client, manager, hour="") == {"hour": "This field is required."}
    words = "At least is above most likely, or at most is below it."
    assert errors(client, manager, hour_low="7") == {"hour": words}
    words = "Only 2.0 points of exit are by the clients' own choice: it cannot fall by more."
    assert errors(client, manager, fall_high="2.1") == {"fall": words}
    assert set(errors(client, manager, cycles="-1", margin="nan")) == {"cycles", "margin"}


def test_before_anything_is_assumed_it_asks_and_shows_what_is_known(client, manager, year):
    client.force_login(manager)
    response = client.get(PAGE)
    assert "Say what you assume" in response.content.decode()
    assert response.context["form"].errors == {}
    assert dict(response.context["facts"])["Of it by own choice"] == "2.0\u202f%"
    found = read(client.get(PAGE, {"export": "csv"}))
    assert (found[2]["what"], found[2]["said"]) == ("Clients it is a share of", "50")
    assert client.get(PAGE, {"export": "csv", "table": "result"}).status_code == 400


def test_a_file_carries_what_was_assumed(client, manager, year):
    view = worked(client, manager, hour_high="9").context["view"]
    about = dict(view.about())
    assert about["Cost of an hour of work"] == "6 (6 to 9)"
    assert about["Filter"] == "2025"


def test_a_branch_manager_reckons_with_the_branch(client, branch_manager, far_office, year):
    for _number in range(5):
        LoanFactory(client__office=far_office, disbursed_on=dt.date(2024, 6, 1))
    pages.built(dt.date(2026, 4, 30))
    client.force_login(branch_manager)
    facts = dict(client.get(PAGE).context["facts"])
    assert facts["Clients it is a share of"] == "50"


@pytest.mark.parametrize("who", ["officer", "assessor", "nobody", "admin"])
def test_only_who_may_report_on_exit_reckons_its_cost(client, request, who, year):
    client.force_login(request.getfixturevalue(who))
    assert client.get(PAGE).status_code == 403


def test_officers_are_not_led_to_it(client, officer, manager, year):
    client.force_login(officer)
    assert PAGE not in client.get(reverse("exits:register-list")).content.decode()
    client.force_login(manager)
    assert PAGE in client.get(reverse("exits:register-list")).content.decode()
