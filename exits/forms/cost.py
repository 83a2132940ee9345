"""What is assumed of the cost of exit, each with its likely value and what it is at least and at most.

It is read from the address alone, so that a calculation can be sent to a colleague (docs/decisions/0019).
"""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Office
from exits.forms.filters import offices_as_tree
from exits.methods import Assumed, Estimate
from exits.queries.cost import Work
from spm.access import Can
from spm.forms import CrispyMixin, QuickSelect
from spm.numbers import points_words

MOST = 1e12
ENDS = {
    "low": gettext_lazy("at least"),
    "": gettext_lazy("most likely"),
    "high": gettext_lazy("at most"),
}


@dataclass(frozen=True)
class Assumption:
    """One of them: `unit` is points, money, number or minutes; `needed` if it cannot be left empty."""

    name: str
    words: str
    unit: str
    help: str = ""
    least: float | None = 0
    most: float = MOST
    needed: bool = True


ASSUMPTIONS = (
    Assumption(
        "fall",
        gettext_lazy("Fall of the exit rate, in points"),
        "points",
        gettext_lazy("What you mean to reach: 2 is from 12 % to 10 %."),
        most=100,
    ),
    Assumption(
        "margin",
        gettext_lazy("Margin of a loan cycle"),
        "money",
        gettext_lazy("Interest and fees of one loan, less what lending it costs. It may be below zero."),
        least=None,
    ),
    Assumption(
        "cycles",
        gettext_lazy("Loan cycles still to come"),
        "number",
        gettext_lazy("How many more loans a client takes who stays."),
        most=100,
    ),
    Assumption(
        "acquisition",
        gettext_lazy("Cost of winning a new client"),
        "money",
        gettext_lazy("Promotion, training, first appraisal: what is spent again for each who is replaced."),
    ),
    Assumption("interview", gettext_lazy("Minutes for an exit interview"), "minutes", most=1440),
    Assumption("confirmation", gettext_lazy("Minutes to confirm an exit"), "minutes", most=1440),
    Assumption("call", gettext_lazy("Minutes for a call or visit"), "minutes", most=1440),
    Assumption(
        "hour",
        gettext_lazy("Cost of an hour of work"),
        "money",
        gettext_lazy("Pay with all that goes with it."),
    ),
    Assumption(
        "other",
        gettext_lazy("Other costs of a year"),
        "money",
        gettext_lazy("System, telephone, training. Empty is nothing."),
        needed=False,
    ),
)
SHARES = frozenset({"fall"})


def name_of(assumption: Assumption, end: str) -> str:
    return f"{assumption.name}_{end}" if end else assumption.name


class YearForm(CrispyMixin, forms.Form):
    """Which year, and whose clients. A wrong value is named, and the default counts."""

    year = forms.ChoiceField(label=gettext_lazy("Year"), required=False, widget=QuickSelect)
    office = forms.ChoiceField(label=gettext_lazy("Office"), required=False, widget=QuickSelect)

    def __init__(self, address, *, user, years: list[tuple[str, str]]):
        super().__init__(address)
        self.offices = Office.objects.visible_to(user, Can.EXITS_VIEW)
        self.fields["year"].choices = years
        places = offices_as_tree(self.offices)
        self.fields["office"].choices = [("", _("All offices")), *places]
        if len(places) <= 1:
            del self.fields["office"]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("Nothing is known by this. Choose from the list.")

    @property
    def chosen_year(self) -> str:
        return self._good("year") or self.fields["year"].choices[0][0]

    @property
    def chosen_office(self) -> Office | None:
        """None for everybody in reach."""
        code = self._good("office")
        return self.offices.get(code=code) if code else None

    def _good(self, name):
        self.is_valid()
        return self.cleaned_data.get(name, "")


class CostForm(CrispyMixin, forms.Form):
    """The assumptions. Where only the likely value is given, it is sure."""

    def __init__(self, address, *, own_choice: float | None):
        """`own_choice`: the part of the exit rate that can fall."""
        self.own_choice = own_choice or 0
        names = {name_of(one, end) for one in ASSUMPTIONS for end in ENDS}
        super().__init__(address if names & address.keys() else None)
        for one in ASSUMPTIONS:
            for end, words in ENDS.items():
                field = forms.FloatField(
                    label=words,
                    required=one.needed and not end,
                    min_value=one.least,
                    max_value=one.most,
                    widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
                )
                # A label says which end, its fieldset of what: the error summary stands outside of both.
                field.named = f"{one.words}, {words}"
                self.fields[name_of(one, end)] = field

    def rows(self) -> list[dict]:
        """The fields as they stand: each assumption with its three."""
        return [
            {"words": one.words, "help": one.help, "fields": [self[name_of(one, end)] for end in ENDS]}
            for one in ASSUMPTIONS
        ]

    def clean(self):
        cleaned = super().clean()
        for one in ASSUMPTIONS:
            estimate = self._estimate(one)
            if estimate and not estimate.low <= estimate.likely <= estimate.high:
                words = _("At least is above most likely, or at most is below it.")
                self.add_error(one.name, ValidationError(words))
        fall = self._estimate(ASSUMPTIONS[0])
        if fall and fall.high / 100 > self.own_choice:
            words = _("Only %(points)s of exit are by the clients' own choice: it cannot fall by more.")
            self.add_error("fall", ValidationError(words % {"points": points_words(self.own_choice)}))
        return cleaned

    def _estimate(self, one: Assumption) -> Estimate | None:
        """What is given of it; None where that is wrong or missing."""
        likely = self.cleaned_data.get(one.name)
        if any(name_of(one, end) in self.errors for end in ENDS) or (likely is None and one.needed):
            return None
        likely = likely or 0.0
        ends = [self.cleaned_data.get(name_of(one, end)) for end in ("low", "high")]
        low, high = (likely if end is None else end for end in ends)
        return Estimate(low, likely, high)

    def estimates(self) -> dict[str, Estimate]:
        """By name, as they were given."""
        return {one.name: self._estimate(one) for one in ASSUMPTIONS}

    def assumed(self, work: Work) -> Assumed:
        """What the calculation takes, the minutes being those of all work recorded."""
        said = self.estimates()
        pairs = (
            (work.interviews, said["interview"]),
            (work.confirmations, said["confirmation"]),
            (work.calls, said["call"]),
        )
        minutes = (sum(n * getattr(each, end) for n, each in pairs) for end in ("low", "likely", "high"))
        fall = said["fall"]
        return Assumed(
            fall=Estimate(fall.low / 100, fall.likely / 100, fall.high / 100),
            margin_a_cycle=said["margin"],
            cycles=said["cycles"],
            acquisition=said["acquisition"],
            minutes=Estimate(*minutes),
            hour=said["hour"],
            other=said["other"],
        )
