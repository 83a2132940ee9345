import pytest
from django import forms
from django.utils import translation

from clients.models import Office
from spm.forms import CrispyMixin, QuickSelect

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
