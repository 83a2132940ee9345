"""Numbers as people read them: by the page's language, with a dash where there is none."""

from contextvars import ContextVar

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_precision, get_currency_symbol
from django import template
from django.utils.formats import get_format, number_format
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext, to_locale

from spm import exports
from spm.models import Institution

register = template.Library()

# The space that no line breaks at: before a percent sign, after a currency.
NARROW = "\u202f"
FIXED = "\u00a0"

# Set with each page's frame, so that a list of a thousand amounts asks once for the currency.
currency_shown: ContextVar[str] = ContextVar("currency_shown", default="")


def undefined() -> str:
    return format_html('<abbr title="{}">–</abbr>', gettext("not defined"))


def share_words(value, digits: int = 1) -> str:
    """0.1829 as "18.3 %", in Spanish "18,3 %"."""
    return f"{number_format(round(float(value) * 100, digits), digits)}{NARROW}%"


def points_words(value, digits: int = 1) -> str:
    """A difference of shares, without its sign: -0.0213 as "2.1 points"."""
    size = round(abs(float(value)) * 100, digits)
    number = number_format(size, digits)
    return ngettext("%(number)s point", "%(number)s points", 1 if size == 1 else 2) % {"number": number}


def count_words(value) -> str:
    return number_format(value, 0, force_grouping=True)


def money_words(value, currency: str = "") -> str:
    """An amount in the institution's currency, with as many decimals as the currency has."""
    currency = currency or currency_shown.get() or Institution.get().currency
    amount = number_format(abs(value), get_currency_precision(currency), force_grouping=True)
    symbol = get_currency_symbol(currency, locale=_babel_locale())
    sign = "−" if value < 0 else ""
    gap = FIXED if symbol[-1].isalpha() or _babel_locale().language != "en" else ""
    return f"{sign}{symbol}{gap}{amount}"


def _babel_locale() -> Locale:
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@register.filter
def share(value, digits=1) -> str:
    return undefined() if value is None else share_words(value, int(digits))


@register.filter
def points(value, digits=1) -> str:
    return undefined() if value is None else points_words(value, int(digits))


@register.filter
def count(value) -> str:
    return undefined() if value is None else count_words(value)


@register.filter
def money(value, currency="") -> str:
    return undefined() if value is None else money_words(value, currency)


@register.filter
def masked(name) -> str:
    """A person's name for whoever may not know it: "R••• M•••"."""
    return " ".join(f"{word[0]}•••" for word in str(name).split())


@register.filter
def export_forms(formats) -> list[tuple[str, str]]:
    """Pairs of form and words; every form where the screen names none."""
    return [(form, words) for form, words in exports.FORMS.items() if not formats or form in formats]


@register.simple_tag
def number_separators() -> str:
    """Decimal and thousands sign of the page's language, as Plotly wants them."""
    return get_format("DECIMAL_SEPARATOR") + get_format("THOUSAND_SEPARATOR")
