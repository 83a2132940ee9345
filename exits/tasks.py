from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from exits import actions
from spm import jobs


@jobs.work("exits.analyse_exits", title=_("Analyses of leaving brought up to date"), awaited=False)
def analyse_exits(progress) -> dict:
    actions.analyse_exits(by=progress.by, progress=progress)
    return {"url": reverse("exits:exit-rate"), "link": gettext_noop("See who stays and who leaves")}


@jobs.work("exits.rebuild_spells", title=_("Exit figures brought up to date"))
def rebuild_spells(progress) -> dict:
    actions.rebuild_spells(by=progress.by, progress=progress)
    return {"url": reverse("exits:exit-rate"), "link": gettext_noop("See who stays and who leaves")}
