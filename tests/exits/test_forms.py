"""The filter of the exit pages, and the form of a new definition."""

import datetime as dt

import pytest
from django.http import QueryDict
from django.utils import translation

from clients.models import Product
from exits.forms import (
    NOT_RECORDED,
    CountedFilterForm,
    DefinitionForm,
    ExitFilterForm,
    own_portfolio_only,
    period_words,
    presets,
    shift,
)
from exits.methods import CAUSES
from exits.models import ExitDefinition, SpellBuild
from exits.queries import ExitFilter
from tests.factories import ClientFactory, OfficerFactory, ProductFactory

AS_OF = dt.date(2026, 11, 22)
SPAN = (dt.date(2022, 3, 1), dt.date(2026, 11, 1))


def form(user, address="", *, as_of=AS_OF, span=SPAN, definition=None, kind=ExitFilterForm):
    build = SpellBuild(as_of=as_of, window=90, longest_window=90, definition=definition)
    return kind(QueryDict(address), user=user, build=build, span=span)


def months(selection):
    return f"{selection.filter.start_month:%Y-%m}", f"{selection.filter.end_month:%Y-%m}"


# --- periods -----------------------------------------------------------------------------------------------


def test_months_are_shifted_over_the_turn_of_the_year():
    assert shift(dt.date(2025, 1, 1), -1) == dt.date(2024, 12, 1)
    assert shift(dt.date(2024, 11, 1), 14) == dt.date(2026, 1, 1)


def test_the_periods_by_name_are_last_year_this_year_and_twelve_whole_months():
    assert presets(AS_OF) == {
        "year": (dt.date(2025, 1, 1), dt.date(2025, 12, 1)),
        "to-date": (dt.date(2026, 1, 1), dt.date(2026, 11, 1)),
        "last-12": (dt.date(2025, 11, 1), dt.date(2026, 10, 1)),
    }


def test_a_month_and_a_year_that_are_over_on_the_day_of_the_data_are_whole():
    assert presets(dt.date(2025, 12, 31))["year"] == (dt.date(2025, 1, 1), dt.date(2025, 12, 1))
    assert presets(dt.date(2026, 2, 28))["last-12"] == (dt.date(2025, 3, 1), dt.date(2026, 2, 1))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (dt.date(2025, 1, 1), dt.date(2025, 12, 31), "2025"),
        (dt.date(2025, 3, 1), dt.date(2025, 3, 31), "March 2025"),
        (dt.date(2024, 7, 1), dt.date(2025, 6, 30), "July 2024 to June 2025"),
        (dt.date(2026, 1, 1), dt.date(2026, 11, 22), "January 2026 to 22 November 2026"),
        (dt.date(2026, 11, 1), dt.date(2026, 11, 22), "1 November 2026 to 22 November 2026"),
    ],
)
def test_a_period_is_said_as_people_say_it(start, end, words):
    with translation.override("en"):
        assert period_words(start, end) == words


def test_a_month_is_said_in_spanish():
    with translation.override("es"):
        assert period_words(dt.date(2025, 3, 1), dt.date(2025, 3, 31)) == "marzo de 2025"


# --- the filter --------------------------------------------------------------------------------------------


def test_without_anything_in_the_address_last_year_is_shown_for_everybody(manager, office, far_office):
    selection = form(manager).selection()
    assert selection.filter == ExitFilter(dt.date(2025, 1, 1), dt.date(2025, 12, 1))
    assert (selection.by, selection.formula, selection.chips) == ("office", "exit_dealt_with", ())


def test_a_portfolio_younger_than_last_year_shows_this_year(manager):
    young = form(manager, span=(dt.date(2026, 2, 1), dt.date(2026, 11, 1)))
    assert months(young.selection()) == ("2026-01", "2026-11")


def test_the_address_alone_says_what_is_shown(manager, office, far_office):
    ProductFactory(code="GRP", name="Group loan")
    address = (
        "start=2024-03&end=2024-08&office=NORTH&product=GRP&sex=F&age=25-34&area=rural&cycle=2"
        "&causes=client,mfi&by=sex&formula=dropout_opening"
    )
    selection = form(manager, address).selection()
    assert selection.filter == ExitFilter(
        dt.date(2024, 3, 1),
        dt.date(2024, 8, 1),
        office="NORTH",
        product="GRP",
        sex="F",
        age="25-34",
        area="rural",
        cycle=2,
        causes=("client", "mfi"),
    )
    assert (selection.by, selection.formula) == ("sex", "dropout_opening")
    assert [value for _what, value in selection.chips] == [
        "North",
        "Group loan",
        "Women",
        "25-34",
        "Rural",
        "2",
        "All but deaths",
    ]


def test_the_address_of_a_selection_gives_the_same_selection(manager, office, far_office):
    address = "start=2024-03&end=2024-08&office=NORTH&sex=F&cycle=2&causes=client&by=sex"
    selection = form(manager, address).selection()
    again = form(manager, selection.query()).selection()
    assert (again.filter, again.by, again.formula) == (selection.filter, selection.by, selection.formula)


def test_an_address_can_be_changed_in_one_place(manager):
    selection = form(manager, "start=2024-03&end=2024-08&sex=F").selection()
    assert QueryDict(selection.query(sex=None, by="age")).dict() == {
        "start": "2024-03",
        "end": "2024-08",
        "by": "age",
    }


def test_what_is_not_recorded_is_a_choice_of_its_own(manager):
    selection = form(manager, f"sex={NOT_RECORDED}").selection()
    assert selection.filter.sex == ""
    assert selection.chips == (("Sex", "Not recorded"),)


def test_a_period_by_name_moves_with_the_data(manager):
    assert months(form(manager, "period=last-12").selection()) == ("2025-11", "2026-10")
    later = form(manager, "period=last-12", as_of=dt.date(2026, 12, 31))
    assert months(later.selection()) == ("2026-01", "2026-12")


