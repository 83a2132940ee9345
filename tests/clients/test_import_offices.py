"""Which offices an import makes, and which of them is the head office."""

import pytest

from clients.models import Client, ClientPosting, Office
from tests.clients.imported import bad_cells, numbers, take_in
from tests.clients.portfolio_files import client, loan, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    """Writes sheets as CSV files and gives their folder."""
    made = iter(range(99))
    return lambda sheets, **how: write_csv(tmp_path / f"portfolio-{next(made)}", sheets, **how)


def of_office(code, *offices) -> dict:
    """A client and a loan at the office of this code, beside these rows of offices."""
    rows = [dict(zip(("code", "name", "kind", "parent"), office, strict=True)) for office in offices]
    return {"offices": rows, "clients": [client("C1", office=code)], "loans": [loan()]}


def tree() -> list[tuple]:
    return list(Office.objects.order_by("code").values_list("code", "name", "kind", "parent__code"))


def told(report) -> list[tuple]:
    return [
        (notice["code"], notice["params"]["code"])
        for notice in report["warnings"]
        if notice["params"].get("code") not in {"CAPITAL"}
    ]


HEAD = ("HEAD", "Head office", "head", None)


def test_clients_may_belong_to_the_head_office_that_no_file_defines(folder):
    first = take_in(folder(of_office("HEAD")))
    again = take_in(folder(of_office("HEAD")))

    assert (bad_cells(first), told(first), tree()) == ([], [("head_named", "HEAD")], [HEAD])
    assert (told(again), numbers(again, "clients")) == ([], (1, 0, 0, 1, 0))


def test_the_code_of_the_head_office_is_no_branch_unless_a_file_names_another_head(folder):
    alone = take_in(folder(of_office("HEAD", ("HEAD", "x", "branch", ""))))

    assert bad_cells(alone) == [("offices", 2, "kind", "head_stays")]
    assert tree() == [HEAD]

    beside = take_in(folder(of_office("HEAD", ("HEAD", "x", "branch", ""), ("HQ", "Casa", "head", ""))))

    assert bad_cells(beside) == []
    assert tree() == [("HEAD", "x", "branch", "HQ"), ("HQ", "Casa", "head", None)]


def test_a_code_that_the_head_office_has_given_up_is_made_anew_where_a_file_names_it(folder, head):
    sheets = of_office("HEAD", ("HQ", "Casa", "head", ""), ("N", "North", "branch", "HEAD"))

    first = take_in(folder(sheets))
    again = take_in(folder(sheets))

    assert (bad_cells(first), told(first)) == ([], [("made_offices", "HEAD")])
    assert tree() == [
        ("HEAD", "HEAD", "branch", "HQ"),
        ("HQ", "Casa", "head", None),
        ("N", "North", "branch", "HEAD"),
    ]
    assert {numbers(again, name)[1:3] for name in again["sheets"]} == {(0, 0)}


def test_a_branch_that_a_file_defined_does_not_become_the_head_office(folder):
    take_in(folder(of_office("N", ("N", "North", "branch", ""))))

    report = take_in(folder(of_office("N", ("N", "North", "head", ""))))

    assert bad_cells(report) == [("offices", 2, "kind", "was_no_head")]
    assert report["rejected"][0]["params"] == {"code": "N"}


def test_a_branch_that_was_made_because_it_was_named_may_turn_out_to_be_the_head_office(folder, manager):
    take_in(folder(of_office("HQ", ("N", "North", "branch", "HQ"))))
    assert tree() == [HEAD, ("HQ", "HQ", "branch", "HEAD"), ("N", "North", "branch", "HQ")]
    sheets = of_office("HQ", ("N", "North", "branch", "HQ"), ("HQ", "Casa", "head", ""))

    report = take_in(folder(sheets))
    again = take_in(folder(sheets))

    assert bad_cells(report) == []
    assert tree() == [("HQ", "Casa", "head", None), ("N", "North", "branch", "HQ")]
    assert list(ClientPosting.objects.values_list("office__code", flat=True)) == ["HQ"]
    assert manager.memberships.get().office.code == "HQ"
    assert {numbers(again, name)[1:3] for name in again["sheets"]} == {(0, 0)}


def test_a_parent_that_no_file_defines_is_made_under_the_head_office_and_reported(folder):
    sheets = of_office(
        "N",
        ("N", "North", "branch", "R1"),
        ("S", "South", "branch", "R2"),
        ("HQ", "Casa", "head", ""),
        ("R2", "", "region", "HQ"),
    )

    first = take_in(folder(sheets))
    again = take_in(folder(sheets))

    assert bad_cells(first) == [("offices", 5, "name", "required")]
    assert told(first) == [("made_offices", "R1"), ("made_offices", "R2")]
    assert tree() == [
        ("HQ", "Casa", "head", None),
        ("N", "North", "branch", "R1"),
        ("R1", "R1", "branch", "HQ"),
        ("R2", "R2", "branch", "HQ"),
        ("S", "South", "branch", "R2"),
    ]
    assert Office.objects.get(code="N").path.count("/") == 4
    assert numbers(again, "offices") == (4, 0, 0, 3, 1)


def namesakes(report) -> list[dict]:
    return [notice["params"] for notice in report["warnings"] if notice["code"] == "name_for_code"]


@pytest.mark.parametrize(
    ("offices", "expected"),
    [
        ([("B1", "Norte"), ("B2", "Sur")], [{"name": "NORTE", "code": "B1", "sheet": "clients"}]),
        ([("B1", "Norte"), ("B2", "norte")], []),
        ([("NORTE", "Norte"), ("B2", "norte")], []),
        ([("B2", "Sur")], []),
    ],
    ids=["one of the name", "two of the name", "the code is there", "none of the name"],
)
@pytest.mark.parametrize("recorded", [False, True], ids=["in the file", "recorded"])
def test_a_name_that_stands_for_a_code_is_told_and_still_made_as_an_office(
    tmp_path, offices, expected, recorded
):
    sheets = {"offices": [{"code": code, "name": name} for code, name in offices]}
    if recorded:
        take_in(write_csv(tmp_path / "offices", sheets | {"clients": [], "loans": []}))
        sheets = {}
    sheets |= {"clients": [client("C1", office="NORTE"), client("C2", office="NORTE")], "loans": []}

    report = take_in(write_csv(tmp_path / "portfolio", sheets))

    assert namesakes(report) == expected
    assert Client.objects.get(external_id="C2").office.code == "NORTE"
