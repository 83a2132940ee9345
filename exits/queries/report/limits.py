"""What the figures of a report cannot tell, in plain sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from spm.numbers import count_words, share_words

SMALL = 30
"""Below so many clients or interviews a share says little."""


def limits(report: dict, longest_window: int, ignored: int) -> list[str]:
    """The sentences that hold of this report, the gravest first."""
    said = [
        _provisional(report, longest_window),
        _few(report),
        _reasons(report["reasons"], report["counts"]["X"]),
        _own_officer(report["reasons"]),
        _ignored(ignored),
        _small_groups(report),
        _("Who left is derived from loans and payments: why somebody left is known only from interviews."),
        _("Rates of institutions with another definition, window or formula cannot be compared with these."),
    ]
    return [sentence for sentence in said if sentence]


def _provisional(report, window):
    if not report["provisional_months"]:
        return ""
    return ngettext(
        "Months marked provisional can still change: a client may rest for up to %(n)s day before counting as"
        " gone.",
        "Months marked provisional can still change: a client may rest for up to %(n)s days before counting"
        " as gone.",
        window,
    ) % {"n": window}


def _few(report):
    served = report["counts"]["B"] + report["counts"]["N"]
    if served >= SMALL:
        return ""
    return _("So few clients were served (%(n)s) that chance moves the rate a lot.") % {"n": served}


def _reasons(found, left):
    if not found["interviews"]:
        return _("Nobody who left was interviewed, so the reasons are not known.")
    words = {
        "n": count_words(found["interviews"]),
        "left": count_words(left),
        "rate": share_words(found["response_rate"]),
    }
    text = _(
        "Reasons come from %(n)s interviews with the %(left)s who left (response rate %(rate)s): those who"
        " could not be found may have had others."
    )
    return text % words


def _own_officer(found):
    if not found["own_officer"]:
        return ""
    text = _("%(share)s of the interviews were held by the client's own officer, to whom people say less.")
    return text % {"share": share_words(found["own_officer_share"])}


def _ignored(number):
    if not number:
        return ""
    return ngettext(
        "%(n)s client is recorded as deceased or expelled on a day without a stay, and is not counted.",
        "%(n)s clients are recorded as deceased or expelled on a day without a stay, and are not counted.",
        number,
    ) % {"n": count_words(number)}


def _small_groups(report):
    k = report["smallest_cell"]
    return ngettext(
        "Groups with a count below %(k)s are told only together, so that nobody can be made out.",
        "Groups with a count below %(k)s are told only together, so that nobody can be made out.",
        k,
    ) % {"k": k}
