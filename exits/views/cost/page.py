"""What exit costs, and how far it must fall before watching it pays: a calculation, and its range."""

from functools import cached_property

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits import charts, queries
from exits.forms import period_words
from exits.forms.cost import ASSUMPTIONS, CostForm, YearForm
from exits.methods import Outlook, net_at, outlook
from exits.queries.cost import Base, Work, base_of, known_years, work_of
from exits.queries.figures import last_day
from exits.views.analyses.base import Section, ways
from exits.views.cost.words import (
    CURVE,
    KNOWN,
    NOTHING,
    READINGS,
    RESULTS,
    TRACKING,
    line,
    pays_words,
    points_of,
    range_note,
    roughly,
    said,
    span_of,
    worked,
    year_words,
)
from exits.views.filtered import Filtered, definition_words
from exits.views.formulas import label_of
from spm import disclosure, tables, views
from spm.access import Can
from spm.numbers import count_words, points_words, share_words

STEPS = (0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10)
"""Points of exit between two points of the chart."""
POINTS = 12
"""How many steps the chart has."""
ACTIVITIES = (
    ("interviews", "interview", gettext_lazy("Exit interviews")),
    ("confirmations", "confirmation", gettext_lazy("Exits confirmed")),
    ("calls", "call", gettext_lazy("Calls and visits")),
)


