"""Why do clients leave? What they say, counted; beside it what staff say, and whether one can rely on it."""

from functools import cached_property

from django.http import Http404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exits.forms import PART_WORDS, ReasonFilterForm, dimension_words
from exits.queries import reasons
from exits.queries.reference import OTHER
from exits.views.analyses.base import Section, ways
from exits.views.filtered import Filtered, definition_words
from exits.views.reasons import tables as made
from exits.views.reasons.published import PublishedReasonList
from spm import disclosure, tables, views
from spm.access import Can, can
from spm.numbers import count_words, share_words


class OfReasons(Filtered):
    """What the page of reasons and that of verbatims share: the filter, and the list of reasons."""

    @cached_property
    def form(self):
        types = reasons.leaver_types()
        return ReasonFilterForm(
            self.request.GET, user=self.request.user, build=self.build, span=self.span, types=types
        )

    @cached_property
    def kept(self) -> reasons.LeaverFilter:
        return self.form.kept(self.selection)

    @cached_property
    def rows(self):
        return reasons.interviews(self.request.user, self.kept, made=self.build)

    @cached_property
    def listed(self):
        return reasons.listed_reasons()


class ReasonList(OfReasons, views.Exported, views.TemplateView):
    needs = Can.EXITS_VIEW
    template_name = "exits/reason_list.html"
    has_chart = True

    def dispatch(self, request, *args, **kwargs):
        if disclosure.protects(request.user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW):
            return PublishedReasonList.as_view()(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    @property
    def part(self) -> str:
        return self.selection.address.get("part", reasons.PRIMARY)

    @cached_property
    def response(self) -> reasons.Response:
        return reasons.response(self.request.user, self.kept, made=self.build)

    @cached_property
    def named(self):
        return reasons.by_reason(self.rows, self.part, self.listed)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs) | {"analyses": ways(self.request)}
        if not self.build or not self.span:
            return context | {"build": self.build} | ({} if self.build else self.before_figures())
        context |= self.filter_context() | {
            "sentence": self.sentence(),
            "headline": self.headline(),
            "definition": definition_words(self.build.definition, self.build.window),
            "filter_words": self.shown_words(),
        }
        if not self.response.interviews:
            return context
        return context | {
            "parts": self.part_links(),
            "dimensions": self.dimension_links(),
            "others": self.others_words(),
            "sections": [self.section_context(section) for section in self.sections()],
            "take_url": f"?{self.selection.query()}&export=xlsx",
            "verbatims_url": self.verbatims_url(),
        }

    def sentence(self):
        told, when = self.response, self.period_words
        if not told.interviews:
            return _("Nobody who left in this period and filter has been asked yet.")
        asked = ngettext(
            "<strong>{n} client</strong> of the {exits} who left ({when}) says why.",
            "<strong>{n} clients</strong> of the {exits} who left ({when}) say why.",
            told.interviews,
        )
        said = format_html(asked, n=count_words(told.interviews), exits=count_words(told.exits), when=when)
        if not self.named:
            return said
        first = self.named[0]
        most = _("Most often: {head}, in {share} of interviews.")
        share = share_words(first.n / told.interviews, 0)
        return format_html("{} {}", said, format_html(most, head=self.listed[first.head].label, share=share))

    def headline(self) -> list[dict]:
        told = self.response
        figures = [
            _figure(_("Asked, of all who left"), told.interviews, told.exits),
            _figure(_("Asked by their own officer"), told.by_own_officer, told.interviews),
        ]
        if told.approached:
            figures.insert(1, _figure(_("Response rate"), told.interviews, told.approached))
        note = _("are counted in no reason")
        return [
            *figures,
            {"label": _("Did not wish to be asked"), "value": count_words(told.refusals), "note": note},
        ]

    def others_words(self) -> str:
        """A warning where the list of reasons does not fit what clients say."""
        mentions = sum(named.n for named in self.named)
        others = sum(named.n for named in self.named if named.head == OTHER)
        if not mentions or others / mentions <= reasons.TOO_MANY_OTHERS:
            return ""
        return _(
            "“Other” is %(share)s of the reasons: above 10 %% the list does not fit what clients say."
            " Read what they said, and add what is missing."
        ) % {"share": share_words(others / mentions, 0)}

    # Tables

    def sections(self) -> list[Section]:
        """Those that have rows, in their order."""
        makers = self.makers()
        found = [makers[name]() for name in makers if name != "groups" or self.shows_groups]
        return [section for section in found if section.rows]

    @property
    def shows_groups(self) -> bool:
        """Whoever has chosen a branch, a sex or an age has what the first table is for."""
        return not {"alone", "sex", "young"} & self.selection.address.keys()

    def makers(self) -> dict:
        return {
            "groups": self.groups,
            "reasons": self.reasons,
            "breakdown": self.breakdown,
            "staff": self.staff,
            "again": self.again,
            "competitors": lambda: made.competitor_section(reasons.competitors(self.rows)),
        }

    def groups(self):
        found = reasons.by_office_sex_age(self.rows)
        return made.matrix_section(found, lambda **which: f"?{self.selection.query(**which)}")

    def reasons(self):
        return made.reason_section(
            self.named,
            self.response.interviews,
            self.listed,
            title=_("Why they left"),
            measure=PART_WORDS[self.part],
            footer=self.footer(),
        )

    def breakdown(self):
        by = self.selection.by
        names = {value: str(words).strip() for value, words in getattr(self.form.fields[by], "choices", ())}
        found = reasons.by_group(self.rows, self.part, self.listed, by)
        return made.group_section(
            found,
            self.listed,
            title=_("Reasons by %(dimension)s") % {"dimension": dimension_words(by).lower()},
            head=dimension_words(by),
            label=lambda group: names.get(group, group) if group else _("Not recorded"),
        )

    def staff(self):
        pairs = reasons.as_staff_see_it(self.rows, self.listed)
        title = _("What clients say, and what staff say")
        return made.pair_section("staff", pairs, self.listed, title=title, one=_("Client"), other=_("Staff"))

    def again(self):
        pairs = reasons.as_told_again(self.rows, self.listed)
        title = _("First and second interview")
        words = {"one": _("First interview"), "other": _("Second interview")}
        return made.pair_section("again", pairs, self.listed, title=title, **words)

    def section_context(self, section):
        return {"section": section, "table": tables.on_screen(section.columns, section.rows)}

    def export_tables(self):
        if not self.build or not self.span:
            raise Http404
        makers = self.makers()
        first = {"reasons": makers.pop("reasons")}
        return {name: lambda maker=maker: self._file(maker()) for name, maker in (first | makers).items()}

    def _file(self, section):
        return tables.as_file(section.title, section.columns, section.rows, self.about())

    def about(self):
        told = self.response
        n = _("%(n)s of %(exits)s who left") % {
            "n": count_words(told.interviews),
            "exits": count_words(told.exits),
        }
        return [*super().about(), (_("Interviews"), n), (_("Which reason"), str(PART_WORDS[self.part]))]

    # Links and words

    def part_links(self) -> list[dict]:
        return [
            {
                "words": words,
                "url": f"?{self.selection.query(part=part)}#reasons",
                "current": part == self.part,
            }
            for part, words in PART_WORDS.items()
        ]

    def dimension_links(self) -> list[dict]:
        return [
            {
                "words": dimension_words(d).lower(),
                "url": f"?{self.selection.query(by=d)}#breakdown",
                "current": d == self.selection.by,
            }
            for d in self.form.dimensions
        ]

    def verbatims_url(self) -> str:
        if not can(self.request.user, Can.EXITS_VERBATIM):
            return ""
        return f"{reverse('exits:verbatim-list')}?{self.selection.query(part=None, by=None, sort=None)}"

    def footer(self) -> str:
        return _("%(definition)s. %(n)s interviews, data as of %(day)s.") % {
            "definition": definition_words(self.build.definition, self.build.window),
            "n": count_words(self.response.interviews),
            "day": date_format(self.build.as_of, "DATE_FORMAT"),
        }


def _figure(label, part, whole) -> dict:
    return {
        "label": label,
        "value": share_words(part / whole) if whole else "–",
        "note": _("%(part)s of %(whole)s") % {"part": count_words(part), "whole": count_words(whole)},
    }
