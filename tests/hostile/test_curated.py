"""Each hostile file meets the web as a person would send it, and gets the answer that is due to it."""

import pytest
from django.db import connection

from tests.hostile import archives, books, boxes, cells, sheets, texts
from tests.hostile.by_web import digest, words_of
from tests.hostile.measured import measured
from tests.hostile.shares import FULL, some

CASES = [*cells.CASES, *texts.CASES, *archives.CASES, *books.CASES, *boxes.CASES, *sheets.CASES]
SECONDS, MEGABYTES = 10, 150
pytestmark = pytest.mark.django_db


def cell_of(bad: dict) -> tuple:
    return bad["sheet"], bad["row"], bad["column"], bad["code"]


def test_there_are_at_least_200_of_them_each_with_a_name_of_its_own():
    assert (len(CASES) >= 200, len({case.name for case in CASES})) == (True, len(CASES))


# What the gate refuses has never seen the database; of cells, a short run takes every fourth.
TRIED = [
    case
    for at, case in enumerate(CASES)
    if FULL
    or (
        not case.is_heavy
        and (connection.vendor == "sqlite" or not case.gate)
        and (case not in cells.CASES or at % 8 in {0, 5})
    )
]


@pytest.mark.parametrize("case", some(TRIED), ids=str)
def test_a_hostile_file_is_answered_and_hurts_nothing(case, walk):
    files, before = case.files(), digest()
    with measured() as cost:
        batch = walk.send(files, case.decimal)
        if batch:
            walk.work(batch)
    assert answer_of(walk, batch) == expected_of(case)
    assert digest() == before
    assert (cost.seconds < SECONDS, cost.megabytes < MEGABYTES) == (True, True), cost
    if batch and batch.state == "checked":
        if not (FULL or len(case.name) % 4 == 0):
            return  # the file waits for the user's word
        walk.confirm(batch)
        assert batch.state == "done"
    assert walk.left_behind() == []


def answer_of(walk, batch) -> dict:
    """What became of the upload, in the words of a case."""
    if batch is None:
        return {"gate": [error.code for error in walk.refused]}
    bad = [cell_of(entry) for entry in batch.report["rejected"]]
    notices = tuple(notice["code"] for notice in batch.report["warnings"] if notice["code"] not in MADE)
    for language in ("en", "es") if FULL else (("en", "es")[batch.pk % 2],):
        page = walk.page(batch, language)
        for said in words_of(batch, language):
            assert [words for words in said if words not in page] == []
    if batch.state == "refused":
        return {"unreadable": bad}
    return {"state": batch.state, "rows": sorted(bad), "notices": notices}


# The files name offices and products that nothing defines, which is no flaw.
MADE = {"made_head", "head_named", "made_offices", "made_products"}


def expected_of(case) -> dict:
    if case.gate:
        return {"gate": [case.gate]}
    if case.unreadable:
        return {"unreadable": [case.unreadable]}
    return {"state": "checked", "rows": sorted(case.rows), "notices": case.notices}