class CostOfExit(views.Exported, views.TemplateView):
    needs = Can.EXITS_REPORT
    template_name = "exits/cost.html"
    has_chart = True

    def decide(self):
        if disclosure.protects(self.request.user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW):
            raise PermissionDenied

    @cached_property
    def build(self):
        return queries.build()

    @cached_property
    def years(self):
        return known_years(self.request.user, self.build)

    @cached_property
    def year_form(self) -> YearForm:
        names = [(name, year_words(name, months)) for name, months in self.years.items()]
        return YearForm(self.request.GET, user=self.request.user, years=names)

    @property
    def months(self):
        return self.years[self.year_form.chosen_year]

    @cached_property
    def base(self) -> Base:
        office = self.year_form.chosen_office
        return base_of(self.request.user, self.months, office and office.code, self.build)

    @cached_property
    def work(self) -> Work:
        return work_of(self.request.user, self.months, self.year_form.chosen_office)

    @cached_property
    def form(self) -> CostForm:
        return CostForm(self.request.GET, own_choice=self.base.own_choice)

    @cached_property
    def found(self) -> Outlook | None:
        """What comes of the assumptions; None before they are made."""
        return outlook(self.base.clients, self.form.assumed(self.work)) if self.form.is_valid() else None

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs) | {"analyses": ways(self.request)}
        if not self.build:
            frame = Filtered()
            frame.request = self.request
            return context | frame.before_figures()
        context |= {
            "build": self.build,
            "form": self.form,
            "year_form": self.year_form,
            "chips": self.chips(),
            "facts": self.facts(),
            "readings": READINGS,
            "definition": self.definition_words(),
            "filter_words": self.filter_words(),
        }
        if self.found is None:
            return context
        return context | {
            "sentence": self.sentence(),
            "figures": self.figures(),
            "sections": [
                {"section": section, "table": tables.on_screen(section.columns, section.rows)}
                for section in (make() for make in self.makers().values())
            ],
        }

    # In words

    def chips(self) -> list[dict]:
        period = {"label": _("Year"), "value": self.period_words()}
        office = self.year_form.chosen_office
        return [period] + ([{"label": _("Office"), "value": str(office)}] if office else [])

    def facts(self) -> list[tuple[str, str]]:
        """What is not assumed: from the records and the published figures."""
        base, work = self.base, self.work
        own = "" if base.own_choice is None else share_words(base.own_choice)
        return [
            (label_of(base.formula), "–" if base.rate is None else share_words(base.rate)),
            (_("Of it by own choice"), own or "–"),
            (_("Clients it is a share of"), count_words(base.clients)),
            (_("Exit interviews"), count_words(work.interviews)),
            (_("Exits confirmed"), count_words(work.confirmations)),
            (_("Calls and visits"), count_words(work.calls)),
        ]

    def sentence(self) -> str:
        found, pays = self.found, self.found.break_even[1]
        if found.net.low == found.net.high >= 0:
            words = _("Cutting exit by {fall} would save about <strong>{low} a year</strong>.")
        elif found.net.low >= 0:
            words = _("Cutting exit by {fall} would save about <strong>{low} to {high} a year</strong>.")
        else:
            words = _(
                "Cutting exit by {fall} would bring between <strong>{low} and {high} a year</strong>: at"
                " worst it costs more than it saves."
            )
        fall, low, high = (
            points_of(self.form.estimates()["fall"]),
            roughly(found.net.low),
            roughly(found.net.high),
        )
        saved = format_html(words, fall=fall, low=low, high=high)
        costs = _("Tracking costs about %(cost)s a year.") % {"cost": roughly(found.cost.likely)}
        if pays is None:
            ends = _("No fall pays for it: a client who stays brings nothing.")
        else:
            ends = _("It pays for itself once exit falls by %(points)s.") % {"points": points_words(pays, 2)}
        return format_html("{} {} {}", saved, costs, ends)

    def figures(self) -> list[dict]:
        found = self.found
        low, likely, high = found.break_even
        return [
            {
                "label": _("Saved a year, most likely"),
                "value": roughly(found.net.likely),
                "note": range_note(found.net, roughly),
            },
            {
                "label": _("Clients kept a year"),
                "value": count_words(round(found.kept.likely)),
                "note": range_note(found.kept, lambda n: count_words(round(n))),
            },
            {
                "label": _("Cost of tracking a year"),
                "value": roughly(found.cost.likely),
                "note": range_note(found.cost, roughly),
            },
            {
                "label": _("Pays for itself from a fall of"),
                "value": pays_words(likely),
                "note": _("%(low)s to %(high)s") % {"low": pays_words(low), "high": pays_words(high)},
            },
        ]

    # Tables

    def known(self) -> Section:
        rows = [{"what": what, "said": said} for what, said in self.facts()]
        return Section("known", _("What is known"), KNOWN, rows)

    def makers(self) -> dict:
        return {"result": self.result, "curve": self.curve, "tracking": self.tracking}

    def result(self) -> Section:
        found = self.found
        low, likely, high = (None if n is None else n * 100 for n in found.break_even)
        rows = [
            line(_("Clients kept a year"), "number", found.kept),
            line(_("What one client kept is worth"), "money", found.client),
            line(_("What all of them are worth"), "money", found.worth),
            line(_("Cost of tracking a year"), "money", found.cost),
            line(_("Saved a year"), "money", found.net),
            {"what": _("Pays for itself from a fall of"), "unit": "points"}
            | {"low": low, "likely": likely, "high": high},
        ]
        note = _("At least and at most are the worst and the best that may come together: seldom will they.")
        return Section("result", _("What comes of it"), RESULTS, rows, note=note)

    def curve(self) -> Section:
        assumed = self.form.assumed(self.work)
        step = self.step()
        falls = [round(step * n, 4) for n in range(POINTS + 1)]
        nets = [net_at(fall / 100, self.base.clients, assumed) for fall in falls]
        rows = [
            {"fall": fall, "low": net.low, "likely": net.likely, "high": net.high}
            for fall, net in zip(falls, nets, strict=True)
        ]
        figure = charts.gain(
            [said(fall) for fall in falls],
            [(net.low, net.likely, net.high) for net in nets],
            name=_("Saved a year"),
            nothing=_("neither gained nor lost"),
            title=_("What each fall of exit would save"),
            subtitle=_("Saved a year by the fall of the exit rate in points, with its range"),
            footer=self.footer(),
        )
        return Section("curve", _("What each fall of exit would save"), CURVE, rows, figure, folded=True)

    def step(self) -> float:
        """So that the chart reaches beyond the fall that is meant, and the one that pays."""
        pays = self.found.break_even[1] or 0
        reach = max(1.5 * self.form.estimates()["fall"].high, 150 * pays)
        reach = min(reach, 100 * (self.base.own_choice or 0))
        return next((step for step in STEPS if step * POINTS >= reach), STEPS[-1])

    def tracking(self) -> Section:
        said = self.form.estimates()
        hour, other = said["hour"].likely, said["other"].likely
        rows = [
            worked(words, getattr(self.work, counted), said[name].likely, hour)
            for counted, name, words in ACTIVITIES
        ]
        hours = sum(row["hours"] for row in rows)
        rows += [
            NOTHING | {"what": _("Other costs of a year"), "cost": other},
            NOTHING | {"what": _("All of it"), "hours": hours, "cost": self.found.cost.likely},
        ]
        note = _("Interviews, confirmations and calls are counted from the records of the year.")
        return Section("tracking", _("What tracking costs"), TRACKING, rows, note=note)

    # Files

    def export_tables(self):
        if not self.build:
            raise Http404
        worked_out = self.makers() if self.found else {}
        return {name: self._file(make) for name, make in {"known": self.known, **worked_out}.items()}

    def _file(self, make):
        def made():
            section = make()
            return tables.as_file(section.title, section.columns, section.rows, self.about())

        return made

    def about(self) -> list[tuple[str, str]]:
        estimates = self.form.estimates() if self.found else {}
        return [
            (_("Filter"), self.filter_words()),
            *self.facts(),
            *((str(one.words), span_of(estimates[one.name])) for one in ASSUMPTIONS if estimates),
            (_("Data as of"), date_format(self.build.as_of, "DATE_FORMAT")),
            (_("By"), str(self.request.user)),
            (_("Definition"), self.definition_words()),
        ]

    def filter_words(self) -> str:
        return ", ".join(chip["value"] for chip in self.chips())

    def period_words(self) -> str:
        return period_words(self.months[0], last_day(self.months[1]))

    def definition_words(self) -> str:
        return definition_words(self.build.definition, self.build.window)

    def footer(self) -> str:
        return f"{self.definition_words()}. {capfirst(self.filter_words())}."
