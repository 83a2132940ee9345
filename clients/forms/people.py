import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.forms.clients import OfficeChoice
from clients.queries.people import State, manages_all, offices_of_people
from spm.access import TERMS, Role, may_grant, roles_to_grant
from spm.forms import CrispyMixin


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class PersonFilter(CrispyMixin, forms.Form):
    """What the list of people shows; every field may stay empty, and lives in the address of the page."""

    q = forms.CharField(label=_("Name, user name or e-mail address"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("All")), *Role.choices], required=False)
    office = OfficeChoice(label=_("Office"), queryset=None, required=False, empty_label=_("All"))
    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *State.choices], required=False)
    former = forms.BooleanField(label=_("Also those whose roles here have ended"), required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = offices_of_people(user)
        # Who manages everybody finds all accounts in the list.
        self.shows_former = manages_all(user)
        if self.shows_former:
            del self.fields["former"]

    def chosen(self) -> dict:
        """The valid values; a value that does not fit is left out and shown as an error of its field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[dict]:
        """What is chosen, in words: the ``field``, its ``label`` and the chosen ``value``."""
        return [
            {"field": name, "label": self.label_of(name), "value": self.spoken(name, value)}
            for name, value in self.chosen().items()
        ]

    def label_of(self, name):
        return _("Search") if name == "q" else self.fields[name].label

    def spoken(self, name, value):
        field = self.fields[name]
        if value is True:
            return _("yes")
        return dict(field.choices)[value] if type(field) is forms.ChoiceField else value


class RoleForm(CrispyMixin, forms.Form):
    """A role at an office from a day on: what the giver may give, and nothing else is offered."""

    role = forms.ChoiceField(label=_("Role"))
    office = OfficeChoice(
        label=_("Office"),
        queryset=None,
        empty_label=_("Choose an office"),
        help_text=_("The role reaches this office and every office below it."),
    )
    valid_from = forms.DateField(label=_("First day"), widget=Day(), initial=timezone.localdate)
    valid_to = forms.DateField(
        label=_("Last day"),
        widget=Day(),
        required=False,
        help_text=_("Empty: for good. An external assessor stays 14 days unless you say, and 90 at most."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if "role" in self.fields:
            offered = [(role.value, role.label) for role in roles_to_grant(user)]
            # Where there are several, none is chosen for who does not look.
            self.fields["role"].choices = (
                offered if len(offered) == 1 else [("", _("Choose a role")), *offered]
            )
        self.fields["office"].queryset = offices_of_people(user)

    def role_given(self) -> str | None:
        return self.cleaned_data.get("role")

    def first_day(self) -> dt.date | None:
        return self.cleaned_data.get("valid_from")

    def clean(self):
        given = super().clean()
        role, office, first = self.role_given(), given.get("office"), self.first_day()
        if role and office and not may_grant(self.user, role, office):
            self.add_error("office", _("You may not give this role at this office."))
        if role in TERMS and first and not given.get("valid_to"):
            given["valid_to"] = first + dt.timedelta(days=TERMS[role].days)
        return given


class RoleChangeForm(RoleForm):
    """Another office or other days for a role that somebody holds."""

    role = None

    def __init__(self, *args, role: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.held_role = role

    def role_given(self) -> str:
        return self.held_role
