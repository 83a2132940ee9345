"""Numbers in words, by the page's language: "18.3 %", "2.1 points", "1,204", "−0.25", "$1,500.00"."""

from contextvars import ContextVar
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, get_currency_symbol
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, to_locale

from spm.models import Institution

# The space that no line breaks at: before a percent sign, after a currency.
NARROW = "\u202f"
FIXED = "\u00a0"
MINUS = "\u2212"

# Set with each page's frame, so that a list of a thousand amounts asks once for the currency.
currency_shown: ContextVar[str] = ContextVar("currency_shown", default="")


def number_words(value, digits: int | None = None, **more) -> str:
    """A number with a minus sign where it is below 0, as a hyphen is easily missed."""
    # Of equal decimals one may have more digits than another.
    if digits is None and not isinstance(value, int):
        return _number_words.__wrapped__(value, digits, get_language(), **more)
    return _number_words(value, digits, get_language(), **more)


@lru_cache(maxsize=10_000, typed=True)  # lists have the same numbers in many rows and on many pages
def _number_words(value, digits: int | None, _language, **more) -> str:
    words = number_format(value, digits, **more)
    if not words.startswith("-"):
        return words
    size = words.removeprefix("-")
    return f"{MINUS}{size}" if any(digit in size for digit in "123456789") else size


def share_words(value, digits: int = 1) -> str:
    """0.1829 as "18.3 %", in Spanish "18,3 %"."""
    return f"{number_words(round(float(value) * 100, digits), digits)}{NARROW}%"


def points_words(value, digits: int = 1) -> str:
    """A difference of shares, without its sign: -0.0213 as "2.1 points"."""
    size = round(abs(float(value)) * 100, digits)
    number = number_format(size, digits)
    one = digits == 0 and size == 1
    return ngettext("%(number)s point", "%(number)s points", 1 if one else 2) % {"number": number}


def count_words(value) -> str:
    return number_words(value, 0, force_grouping=True)


def money_words(value, currency: str = "", *, whole: bool = False) -> str:
    """An amount in the institution's currency, with the decimals that the currency has; none if ``whole``."""
    currency = currency or currency_shown.get() or Institution.get().currency
    return _money_words(value, currency, whole, get_language())


@lru_cache(maxsize=10_000, typed=True)
def _money_words(value, currency: str, whole: bool, _language) -> str:
    digits = 0 if whole else get_currency_precision(currency)
    amount = number_format(abs(value), digits, force_grouping=True)
    symbol = get_currency_symbol(currency, locale=_babel_locale())
    sign = MINUS if value < 0 else ""
    gap = FIXED if symbol[-1].isalpha() or _babel_locale().language != "en" else ""
    return f"{sign}{symbol}{gap}{amount}"


def _babel_locale() -> Locale:
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
