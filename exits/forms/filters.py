"""What the exit pages show: period, filters, breakdown and formula, read from the address alone."""

import datetime as dt
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clients.models import Client, Office, Officer, Product
from exits.forms.periods import PRESETS, presets, shift
from exits.methods import CAUSES
from exits.models import ExitDefinition
from exits.queries import DIMENSIONS, ExitFilter
from spm.access import Can, scopes
from spm.forms import CrispyMixin, Offered, QuickChoice, QuickHidden, QuickNumber

NOT_RECORDED = "_none"
"""In the address: rows where this is not recorded. An empty value there means: all."""

AGE_BANDS = ("<25", "25-34", "35-44", "45-54", "55+")

KEPT_CAUSES = {
    "": gettext_lazy("All causes"),
    "client": gettext_lazy("Own choice only"),
    "client,mfi": gettext_lazy("All but deaths"),
    "mfi": gettext_lazy("Ended by us only"),
    "death": gettext_lazy("Deaths only"),
}

DIMENSION_WORDS = {
    "office": gettext_lazy("Office"),
    "product": gettext_lazy("Product"),
    "officer": gettext_lazy("Officer"),
    "sex": gettext_lazy("Sex"),
    "age": gettext_lazy("Age at the start"),
    "area": gettext_lazy("Area"),
    "cycle": gettext_lazy("Loan cycle"),
    "leaver_type": gettext_lazy("Type of leaver"),
}


def dimension_words(dimension: str) -> str:
    return str(DIMENSION_WORDS[dimension])


def own_portfolio_only(user) -> bool:
    """Whether the user sees the figures of their own clients and of nobody else's."""
    return all(scope.own_only for scope in scopes(user, Can.EXITS_VIEW))


@dataclass(frozen=True)
class Selection:
    """What is shown: the filter, the breakdown, the headline formula; in words, and as an address."""

    filter: ExitFilter
    by: str
    formula: str
    chips: tuple = ()
    address: dict = field(default_factory=dict)

    def query(self, **changes) -> str:
        """The address of the same with changes; None takes a parameter away."""
        return urlencode({key: value for key, value in (self.address | changes).items() if value is not None})


def _choice(label, *, required=False):
    return QuickChoice(label=label, required=required)