@pytest.mark.parametrize(
    ("address", "field", "words"),
    [
        ("start=2025-13", "start", "Nothing is known by this. Choose from the list."),
        ("end=2027-01", "end", "Nothing is known by this. Choose from the list."),
        ("start=2025-05&end=2025-04", "end", "The period ends before it starts."),
        ("office=NOWHERE", "office", "Nothing is known by this. Choose from the list."),
        ("cycle=two", "cycle", "Enter a whole number."),
        ("formula=X/Y", "formula", "Nothing is known by this. Choose from the list."),
    ],
)
def test_a_wrong_value_is_named_and_the_default_counts(manager, office, far_office, address, field, words):
    wrong = form(manager, address)
    selection = wrong.selection()
    assert wrong.errors == {field: [words]}
    assert selection.filter == ExitFilter(dt.date(2025, 1, 1), dt.date(2025, 12, 1))
    assert selection.formula == "exit_dealt_with"


def test_a_month_before_ones_own_clients_is_no_mistake(manager):
    older = form(manager, "start=2020-01&end=2025-12")
    assert months(older.selection()) == ("2020-01", "2025-12")
    assert older.errors == {}


def test_the_institutions_formula_stands_on_top_and_stays_out_of_the_address(manager):
    definition = ExitDefinition(starts_on=AS_OF, formula="exit_closing")
    selection = form(manager, definition=definition).selection()
    assert selection.formula == "exit_closing"
    assert "formula" not in selection.query()


def test_offices_are_offered_as_a_tree(manager, office, far_office):
    offered = [name.replace("\u2003", ">") for _code, name in form(manager).fields["office"].choices]
    assert offered == ["All offices", "Head office", ">North", ">>Valle Norte", ">South", ">>Puerto Sur"]


def test_a_branch_manager_chooses_among_nobody_elses_officers_and_no_office(
    branch_manager, office, far_office
):
    near, far = OfficerFactory(name="Near"), OfficerFactory(name="Far")
    ClientFactory(office=office, officer=near)
    ClientFactory(office=far_office, officer=far)
    offered = form(branch_manager)
    assert "office" not in offered.dimensions
    assert [name for _code, name in offered.fields["officer"].choices] == [
        "All officers",
        "Near",
        "Not recorded",
    ]


def test_an_officer_has_no_office_and_no_officer_to_choose(officer, manager, office, far_office):
    assert (own_portfolio_only(officer), own_portfolio_only(manager)) == (True, False)
    own = form(officer, "office=NORTH&officer=OF-LUIS&by=officer")
    assert own.dimensions == ["product", "sex", "age", "area", "cycle"]
    selection = own.selection()
    assert (selection.filter.office, selection.filter.officer, selection.by) == (None, None, "product")


def test_the_form_of_a_list_carries_along_what_is_counted(manager):
    carried = form(manager, "count=mfi", kind=CountedFilterForm)
    assert [field.name for field in carried.hidden_fields()] == ["formula", "by", "sort", "count"]
    assert carried["count"].value() == "mfi"


def test_the_months_are_written_with_the_chosen_one_marked(manager):
    html = str(form(manager, "start=2024-03")["start"])
    assert '<option value="2024-03" selected>March 2024</option>' in html
    assert html.count("selected") == 1


def test_a_name_with_markup_stays_text_in_a_choice(manager):
    ProductFactory(code="X", name="<b>Bold</b>")
    assert "&lt;b&gt;Bold" in str(form(manager)["product"])


@pytest.mark.parametrize("number", [1, 3])
def test_the_filter_asks_the_same_number_of_queries_for_any_number_of_choices(
    manager, office, far_office, number, django_assert_num_queries
):
    ProductFactory.create_batch(number)
    for _ in range(number):
        ClientFactory(office=office)
    assert form(manager).selection()  # the memberships are read once a request
    with django_assert_num_queries(3):
        form(manager).selection()


def test_all_causes_are_counted_unless_the_address_says_otherwise(manager):
    assert form(manager).selection().filter.causes == CAUSES
    assert form(manager, "causes=death").selection().filter.causes == ("death",)


# --- definitions -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_definition_has_a_window_for_each_loan_product():
    farm, group = ProductFactory(code="FARM", name="Farm"), ProductFactory(code="GRP", name="Group")
    ProductFactory(code="SAV", kind=Product.Kind.SAVINGS)
    filled = DefinitionForm(
        {
            "starts_on": "2026-01-01",
            "window": "90",
            "formula": "exit_dealt_with",
            "counts_savings": "on",
            f"window_{farm.pk}": "180",
            f"window_{group.pk}": "",
        }
    )
    assert list(filled.fields) == [
        "starts_on",
        "window",
        f"window_{farm.pk}",
        f"window_{group.pk}",
        "counts_savings",
        "formula",
        "in_place_of",
    ]
    assert filled.is_valid()
    assert filled.settings() == {
        "starts_on": dt.date(2026, 1, 1),
        "window": 90,
        "counts_savings": True,
        "formula": "exit_dealt_with",
        "in_place_of": None,
        "product_windows": {"FARM": 180},
    }


@pytest.mark.django_db
@pytest.mark.parametrize("window", ["-1", "731", "", "ninety"])
def test_a_window_out_of_range_is_refused(window):
    farm = ProductFactory()
    data = {"starts_on": "2026-01-01", "window": window, "formula": "exit_dealt_with"}
    assert list(DefinitionForm(data).errors) == ["window"]
    own = data | {"window": "90", f"window_{farm.pk}": window or "x"}
    assert list(DefinitionForm(own).errors) == [f"window_{farm.pk}"]
