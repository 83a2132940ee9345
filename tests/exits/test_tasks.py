import datetime as dt

from django.conf import settings

from exits.models import Spell
from spm import jobs
from tests.exits.stored import imported_on
from tests.factories import LoanFactory


def test_new_data_bring_the_figures_up_to_date(manager):
    LoanFactory(disbursed_on=dt.date(2024, 2, 2))
    imported_on(dt.date(2024, 6, 30))
    assert settings.AFTER_IMPORT == ["exits.rebuild_spells", "exits.analyse_exits"]
    job = jobs.run_now("exits.rebuild_spells", by=manager)
    assert (job.state, job.result, job.error) == (
        "done",
        {"url": "/exits/", "link": "See who stays and who leaves"},
        "",
    )
    assert Spell.objects.count() == 1


def test_a_build_that_is_done_tells_who_asked(manager):
    imported_on(dt.date(2024, 6, 30))
    jobs.run_now("exits.rebuild_spells", by=manager)
    lines = manager.audit_events.filter(verb="exit.rebuilt")
    assert lines.count() == 1
