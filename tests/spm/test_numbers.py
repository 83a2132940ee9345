"""Numbers in words, in both languages, in code and in templates."""

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from spm import numbers
from spm.models import Institution

pytestmark = pytest.mark.django_db
NARROW, FIXED = "\u202f", "\u00a0"

WORDS = [
    ("share", 0.1829, f"18.3{NARROW}%", f"18,3{NARROW}%"),
    ("share", 0, f"0.0{NARROW}%", f"0,0{NARROW}%"),
    ("share", -0.0001, f"0.0{NARROW}%", f"0,0{NARROW}%"),
    ("share", -3.0001, f"−300.0{NARROW}%", f"−300,0{NARROW}%"),
    ("count", -1204, "−1,204", "−1.204"),
    ("share", 12.5, f"1,250.0{NARROW}%", f"1.250,0{NARROW}%"),
    ("share:0", 0.1829, f"18{NARROW}%", f"18{NARROW}%"),
    ("points", 0.0213, "2.1 points", None),
    ("points", -0.0213, "2.1 points", None),
    ("points", 0.01, "1.0 points", None),
    ("points:0", 0.01, "1 point", None),
    ("count", 1204, "1,204", "1.204"),
    ("count", 1204567, "1,204,567", "1.204.567"),
    ("count", 0, "0", "0"),
    ("money", Decimal("1234.5"), "$1,234.50", f"US${FIXED}1.234,50"),
    ("money", Decimal("-5"), "−$5.00", f"−US${FIXED}5,00"),
    ("money:'PYG'", Decimal("1234567"), f"PYG{FIXED}1,234,567", f"PYG{FIXED}1.234.567"),
    ("money:'BOB'", Decimal("12"), f"BOB{FIXED}12.00", f"BOB{FIXED}12,00"),
]


def shown(value, word, language) -> str:
    with translation.override(language):
        return Template(f"{{% load house %}}{{{{ value|{word} }}}}").render(Context({"value": value}))


@pytest.mark.parametrize(("word", "value", "english", "spanish"), WORDS)
def test_a_number_reads_as_its_language_writes_it(word, value, english, spanish):
    assert shown(value, word, "en") == english
    assert spanish in {None, shown(value, word, "es")}


@pytest.mark.parametrize("word", ["share", "points", "count", "money"])
def test_what_is_not_defined_is_a_dash_that_says_so(word):
    assert shown(None, word, "en") == '<abbr title="not defined">–</abbr>'


def test_money_is_in_the_institutions_currency():
    Institution.objects.create(pk=1, currency="PEN")
    assert shown(Decimal(3), "money", "es") == f"PEN{FIXED}3,00"


def test_a_page_asks_once_for_its_currency(django_assert_num_queries):
    token = numbers.currency_shown.set("PEN")
    try:
        with django_assert_num_queries(0):
            assert numbers.money_words(3) == f"PEN{FIXED}3.00"
    finally:
        numbers.currency_shown.reset(token)


def test_a_masked_name_keeps_its_first_letters():
    assert shown("Rosa  Mamani <i>", "masked", "en") == "R••• M••• &lt;•••"


def test_the_separators_for_charts_follow_the_language():
    tag = Template("{% load house %}{% number_separators %}")
    with translation.override("en"):
        assert tag.render(Context()) == ".,"
    with translation.override("es"):
        assert tag.render(Context()) == ",."


def test_every_form_of_export_is_offered_unless_the_screen_names_some():
    tag = Template("{% load house %}{% for form, words in formats|export_forms %}{{ form }} {% endfor %}")
    assert tag.render(Context()) == "xlsx csv-excel csv "
    assert tag.render(Context({"formats": ["xlsx"]})) == "xlsx "
