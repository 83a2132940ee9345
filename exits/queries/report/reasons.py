"""Why those of the period left, as they and staff say: from first interviews, counted by reason."""

from collections import Counter
from dataclasses import dataclass

from exits.methods import agreement
from exits.models import ExitInterview, GivenReason, Reason, RegisteredExit, SampledLeaver
from exits.queries.reasons.asked import DRAWN
from exits.queries.report.groups import interval
from spm.disclosure import large_enough, together
from spm.worded import in_language

Round = ExitInterview.Round
Stay = tuple
"""(client's id, first day): what an interview is about."""


@dataclass(frozen=True)
class Asked:
    """The stays of the period that somebody was to ask about, and the first interview of each, by round."""

    tried: frozenset[Stay]
    first: dict[Stay, ExitInterview]
    again: dict[Stay, ExitInterview]


def reasons(left: frozenset[Stay], k: int) -> dict:
    """Interviews, how many answered, and the reasons with their n; `left`: the stays that ended.

    The response rate is that of the page of reasons (`exits.queries.reasons.Response`).
    """
    asked = _asked(left)
    answered = len(asked.first)
    own = sum(interview.own_officer for interview in asked.first.values())
    primary = _primary(asked.first)
    told = large_enough([len(primary)], k)
    return {
        "asked": len(asked.tried),
        "interviews": answered,
        "response_rate": answered / len(asked.tried) if asked.tried else None,
        **{f"response_{side}": bound for side, bound in interval(answered, len(asked.tried)).items()},
        "own_officer": own,
        "own_officer_share": own / answered if answered else None,
        "n": len(primary),
        "top": _top(primary, k) if told else [],
        "agreement": _agreements(asked, primary, k),
    }


def _asked(left):
    rows = ExitInterview.objects.order_by("at", "pk").only(
        "client", "start", "round", "consent", "own_officer"
    )
    tried, rounds = set(), {Round.FIRST: {}, Round.AGAIN: {}}
    for row in rows:
        stay = (row.client_id, row.start)
        if stay not in left:
            continue
        if row.round == Round.FIRST:
            tried.add(stay)
        if row.consent:
            rounds[row.round].setdefault(stay, row)
    drawn = SampledLeaver.objects.filter(state__in=DRAWN)
    tried |= {stay for stay in drawn.order_by().values_list("client_id", "start") if stay in left}
    return Asked(frozenset(tried), rounds[Round.FIRST], rounds[Round.AGAIN])


def _primary(interviews):
    """The main reason of each stay that has one."""
    given = GivenReason.objects.filter(part=GivenReason.Part.PRIMARY).select_related("reason")
    by_interview = {row.interview_id: row.reason for row in given.order_by()}
    found = {stay: by_interview.get(interview.pk) for stay, interview in interviews.items()}
    return {stay: reason for stay, reason in found.items() if reason}


def _top(primary, k):
    """Reasons with at least k answers, the commonest first; the others are counted as one, the last."""
    counts = Counter(reason.code for reason in primary.values())
    small = together({code: [n] for code, n in counts.items()}, k)
    words = {row.code: row for row in Reason.objects.order_by("starts_on")}
    rows = [
        _reason(code, words[code], n, len(primary), words)
        for code, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if code not in small
    ]
    rest = sum(counts[code] for code in small)
    if rest:
        rows.append(_reason(None, None, rest, len(primary), words))
    return rows


def _reason(code, reason, n, total, words):
    head = words.get(reason.head) if reason else None
    return {
        "code": code,
        "label": in_language(reason.words) or code if reason else None,
        "head": in_language(head.words) if head else None,
        "n": n,
        "share": n / total,
        **interval(n, total),
    }


def _agreements(asked, primary, k):
    """Of client with staff, and of the first interview with the second, each by the head of the reason."""
    staff = RegisteredExit.objects.exclude(staff_reason=None).select_related("staff_reason").order_by()
    by_staff = {(row.client_id, row.start): row.staff_reason for row in staff}
    return {
        "client_staff": _agreement(primary, by_staff, k),
        "first_second": _agreement(primary, _primary(asked.again), k),
    }


def _agreement(one, other, k):
    """None where fewer than k were told by both."""
    both = [stay for stay in one if stay in other]
    if not large_enough([len(both)], k):
        return None
    found = agreement([_head(one[stay]) for stay in both], [_head(other[stay]) for stay in both])
    return {
        "n": found.n,
        "observed": found.observed,
        "kappa": found.kappa,
        "low": found.lower,
        "high": found.upper,
    }


def _head(reason):
    return reason.head or reason.code
