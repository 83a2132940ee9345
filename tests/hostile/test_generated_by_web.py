"""Of the files damaged at random, some meet the web as a person would send them."""

import random

import pytest
from django.urls import reverse
from django.utils import translation

from clients.models import ImportBatch
from tests.hostile.by_web import digest, words_of
from tests.hostile.measured import measured
from tests.hostile.shares import FULL
from tests.hostile.test_generated import EXAMPLES, made

BATCHES = 4
EACH = 10 if FULL else 20
pytestmark = pytest.mark.django_db
State = ImportBatch.State


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_damage_leads_to_anything_but_an_answer_in_words(batch, walk):
    ends = set()
    for number in range(batch * EACH, EXAMPLES, BATCHES * EACH):
        before, language = digest(), ("en", "es")[number % 2]
        with measured() as cost:
            end = sent(walk, made(random.Random(number)), language)
        assert (cost.seconds < 10, cost.megabytes < 150) == (True, True), (number, cost)
        assert (end == State.DONE or digest() == before, walk.left_behind()) == (True, []), number
        ends.add(end)
    assert {"at the gate", State.REFUSED, State.DONE} <= ends or not FULL


def sent(walk, content: bytes, language: str) -> str:
    """What became of the file; told in the reader's language wherever it was not taken."""
    walk.speak(language)
    batch = walk.send([("portfolio", content)])
    if batch is None:
        with translation.override(language):
            reasons = [str(words) for error in walk.refused for words in error]
        assert (len(reasons), reasons[0] in walk.told) == (1, True)
        return "at the gate"
    walk.work(batch)
    page = walk.page(batch, language)
    for said in words_of(batch, language):
        assert [words for words in said if words not in page] == []
    if batch.state == State.CHECKED:
        walk.confirm(batch)
        assert walk.client.get(reverse("clients:client-list")).status_code == 200
    return batch.state
