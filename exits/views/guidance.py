"""What helps with each step of following exit, and what that rests on: all of it in this one place.

From the practice note is only what that note itself says; a source is named for what was read there.
"""

from django.utils.translation import gettext_lazy as _

from spm import guidance
from spm.guidance import computed, note, ours, source

WATERFIELD = "Waterfield, SEEP Technical Note 2, 2006"
PRIZMA = "MFC Spotlight Note 10, Prizma"
DESIGN = "Wardle, Smart Campaign, 2014"
EXIT_TOOL = "Smart Campaign, exit interview tool, 2014"
CHAINS = "Freedom from Hunger, 2015"
BANKS = "RBAP-MABS, 2003"
BREAK_EVEN = "Brand & Gerschick, 2000"
KAPLAN_MEIER = "Kaplan & Meier, 1958"
BBVA = "Fundación Microfinanzas BBVA"

LINES_OF_WORK = note(_("Begin with the rate, go on to who leaves and at which stage, and then ask why."))
GOOD_OR_BAD = note(
    _("Exit may be good or bad: somebody outgrew the loan, or the business failed. Some of them come back.")
)
TEMPORARY = note(
    _("A rate fits your setting, keeps to one period, and allows for those who are away only for a time.")
)
FROM_HISTORY = source(
    PRIZMA,
    _("Prizma waits 90 days: its own history showed that nearly all who leave have done so by then."),
)
NINETY_FIVE = ours(
    _("Take the window from the return curve: so many days that 95 % of all returns ever seen have come.")
)
CHAIN = source(
    CHAINS,
    _("Exits are chains: illness, then business, then the group. Asking only for the last link misleads."),
)
TWO_VIEWS = source(
    BANKS,
    _("Staff and clients gave different reasons when both were asked, so the two are kept apart."),
)
NOT_THE_OFFICER = source(EXIT_TOOL, _("Somebody else than the loan officer holds the interview."))
ASK_AGAIN = source(EXIT_TOOL, _("Ask a part of the people a second time, to see whether answers hold."))
RANDOM = source(
    PRIZMA, _("Prizma interviews a random sample of those who left, and its interviewers need skill.")
)
EASILY_FOUND = ours(_("Those who are easily found are not like the others. Try often before you replace."))
INTERVAL = computed(_("The interval beside a share is Wilson's, at 95 %."))
COUNTED = computed(_("The list holds exactly those whom the number counts, of the clients that you may see."))
LISTEN = ours(_("Let the person tell it first; choose the reason afterwards, by what was said."))
NO_PRESSURE = ours(_("Do not press anybody to borrow: that somebody leaves may be good for them."))
SAY_SO = ours(_("Whoever agreed to be contacted may still say no. Record it, and call no more."))
TOLD_APART = source(
    WATERFIELD,
    _("Tell apart who was refused, who was dissatisfied, and who was content and had no further need."),
)
APART = ours(_("Deaths and exits that you ended yourselves count apart from those by own choice."))
LISTS = (
    source(
        DESIGN,
        _("Start from the reasons that managers and field staff name, adapt examples, and try it out."),
    ),
    computed(_("What was recorded keeps the words of its day, and is counted by its code.")),
    ours(_("Keep it short: whoever asks reads it on a phone. “Other” should stay below 10 %.")),
)
WORDING = (
    ours(_("Have somebody who speaks both languages read it back to you before officers ask by it.")),
    computed(_("Phones get the words with the form; who asks chooses the client's language before consent.")),
)
TYPES = (TOLD_APART, LISTS[1], LISTS[2])

SCHEDULES = (
    computed(_("Each time, the report is built from the data of that day, for those who may still read it.")),
    ours(_("Send it when somebody will talk about it: before the meeting, not after each import.")),
)

