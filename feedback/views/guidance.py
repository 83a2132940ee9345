"""What helps with each step of following complaints, and what that rests on."""

from django.utils.translation import gettext_lazy as _

from spm import guidance
from spm.guidance import note, ours, source

USED = note(_("Much that clients say is never used. Follow it from what was heard to what was changed."))
SILENCE = ours(_("No complaints does not mean content clients. An office without any is worth a visit."))
CLOCK = source(
    "State Bank of Pakistan, 2004",
    _("Reply within the limit, or send an interim reply. Somebody who was not involved looks into it."),
)
OWN_OFFICER = ours(_("What is told to the own officer is not all. Offer ways that go around the officer."))

LISTS = [
    source("Mitrata", _("Two heads are in use there: fair practice and service.")),
    ours(_("Narrow who reads a category before the first such complaint comes, not after.")),
]

guidance.tell(
    {
        **{f"feedback:category-entry-{verb}": LISTS for verb in ("list", "add", "change")},
        "feedback:complaint-list": [USED, SILENCE, CLOCK],
        "feedback:complaint-detail": [
            CLOCK,
            ours(_("Nothing stops the clock: not a question to the client, not a decision.")),
        ],
        "feedback:complaint-change": [
            source(
                "Feedback Labs, 2020",
                _("Only just over half of those who ask for opinions tell people what came of it."),
            )
        ],
        "feedback:complaint-add": [
            OWN_OFFICER,
            ours(_("Write it as the client says it. Nobody has to give a name.")),
        ],
    }
)
