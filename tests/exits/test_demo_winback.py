"""In the demo there is somebody to win back, and calls have been made, none before it was asked for."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from exits.queries import ExitFilter, build
from exits.queries.winback import Outcome, outcome_of, winback, won_back
from spm.models import User, WorkItem
from tests.exits import test_demo

autumn = test_demo.autumn


@pytest.mark.django_db
def test_the_demo_has_somebody_to_win_back_with_every_kind_of_result(first_lists, autumn):
    call_command("seed_demo", clients=400, seed=7)
    made = build()
    start = made.as_of.replace(year=made.as_of.year - 1, month=1, day=1)
    rows = winback(User.objects.get(username="manager"), ExitFilter(start, made.as_of.replace(day=1)), made)
    told = won_back(rows)
    assert 2 < told.called < told.n
    assert len({outcome_of(row) for row in rows} - {Outcome.TO_CALL}) >= 2
    assert not rows.filter(called_at__gt=timezone.now()).exists()
    assert WorkItem.objects.open().filter(kind="exits.callback").exists()