class ExitFilterForm(CrispyMixin, forms.Form):
    """The filter of every exit page, bound to the address. A wrong value is named, and the default counts."""

    start = _choice(gettext_lazy("From month"), required=True)
    end = _choice(gettext_lazy("To month"), required=True)
    office = _choice(gettext_lazy("Office"))
    product = _choice(gettext_lazy("Product"))
    officer = _choice(gettext_lazy("Officer"))
    sex = _choice(gettext_lazy("Sex"))
    age = _choice(gettext_lazy("Age at the start"))
    area = _choice(gettext_lazy("Area"))
    cycle = forms.IntegerField(
        label=gettext_lazy("Loan cycle"),
        required=False,
        widget=QuickNumber,
        min_value=0,
        max_value=9999,
        help_text=gettext_lazy("1 is the first loan"),
    )
    causes = _choice(gettext_lazy("Exits counted"))
    formula = _choice(gettext_lazy("Headline formula"))
    by = forms.ChoiceField(required=False, widget=QuickHidden, label=gettext_lazy("Table by"))
    # A column of the table, which only the view knows; another word leaves the order as it is.
    sort = forms.CharField(required=False, widget=QuickHidden, max_length=30)
    # Fields besides that narrow what is shown.
    more_chips: tuple[str, ...] = ()

    def __init__(self, address, *, user, build, span):
        self.as_of, self.definition, self.span = build.as_of, build.definition or ExitDefinition(), span
        super().__init__(self._with_period(address))
        self._offer_months()
        self._offer_people_and_places(user)
        self._offer("sex", [("F", _("Women")), ("M", _("Men"))], _("Everyone"), unrecorded=True)
        self._offer("age", [(band, band) for band in AGE_BANDS], _("All ages"), unrecorded=True)
        self._offer("area", Client.Area.choices, _("All areas"), unrecorded=True)
        self.fields["causes"].choices = Offered(KEPT_CAUSES.items())
        self.fields["formula"].choices = Offered(ExitDefinition.Formula.choices)
        self.fields["by"].choices = [(d, dimension_words(d)) for d in self.dimensions]
        for name in (
            "office",
            "product",
            "officer",
            "sex",
            "age",
            "area",
            "causes",
            "formula",
            "by",
            "start",
            "end",
        ):
            if name in self.fields:
                self.fields[name].error_messages["invalid_choice"] = _(
                    "Nothing is known by this. Choose from the list."
                )

    @property
    def dimensions(self) -> list[str]:
        """What the figures can be broken down by here."""
        return [d for d in DIMENSIONS if d in self.fields]

    def clean(self):
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and start > end:
            self.add_error("end", ValidationError(_("The period ends before it starts.")))
        return cleaned

    def selection(self) -> Selection:
        """What to show; where the address was wrong, the default instead."""
        self.full_clean()
        good = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        start, end = (good.get("start"), good.get("end"))
        if not (start and end):
            start, end = (f"{month:%Y-%m}" for month in self._default_period())
        address = {"start": start, "end": end} | {
            name: str(good[name]) for name in self.fields if name in good and name not in ("start", "end")
        }
        # Left out where it is the institution's own, so that the address follows when that changes.
        if good.get("formula") == self.definition.formula:
            del address["formula"]
        # Not a field: choosing another office in the form takes it away.
        alone = "office" in good and self.data.get("alone") == "1"
        if alone:
            address["alone"] = "1"
        kept = {name: "" if good[name] == NOT_RECORDED else good[name] for name in DIMENSIONS if name in good}
        causes = tuple(good["causes"].split(",")) if "causes" in good else CAUSES
        return Selection(
            filter=ExitFilter(_month(start), _month(end), causes=causes, alone=alone, **kept),
            by=good.get("by", self.dimensions[0]),
            formula=good.get("formula", self.definition.formula),
            chips=tuple(self._chips(good, alone)),
            address=address,
        )

    def hide_period(self):
        """Carry the period along unseen, for what is counted on the day of the data."""
        for name in ("start", "end"):
            self.fields[name].widget = QuickHidden()

    def presets(self) -> list[tuple[str, str, tuple]]:
        """Periods offered by name: key, words, first and last month."""
        return [(key, str(PRESETS[key]), months) for key, months in presets(self.as_of).items()]

    def _chips(self, good, alone):
        """The filter in words: (what, chosen) of each that narrows."""
        for name in (*DIMENSIONS, *self.more_chips, "causes"):
            if name in good and name in self.fields:
                choices = dict(getattr(self.fields[name], "choices", ()))
                chosen = str(choices.get(good[name], good[name])).strip()
                if alone and name == "office":
                    chosen = _("%(office)s without the offices below") % {"office": chosen}
                yield str(self.fields[name].label), chosen

    def _default_period(self):
        offered = presets(self.as_of)
        # A portfolio younger than the last calendar year has nothing to show there.
        return offered["year"] if self.span and self.span[0] <= offered["year"][1] else offered["to-date"]

    def _with_period(self, address):
        data = address.copy()
        start, end = presets(self.as_of).get(data.get("period"), self._default_period())
        if not data.get("start"):
            data["start"] = f"{start:%Y-%m}"
        if not data.get("end"):
            data["end"] = f"{end:%Y-%m}"
        data["formula"] = data.get("formula") or self.definition.formula
        return data

    def _offer_months(self):
        last = self.as_of.replace(day=1)
        first = self.span[0] if self.span else last
        # An address from a colleague who sees older clients is no mistake.
        asked = [month for name in ("start", "end") if (month := _month(self.data[name])) and month <= last]
        first = min([first, *(month for month in asked if month.year > last.year - 50)])
        self.fields["start"].choices = self.fields["end"].choices = months_offered(
            first, last, get_language()
        )

    def _offer_people_and_places(self, user):
        products = Product.objects.visible_to(user).values_list("code", "name")
        self._offer("product", products, _("All products"), unrecorded=True)
        offices = (
            []
            if own_portfolio_only(user)
            else offices_as_tree(Office.objects.visible_to(user, Can.EXITS_VIEW))
        )
        if own_portfolio_only(user):
            del self.fields["officer"]
        else:
            officers = Officer.objects.visible_to(user).values_list("code", "name")
            self._offer("officer", officers, _("All officers"), unrecorded=True)
        if len(offices) > 1:
            self._offer("office", offices, _("All offices"))
        else:
            del self.fields["office"]

    def _offer(self, name, choices, everything, *, unrecorded=False):
        missing = [(NOT_RECORDED, _("Not recorded"))] if unrecorded else []
        self.fields[name].choices = Offered([("", everything), *choices, *missing])


class CountedFilterForm(ExitFilterForm):
    """The same for the list behind a number, which carries along what is counted."""

    count = forms.CharField(required=False, widget=QuickHidden)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Only the page of figures shows it; the way back there keeps it.
        self.fields["formula"].widget = QuickHidden()


def _month(text) -> dt.date | None:
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


@lru_cache(maxsize=100)
def months_offered(first: dt.date, last: dt.date, _language) -> Offered:
    """Both and all between, the latest first."""
    months = (last.year - first.year) * 12 + last.month - first.month
    latest_first = (shift(last, -n) for n in range(months + 1))
    return Offered((f"{month:%Y-%m}", date_format(month, "YEAR_MONTH_FORMAT")) for month in latest_first)


def offices_as_tree(offices) -> tuple[tuple[str, str], ...]:
    """Offices as choices, each under the one it is part of, indented, by name."""
    return _tree(tuple(offices.values_list("pk", "parent_id", "code", "name")))


@lru_cache(maxsize=100)
def _tree(offices: tuple[tuple[int, int | None, str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Of the same offices by the same names: they are put in order once."""
    seen = {pk for pk, *_rest in offices}
    below = {}
    for pk, parent, code, name in sorted(offices, key=itemgetter(3)):
        below.setdefault(parent if parent in seen else None, []).append((pk, code, name))

    def walk(parent, depth):
        for pk, code, name in below.get(parent, []):
            yield code, "\u2003" * depth + name
            yield from walk(pk, depth + 1)

    return tuple(walk(None, 0))
