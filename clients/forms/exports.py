from django import forms
from django.utils.translation import gettext_lazy as _

from spm.forms import CrispyMixin

WORKBOOK, FILES = "xlsx", "csv"


class PortfolioForm(CrispyMixin, forms.Form):
    """``workbook`` says whether every sheet fits into one."""

    form = forms.ChoiceField(
        label=_("As what"),
        choices=[(WORKBOOK, _("One Excel workbook")), (FILES, _("CSV files in a ZIP"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, workbook: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["form"]
        if not workbook:
            field.choices = [choice for choice in field.choices if choice[0] == FILES]
            field.help_text = _("There are more rows than a sheet of Excel holds.")
        field.initial = field.choices[0][0]