guidance.tell(
    {
        "exits:exit-rate": [
            GOOD_OR_BAD,
            TEMPORARY,
            note(_("Which rate is right depends on where you work; a rising one can warn of grave trouble.")),
            source(WATERFIELD, _("Follow clients, not loans. Who stays is not therefore satisfied.")),
            computed(_("Months whose window still runs for some clients are marked as provisional.")),
            ours(_("Compare rates only where formula, window and length of the period are the same.")),
        ],
        "exits:counted-list": [
            COUNTED,
            ours(_("Look at a few clients before you act on the number: wrong records show here first.")),
        ],
        "exits:watch-list": [
            TEMPORARY,
            computed(_("Days left are the window of the product, less the days since the last loan ended.")),
            ours(_("Call those first whose days are nearly over, and ask what has changed for them.")),
            NO_PRESSURE,
        ],
        "exits:overdue-list": [
            computed(_("A client with an open loan counts as active, however long nobody has paid.")),
            ours(
                _("Close or write off in core banking what is over; until then exit looks lower than it is.")
            ),
        ],
        "exits:definition-list": [TEMPORARY, FROM_HISTORY, NINETY_FIVE],
        "exits:definition-add": [
            FROM_HISTORY,
            NINETY_FIVE,
            ours(_("Change it seldom, and at the start of a year: rates of two definitions do not compare.")),
        ],
        "exits:contact-add": [
            ours(_("Ask first what has changed for the person, then what you could do.")),
            NO_PRESSURE,
            SAY_SO,
            computed(
                _("Write it down when nobody answered too. A new loan is found in the records by itself.")
            ),
        ],
        "exits:winback-list": [
            note(_("Some of those who leave come back; and a new client costs more.")),
            ours(_("Begin at the top: who asked for a call, would come back, only rests, left last.")),
            SAY_SO,
            INTERVAL,
        ],
        "exits:exit-cost": [
            note(
                _("New clients cost more than those who stay, and tools to follow exit should cost little.")
            ),
            source(
                BREAK_EVEN, _("An institution broke even on a client only after the fourth or fifth loan.")
            ),
            computed(_("Clients, rate, interviews and calls come from the records of a year known whole.")),
            ours(_("The formula is ours. Give each assumption a range, and show the range of the result.")),
        ],
        "exits:register-list": [
            GOOD_OR_BAD,
            computed(
                _("Who left, and when, follows from the records; a new loan turns an exit into a return.")
            ),
            ours(_("Confirm exits within days, while people remember.")),
        ],
        "exits:exit-confirm": [TOLD_APART, TWO_VIEWS, APART],
        "exits:exit-change": [TOLD_APART, TWO_VIEWS, APART],
        "exits:interview-list": [NOT_THE_OFFICER, RANDOM, ASK_AGAIN],
        "exits:interview-add": [
            NOT_THE_OFFICER,
            CHAIN,
            LISTEN,
            ours(_("Tick that the person may be contacted only if they said so.")),
        ],
        "exits:interview-detail": [
            CHAIN,
            ours(_("A complaint is more than a reason: hand it to whoever answers complaints.")),
        ],
        "exits:client-panel": [
            computed(_("Stays follow from loans by the definition in force; nobody types them in.")),
            GOOD_OR_BAD,
        ],
        "exits:stage-list": [
            LINES_OF_WORK,
            computed(_("Who left after a loan cycle, of the clients who finished that cycle.")),
            ours(_("It may be the single most useful table: early exit and late exit have other causes.")),
        ],
        "exits:profile-list": [
            LINES_OF_WORK,
            ours(_("Compare with those who stay: what leavers have in common may be common to all.")),
            INTERVAL,
        ],
        "exits:type-list": [LINES_OF_WORK, TOLD_APART, INTERVAL],
        "exits:stay-curve": [
            source(KAPLAN_MEIER, _("Clients who are still here count for as long as they have been seen.")),
            ours(_("Where the curve falls steeply, look at what happens to clients just before.")),
        ],
        "exits:cohort-list": [
            source(
                BBVA,
                _("Clients are followed by the quarter of their first loan, for one, two and three years."),
            ),
            computed(_("A field is empty where a cohort is too young for its exits to be known.")),
            ours(_("Read down a column: did those who came later stay longer?")),
        ],
        "exits:season-list": [
            source(PRIZMA, _("Prizma found that the views of staff on seasons were worth adding.")),
            ours(_("Call clients before the months in which most leave, not after.")),
        ],
        "exits:limit-chart": [
            note(_("Rising exit can warn, and shows how good your service and how strong rivals are.")),
            computed(_("The limits are what chance alone would allow with as many clients in that month.")),
            ours(_("Beyond the limits, ask what happened there; within them, do not explain every change.")),
        ],
        "exits:return-curve": [FROM_HISTORY, NINETY_FIVE],
        "exits:reason-list": [
            LINES_OF_WORK,
            CHAIN,
            TWO_VIEWS,
            ours(_("Where “other” is above 10 %, the list of reasons does not fit what people say.")),
        ],
        "exits:verbatim-list": [
            CHAIN,
            ours(_("Quote nobody so that others could tell who it was.")),
        ],
        "exits:sample-list": [RANDOM, ASK_AGAIN, EASILY_FOUND],
        "exits:sample-add": [
            RANDOM,
            computed(
                _("How many to ask follows from the margin: n = z² p (1 − p) / d², less where few left.")
            ),
        ],
        "exits:sample-detail": [NOT_THE_OFFICER, ASK_AGAIN, EASILY_FOUND],
        "exits:leaver-replace": [EASILY_FOUND],
        **{f"exits:schedule-{verb}": SCHEDULES for verb in ("list", "add", "change")},
        "exits:report": [
            GOOD_OR_BAD,
            TEMPORARY,
            computed(_("The PDF and the workbook hold the same numbers; small groups are counted together.")),
            ours(_("Say beside the rate how it was counted, of which period, and what is not known yet.")),
        ],
        **{f"exits:type-entry-{verb}": TYPES for verb in ("list", "add", "change", "take")},
        **{f"exits:wording-{verb}": WORDING for verb in ("list", "add", "take")},
        **{f"exits:reason-entry-{verb}": LISTS for verb in ("list", "add", "change", "take")},
    }
)
