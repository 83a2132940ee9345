import pytest
from django import forms
from django.utils import translation

from clients.models import Office
from spm.forms import CrispyMixin

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
