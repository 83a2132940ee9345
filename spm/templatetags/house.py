"""Numbers as people read them: by the page's language, with a dash where there is none."""

from django import template
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.translation import gettext

from spm import exports
from spm.numbers import count_words, money_words, points_words, share_words

register = template.Library()


def undefined() -> str:
    return format_html('<abbr title="{}">–</abbr>', gettext("not defined"))


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
