import pytest
from django import forms
from django.utils import translation

from clients.models import Office
from spm.forms import CrispyMixin, Offered, QuickChoice, QuickNumber, QuickSelect

pytestmark = pytest.mark.django_db


class Move(CrispyMixin, forms.Form):
    office = forms.ModelChoiceField(Office.objects.none())
    other = forms.ModelChoiceField(Office.objects.none(), empty_label="Any")


@pytest.mark.parametrize(("language", "words"), [("en", "Choose one"), ("es", "Elija")])
def test_a_choice_of_rows_that_is_still_empty_speaks_the_readers_language(language, words):
    with translation.override(language):
        form = Move()
        assert [label for _value, label in form.fields["office"].choices] == [words]
        assert "Select an option" not in str(form)
        assert [label for _value, label in form.fields["other"].choices] == ["Any"]


def test_options_written_before_are_offered_again_with_the_choice_and_the_names_of_now():
    def written(value, names):
        return QuickSelect(choices=[("", "All"), *names]).render("office", value)

    assert written("1", [(1, "A & B")]) == (
        '<select name="office">\n<option value="">All</option>\n'
        '<option value="1" selected>A &amp; B</option>\n</select>'
    )
    assert written("", [(1, "A & B")]).count(" selected") == 1
    assert '<option value="1" selected>C</option>' in written("1", [(1, "C")])


def test_what_is_offered_is_written_as_it_is_and_a_choice_among_it_is_good():
    field = QuickChoice(choices=Offered([(1, "A & B"), ("2", "C")]))
    assert field.widget.render("office", "2") == (
        '<select name="office">\n<option value="1">A &amp; B</option>\n'
        '<option value="2" selected>C</option>\n</select>'
    )
    assert field.clean("1") == "1"
    with pytest.raises(forms.ValidationError):
        field.clean("3")


def test_a_number_is_asked_for_as_djangos_own_box_does():
    def box(widget):
        return forms.IntegerField(widget=widget, min_value=0, max_value=9).widget

    quick, plain = (
        box(widget).render("cycle", 3, {"id": "id_cycle"}) for widget in (QuickNumber, forms.NumberInput)
    )
    assert sorted(quick.strip("<>").split()) == sorted(plain.strip("<>\n").split())
