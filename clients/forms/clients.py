from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Product
from clients.queries.clients import Standing, officers_to_choose, offices_to_choose
from spm.forms import CrispyMixin, QuickSelect, RowChoice

SORTS = {
    "name": (_("name"), ["search_name", "pk"]),
    "number": (_("client number"), ["external_id"]),
    "-joined": (_("latest joined first"), ["-joined_on", "-pk"]),
    "joined": (_("longest with us first"), ["joined_on", "pk"]),
}


class OfficeChoice(RowChoice):
    shown = ("name", "path")

    def label_from_instance(self, office):
        """Indented by its place in the tree, by a sign that a screen reader passes over."""
        return "\N{NO-BREAK SPACE}" * 3 * (office.path.count("/") - 2) + office.name


def one_of(label, choices) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=QuickSelect)


class ClientFilter(CrispyMixin, forms.Form):
    """What the client list shows; every field may stay empty, and lives in the address of the page."""

    q = forms.CharField(label=_("Name, client number or loan number"), required=False, max_length=100)
    office = OfficeChoice(label=_("Office"), queryset=None, required=False, empty_label=_("All"))
    officer = RowChoice(label=_("Officer"), queryset=None, required=False, empty_label=_("All"))
    product = RowChoice(label=_("Product of a loan"), queryset=None, required=False, empty_label=_("All"))
    standing = one_of(_("Standing now"), [("", _("All")), *Standing.choices])
    sex = one_of(_("Sex"), [("", _("All")), *Client.Sex.choices])
    area = one_of(_("Area"), [("", _("All")), *Client.Area.choices])
    sort = one_of(_("Sorted by"), [(key, words) for key, (words, _order) in SORTS.items()])

    def __init__(self, *args, user, names: bool, by_name: bool, **kwargs):
        """``names``: may the user look for names, or only for numbers? ``by_name``: may they sort by them?"""
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_to_choose(user)
        self.fields["officer"].queryset = officers_to_choose(user)
        self.fields["product"].queryset = Product.objects.filter(kind=Product.Kind.LOAN)
        if not names:
            self.fields["q"].label = _("Client number or loan number")
        # The order of masked names would give the names away.
        offered = self.fields["sort"].choices
        self.fields["sort"].choices = [choice for choice in offered if by_name or choice[0] != "name"]
        self.standard_sort = "name" if by_name else "number"

    def order(self) -> list[str]:
        _words, order = SORTS[self.chosen().get("sort") or self.standard_sort]
        return order

    def chosen(self) -> dict:
        """The valid values; a value that does not fit is left out and shown as an error of its field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[dict]:
        """What is chosen, in words: the ``field``, its ``label`` and the chosen ``value``."""
        return [
            {"field": name, "label": self._label(name), "value": self._spoken(name, value)}
            for name, value in self.chosen().items()
            if name != "sort"
        ]

    def _label(self, name):
        return _("Search") if name == "q" else self.fields[name].label

    def _spoken(self, name, value):
        field = self.fields[name]
        return dict(field.choices)[value] if type(field) is forms.ChoiceField else value
