"""Odd files that are as good as any other are not refused, and nothing in them is."""

import pytest

from clients.models import Client, Loan
from tests.hostile import odd
from tests.hostile.shares import some
from tests.hostile.test_curated import answer_of

pytestmark = pytest.mark.django_db


def test_there_are_at_least_50_of_them_each_with_a_name_of_its_own():
    names = {case.name for case in odd.CASES}
    assert (len(odd.CASES) >= 50, len(names)) == (True, len(odd.CASES))


@pytest.mark.parametrize("case", some(odd.CASES), ids=str)
def test_an_odd_file_comes_in_whole(case, walk):
    batch = walk.send(case.files(), case.decimal)
    assert walk.refused == []
    walk.work(batch)
    assert answer_of(walk, batch) == {"state": "checked", "rows": [], "notices": case.notices}
    walk.confirm(batch)
    total = batch.report["sheets"]
    assert (batch.state, Client.objects.count(), Loan.objects.count()) == (
        "done",
        total["clients"]["created"],
        total["loans"]["created"],
    )
    assert Loan.objects.count() == 1
