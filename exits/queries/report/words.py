"""How the numbers of a report are said, the same on paper and in a workbook."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from spm.numbers import count_words, number_words, share_words

NOTHING = "–"


def share(value: float | None) -> str:
    return NOTHING if value is None else share_words(value)


def rates(row: dict) -> dict[str, float | None]:
    """A formula's rates: where causes do not count, the first alone, as the others would repeat it."""
    return {name: rate if row["by_cause"] or name == "all" else None for name, rate in row["rates"].items()}


def count(value: float | None) -> str:
    if value is None:
        return NOTHING
    return count_words(value) if value == int(value) else number_words(value, 1, force_grouping=True)


def decimal(value: float | None) -> str:
    return NOTHING if value is None else number_words(round(value, 2), 2)


def between(low: float | None, high: float | None) -> str:
    """16.9 to 19.8 %."""
    if low is None:
        return NOTHING
    words = {"low": number_words(round(low * 100, 1), 1), "high": share_words(high)}
    return _("%(low)s to %(high)s") % words


def day(text: str) -> str:
    return date_format(dt.date.fromisoformat(text), "DATE_FORMAT")


def month(text: str) -> str:
    return date_format(dt.date.fromisoformat(f"{text}-01"), "YEAR_MONTH_FORMAT")


def short_month(text: str) -> str:
    return date_format(dt.date.fromisoformat(f"{text}-01"), "M y")


def office(report: dict) -> str:
    return report["office"]["name"] if report["office"] else _("All offices")


def table_titles() -> dict[str, str]:
    return {
        "branch": _("By branch"),
        "product": _("By product"),
        "cycle": _("By loan cycle"),
        "sex": _("By sex"),
        "age": _("By age when joining"),
        "area": _("By area"),
    }


def reason(row: dict) -> str:
    """A reason under its head; all that are rare together."""
    if row["code"] is None:
        return _("Other reasons together")
    return f"{row['head']}: {row['label']}" if row["head"] else row["label"]


def cycles(row: dict) -> str:
    if row["cycle"] == row["to_cycle"]:
        return str(row["cycle"])
    return _("%(first)s to %(last)s") % {"first": row["cycle"], "last": row["to_cycle"]}


def definition(report: dict) -> str:
    """The line on each page and sheet: which definition, which formula."""
    found = report["definition"]
    return f"{found['name']}. {found['words']} {found['formula_label']}: {found['symbols']}."


def hidden(report: dict) -> str:
    """Which months are a gap, and why; "" where none is."""
    months = ", ".join(month(row["month"]) for row in report["trend"] if row["hidden"])
    return (
        _("Not told, so that small numbers stay hidden: %(months)s.") % {"months": months} if months else ""
    )


def provisional(report: dict) -> str:
    if not report["provisional_months"]:
        return _("No month is provisional.")
    months = ", ".join(month(name) for name in report["provisional_months"])
    return _("Provisional: %(months)s.") % {"months": months}
