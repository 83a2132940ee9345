"""Those who left are asked why: the sample by its interviewer, others by managers, a tenth a second time."""

import datetime as dt
from random import Random

from django.utils import timezone

from exits.actions import ask_again, record_interview, replace_leaver
from exits.demo import words
from exits.demo.leavers import Leaver, reason_under, reasons
from exits.demo.sample import TO_ASK_IN, hand_out
from exits.models import ExitInterview, LeaverSample, SampledLeaver, Spell
from exits.queries.interviews import is_own_officer
from spm.models import User

State, Because = SampledLeaver.State, SampledLeaver.Because
REPLACED, REFUSED, NOT_YET = 0.07, 0.08, 0.07
"""Shares of the sample who cannot be asked, who do not wish to be, and who are still to be asked."""
YOUNG_WOMEN, OTHERS, LAST_YEAR = 0.8, 0.18, 0.06
"""Shares asked of those who left by own choice and were not drawn: young women at the branch that loses most,
others of this year, and of the one before.
"""
MAY_CONTACT, ASKS_FOR_CALL = 0.85, 0.35
"""Shares of those who may come back who agree to be contacted, and of those who would who ask for a call."""
HANDED_ON = 0.6
"""Share of those who complain who wish it to be handed on."""
TOLD_ALIKE = 0.75
TOGETHER = {"product": "competition", "process": "staff", "staff": "process", "business": "debt"}
"""What often adds to a main reason."""


def ask(rng: Random, leavers: list[Leaver], sample: LeaverSample | None) -> None:
    by_stay = {(row.client.pk, row.spell.start): row for row in leavers if row.head}
    asked = _ask_sample(rng, by_stay, sample) if sample else set()
    _ask_others(rng, [row for stay, row in by_stay.items() if stay not in asked])


def _ask_sample(rng, by_stay, sample):
    """First interviews, then a tenth again; the stays that were drawn."""
    interviewer = sample.members.filter(interviewer__isnull=False).first().interviewer
    for member in _to_ask(sample):
        if rng.random() < REPLACED:
            because = rng.choice((Because.NOT_FOUND, Because.MOVED, Because.DECLINED))
            replace_leaver(member=member, because=because, by=interviewer)
    hand_out(sample, interviewer, timezone.localdate(sample.drawn_at) + TO_ASK_IN)
    members = _to_ask(sample)
    for place, member in enumerate(members):
        chance = rng.random()
        if place and (chance < NOT_YET or member == members[-1]):
            continue
        row = by_stay[member.client_id, member.start]
        at = _within(rng, sample.drawn_at, 0.1, 0.8)
        consent = not place or chance > NOT_YET + REFUSED
        _record(rng, row, at=at, by=interviewer, consent=consent, sampled=member)
    _again(rng, by_stay, sample)
    return {(member.client_id, member.start) for member in members}


def _to_ask(sample):
    drawn = sample.members.filter(state=State.DRAWN).select_related("client__officer", "sample")
    return list(drawn.order_by("stratum", "place", "pk"))


def _again(rng, by_stay, sample):
    """All of the tenth but the last have been asked again."""
    to, due_on = sample.by, timezone.localdate() + dt.timedelta(days=5)
    drawn = ask_again(sample=sample, to=to, due_on=due_on, by=to)
    named = reasons()
    for member in drawn[:-1]:
        row = by_stay[member.client_id, member.start]
        before = ExitInterview.objects.get(sampled=member, round=ExitInterview.Round.FIRST)
        code = (
            row.reason
            if rng.random() < TOLD_ALIKE
            else reason_under(rng, rng.choice(("product", "household")))
        )
        record_interview(
            client=row.client,
            start=row.spell.start,
            at=_within(rng, before.at, 0.5, 0.95),
            round=ExitInterview.Round.AGAIN,
            consent=True,
            primary=named[code],
            other=rng.choice(words.OTHERS),
            language="es",
            sampled=member,
            by=to,
        )


