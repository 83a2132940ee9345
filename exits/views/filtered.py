"""What the exit pages share: the build they read, the filter in the address, what it keeps in words."""

from functools import cached_property

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exits import queries
from exits.forms import ExitFilterForm, own_portfolio_only, period_words
from exits.models import SpellBuild
from exits.queries import ExitFilter
from exits.queries.rollup import period, within_data
from spm.models import Job
from spm.numbers import count_words


class Filtered:
    """Needs the view's `request`. `selection` is None before the first build."""

    form_class = ExitFilterForm
    # Whether the period plays a part in what is shown; else the day of the data does.
    in_period = True

    @cached_property
    def build(self):
        return queries.build()

    @cached_property
    def span(self):
        return queries.data_span(self.request.user, made=self.build) if self.build else None

    def before_figures(self) -> dict:
        """Before the first build: is a portfolio in, has its counting stopped, and its job if seen."""
        job = queries.rebuild_job()
        seen = job is not None and Job.objects.visible_to(self.request.user).filter(pk=job.pk).exists()
        stopped = job is not None and job.is_finished
        return {"loaded": queries.data_as_of() is not None, "job": job if seen else None, "stopped": stopped}

    @cached_property
    def form(self):
        form = self.form_class(self.request.GET, user=self.request.user, build=self.build, span=self.span)
        if not self.in_period:
            form.hide_period()
        return form

    @cached_property
    def selection(self):
        return self.form.selection() if self.build else None

    @property
    def only(self) -> ExitFilter:
        return self.selection.filter

    @cached_property
    def days(self):
        """First and last day shown."""
        return period(within_data(self.only, self.build), self.build)

    @property
    def period_words(self) -> str:
        return period_words(*self.days) if self.in_period else date_format(self.build.as_of, "DATE_FORMAT")

    def shown_words(self) -> str:
        """The filter as one says it: Valle Norte, Women, 2025."""
        return ", ".join([*(value for _what, value in self.selection.chips), self.period_words])

    def counted_url(self, count: str, **changes) -> str:
        """Where the clients behind a number are listed."""
        query = self.selection.query(count=count, sort=None, **changes)
        return f"{reverse('exits:counted-list')}?{query}"

    def about(self) -> list[tuple[str, str]]:
        """What travels with every export."""
        version = self.build.definition
        return [
            (_("Filter"), self.shown_words()),
            (_("Data as of"), date_format(self.build.as_of, "DATE_FORMAT")),
            *recount_line(self.build),
            (_("By"), str(self.request.user)),
            (_("Definition"), definition_words(version, self.build.window)),
        ]

    def filter_context(self) -> dict:
        """For the filter bar: the form, and what is shown in words."""
        chips = [{"label": _("Period") if self.in_period else _("As of"), "value": self.period_words}]
        chips += [{"label": what, "value": value} for what, value in self.selection.chips]
        return {
            "form": self.form,
            "chips": chips,
            "clear_url": self.request.path,
            "own_portfolio": own_portfolio_only(self.request.user),
            "build": self.build,
            "version": self.build.definition,
            "counted": counted_words(self.build),
            "recount": recount_words(self.build),
        }


def counted_words(made: SpellBuild) -> str:
    """From which data a number and the list behind it were counted, and when."""
    day, at = date_format(made.as_of, "DATE_FORMAT"), localtime(made.built_at)
    moment = date_format(at, "SHORT_DATETIME_FORMAT")
    return _("Data as of %(day)s, counted on %(moment)s.") % {"day": day, "moment": moment}


def recount_words(made: SpellBuild) -> str:
    """Why a number may differ from the list behind it for now; empty where it may not."""
    found = queries.behind(made)
    if found is None:
        return ""
    if found.under_way:
        words = _(
            "The figures are being counted anew. Until that is done numbers come from data as of %(day)s, "
            "counted on %(moment)s, and the list behind a number may hold other clients."
        )
    else:
        words = _(
            "The records have changed, and the figures have not been counted anew. Numbers come from data as "
            "of %(day)s, counted on %(moment)s, and the list behind a number may hold other clients."
        )
    moment = date_format(localtime(made.built_at), "SHORT_DATETIME_FORMAT")
    return words % {"day": date_format(made.as_of, "DATE_FORMAT"), "moment": moment}


def recount_line(made: SpellBuild) -> list[tuple[str, str]]:
    """The same for a file."""
    words = recount_words(made)
    return [(_("Recount"), words)] if words else []


def footer_words(made: SpellBuild, served: int) -> str:
    """What stands under a chart of rates: definition, n and day."""
    return ngettext(
        "%(definition)s. %(n)s client served, data as of %(day)s.",
        "%(definition)s. %(n)s clients served, data as of %(day)s.",
        served,
    ) % {
        "definition": definition_words(made.definition, made.window),
        "n": count_words(served),
        "day": date_format(made.as_of, "DATE_FORMAT"),
    }


def definition_words(version, window: int) -> str:
    """Which definition: its number, the day it started, its window."""
    if version is None:
        return _("Default definition, window of %(window)s days") % {"window": window}
    return _("%(name)s, in force from %(day)s, window of %(window)s days") % {
        "name": version,
        "day": date_format(version.starts_on, "DATE_FORMAT"),
        "window": window,
    }