def _ask_others(rng, rows):
    people = {user.username: user for user in User.objects.all()}
    at_bad_branch = people["branch-manager"], people["officer"]
    this_year = timezone.localdate().year
    for row in rows:
        share = OTHERS if row.spell.left_on.year == this_year else LAST_YEAR
        wanted = row.spell.cause == Spell.Cause.CLIENT
        if not wanted or rng.random() > (YOUNG_WOMEN if row.is_young_woman else share):
            continue
        by = people["manager"]
        if row.is_at_bad_branch:
            by = rng.choice([user for user in at_bad_branch if not is_own_officer(row.client, user)])
        known_at = timezone.make_aware(dt.datetime.combine(row.known_on, dt.time(10)))
        at = min(_within(rng, known_at, 0.05, 0.9), known_at + dt.timedelta(days=rng.randint(10, 40)))
        _record(rng, row, at=at, by=by, consent=rng.random() > REFUSED)


def _record(rng, row, *, consent, **given):
    said = answers(rng, row) if consent else {}
    record_interview(client=row.client, start=row.spell.start, consent=consent, **given, **said)


def answers(rng: Random, row: Leaver) -> dict:
    """What is said in an interview; never more than a person would."""
    named, head = reasons(), row.head
    language = "en" if rng.random() < 0.12 else "es"
    first = (
        row.reason if rng.random() < 0.5 else reason_under(rng, rng.choice(("business", "household", head)))
    )
    added = TOGETHER.get(head) if rng.random() < 0.5 else None
    unhappy = head in {"staff", "process"}
    said = {
        "primary": named[row.reason],
        "first": named[first] if rng.random() < 0.8 else None,
        "contributing": [named[reason_under(rng, added)]] if added else [],
        "other": rng.choice(words.OTHERS),
        "language": language,
        "place": rng.choice(words.PLACES),
        "initiative": {"mfi_decision": "mfi", "shock": "external", "group_trouble": "group"}.get(
            head, "client"
        ),
        "loan_use": rng.choice(words.USES) if rng.random() < 0.6 else "",
        "repayment": rng.choices(("easy", "hard_at_times", "hard"), (5, 4, 1 + 3 * (head == "debt")))[0],
        "income": rng.choices(("more", "same", "less"), (5, 3, 2))[0],
        "would_return": rng.choices(("yes", "unsure", "no"), (2, 3, 5) if unhappy else (5, 3, 2))[0],
        "would_recommend": rng.randint(1, 6) if unhappy else rng.randint(5, 10),
        "change": _in_words(rng, language, words.CHANGE.get(head, ()), 0.7),
        "benefits": _in_words(rng, language, words.BENEFITS, 0.4),
        "meetings": _in_words(rng, language, words.MEETINGS, 0.4 if head == "process" else 0.15),
        "complaint": _in_words(rng, language, words.COMPLAINT, 0.4 if head == "staff" else 0.03),
    }
    if head == "competition" or row.reason == "other_lender" or rng.random() < 0.06:
        fields = ("competitor", "competitor_product", "competitor_better")
        said |= zip(fields, rng.choice(words.LENDERS), strict=True)
    if said["complaint"] and rng.random() < 0.5:
        said |= {"callback": True, "callback_contact": "Por las tardes, en la casa"}
    # By the client's number, so that what else is said stays as it is.
    wish = Random(row.client.external_id).random()  # noqa: S311 nothing secret is drawn
    said |= _from_the_purse(row)
    said["complaint_on"] = bool(said["complaint"]) and wish < HANDED_ON
    said["may_contact"] = said["would_return"] != "no" and wish < MAY_CONTACT
    if said["would_return"] == "yes" and wish < ASKS_FOR_CALL:
        said |= {"callback": True, "callback_contact": "Al celular, después de las seis"}
    return said


def _from_the_purse(row: Leaver) -> dict:
    """With what the last loan was paid, and what savings were for; drawn apart, as the wish is."""
    rng = Random(f"purse {row.client.external_id}")  # noqa: S311 nothing secret is drawn
    paid = rng.choices(words.PAID_WITH, (4, 2, 2, 1, 2 + 4 * (row.head == "debt"), 2))[0]
    return {"paid_with": paid, "savings_use": rng.choices(words.SAVINGS_USE, (2, 2, 3, 1, 4))[0]}


def _in_words(rng, language, texts, share):
    """One of the texts in this language, or none."""
    texts = [text for spoken, text in texts if spoken == language]
    return rng.choice(texts) if texts and rng.random() < share else ""


def _within(rng, since, low, high):
    """A moment between `since` and now, so far along the way."""
    return since + (timezone.now() - since) * rng.uniform(low, high)
