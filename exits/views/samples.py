"""Samples of leavers: how many to ask, whom the draw chose, who asks them, and who stood in for whom."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.queries import shown_name
from exits import actions
from exits.forms.samples import AssignForm, ReplaceForm, SampleForm, WhoAsksForm
from exits.methods import sample_size
from exits.models import LeaverSample, SampledLeaver
from exits.queries import build, samples
from spm import jobs, tables, views
from spm.access import Can
from spm.numbers import count_words, share_words
from spm.tables import Cell, Column, field

A_JOB_FROM = 20_000
"""Leavers from which on a sample is drawn by a job."""
State = SampledLeaver.State
MARKS = {State.REPLACED: "wait", State.DRAWN: ""}


class SampleList(views.TableList):
    needs = Can.EXITS_SAMPLE
    model = LeaverSample
    template_name = "exits/sample_list.html"
    table_name = gettext_lazy("Samples of leavers")

    def get_queryset(self):
        return samples.with_asked(super().get_queryset().select_related("office", "by"))

    def get_columns(self):
        return [
            field(_("Name"), "name", cell=lambda row: Cell(row.name, url=row.get_absolute_url())),
            Column(_("Office"), code="office", value=lambda row: str(row.office), order="office__name"),
            field(_("Left from"), "left_from", "date"),
            field(_("Left until"), "left_until", "date"),
            field(_("To be asked"), "size", "count"),
            field(_("Asked so far"), "asked", "count"),
            field(_("In reserve"), "reserve", "count"),
            field(_("Drawn at"), "drawn_at", "date"),
            Column(_("By"), code="by", value=lambda row: str(row.by), order="by__username"),
        ]


class SampleAdd(views.FormView):
    """First the size with its numbers, then the draw."""

    needs = Can.EXITS_SAMPLE
    form_class = SampleForm
    template_name = "exits/sample_add.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"build": build(), "narrow": True}

    def form_valid(self, form):
        asked = form.settings()
        left = (asked["office"], asked["left_from"], asked["left_until"])
        population = samples.leavers(*left).count()
        if not population or not build():
            form.add_error(None, _("Nobody left there in this period."))
            return self.form_invalid(form)
        if "draw" not in self.request.POST:
            return self.render_to_response(
                self.get_context_data(form=form, counted=size_words(population, asked))
            )
        if population > A_JOB_FROM:
            return redirect(self.enqueue(asked))
        return redirect(actions.draw_leavers(**asked, by=self.request.user))

    def enqueue(self, asked):
        plain = {name: asked[name].isoformat() for name in ("left_from", "left_until")}
        kept = {name: asked[name] for name in asked if name not in ("name", "office")}
        more = {"called": asked["name"], "office": asked["office"].pk}
        return jobs.enqueue("exits.draw_leavers", by=self.request.user, **(kept | plain | more))


def size_words(population: int, asked: dict) -> str:
    """How many are to be asked, with the numbers that say so."""
    shares = {name: asked[name] for name in ("margin", "expected", "confidence")}
    numbers = {"p": shares["expected"], "confidence": shares["confidence"]}
    return _(
        "%(population)s left. For a share known to within %(margin)s with a confidence of %(confidence)s,"
        " where %(expected)s is expected, %(endless)s of very many would be asked; of these %(population)s"
        " it is %(size)s."
    ) % {
        "population": count_words(population),
        "endless": count_words(sample_size(None, shares["margin"], **numbers)),
        "size": count_words(sample_size(population, shares["margin"], **numbers)),
        **{name: share_words(value) for name, value in shares.items()},
    }


class SampleDetail(views.Exported, views.DetailView):
    """Whom the draw chose and what came of each; who asks is chosen here, for a whole branch at once."""

    needs = Can.EXITS_SAMPLE
    model = LeaverSample
    template_name = "exits/sample_detail.html"
    on_a_page = 50

    @cached_property
    def sample(self) -> LeaverSample:
        return self.get_object()

    def get_queryset(self):
        return samples.with_asked(super().get_queryset().select_related("office", "by"))

    def decide(self):
        self.object = self.sample

    @cached_property
    def offices(self):
        return samples.offices_waiting(self.sample)

    def assign_form(self, data=None):
        return AssignForm(data, user=self.request.user, offices=self.offices)

    def again_form(self, data=None):
        return WhoAsksForm(data, user=self.request.user, prefix="again")

    def get_context_data(self, **kwargs):
        sample = self.sample
        shown = samples.members(sample).exclude(state=State.FRAME).order_by("stratum", "place", "pk")
        page = Paginator(shown, self.on_a_page).get_page(self.request.GET.get("page"))
        waiting = samples.to_assign(sample).count()
        return {
            "assign": self.assign_form(),
            "again": self.again_form(),
            **super().get_context_data(**kwargs),
            "sample": sample,
            "page_obj": page,
            "paginator": page.paginator,
            "is_paginated": page.has_other_pages(),
            "table": tables.on_screen(self.columns(), page.object_list),
            "waiting": waiting,
            "facts": self.facts(),
            "may_ask_again": sample.again_seed is None and samples.agreed(sample).exists(),
            "same": samples.draws_the_same(sample) if "check" in self.request.GET else None,
        }

    def facts(self) -> list[tuple[str, str]]:
        sample, frame = self.sample, self.sample.members.count()
        period = {
            "start": date_format(sample.left_from, "DATE_FORMAT"),
            "end": date_format(sample.left_until, "DATE_FORMAT"),
        }
        found = [
            (_("When they left"), _("%(start)s to %(end)s") % period),
            (_("Office"), str(sample.office)),
            (_("Who could be drawn"), count_words(frame)),
            (_("To be asked"), count_words(sample.size)),
            (_("Asked so far"), count_words(sample.asked)),
            (_("In reserve"), count_words(sample.reserve)),
            (_("Margin, share expected, confidence"), self.shares()),
            (_("Seed"), str(sample.seed)),
            (_("Data as of"), date_format(sample.data_as_of, "DATE_FORMAT")),
        ]
        again = [(_("Seed of the second interviews"), str(sample.again_seed))]
        return found if sample.again_seed is None else found + again

    def shares(self) -> str:
        sample = self.sample
        return ", ".join(map(share_words, (sample.margin, sample.expected, sample.confidence)))

    def columns(self) -> list[Column]:
        user = self.request.user

        def name(row):
            return shown_name(row.client, user)

        def number(row):
            return row.client.external_id

        def name_cell(row):
            return Cell(name(row), url=row.client.get_absolute_url(), note=number(row))

        def state_cell(row):
            words = _("Interviewed") if row.asked else row.get_state_display()
            return Cell(status="ok" if row.asked else MARKS.get(row.state, ""), words=words)

        def replace_cell(row):
            if row.state == State.DRAWN and not row.asked:
                return Cell(_("Replace"), url=reverse("exits:leaver-replace", args=[row.pk]))
            return Cell(row.get_replaced_because_display() or "–", note=row.replaced_note)

        def stands_in(row):
            return row.stands_in_for.client.external_id if row.stands_in_for else ""

        return [
            Column(
                _("Client"), code="client", value=lambda row: shown_name(row.client, user), cell=name_cell
            ),
            Column(
                _("Client number"),
                code="client_id",
                value=lambda row: row.client.external_id,
                on_screen=False,
            ),
            Column(_("Office"), code="office", value=lambda row: str(row.client.office)),
            Column(_("Officer"), code="officer", value=lambda row: str(row.client.officer or "")),
            Column(
                _("Group of the draw"),
                code="stratum",
                value=lambda row: row.stratum,
                on_screen=bool(self.sample.stratum),
            ),
            Column(_("Place in the draw"), "count", code="place", value=lambda row: row.place),
            Column(_("State"), code="state", value=lambda row: row.get_state_display(), cell=state_cell),
            Column(_("Who asks"), code="asks", value=lambda row: str(row.interviewer or "")),
            Column(_("At the latest on"), "date", code="due", value=lambda row: row.due_on),
            Column(_("Interviewed"), code="asked", value=lambda row: row.asked, on_screen=False),
            Column(_("Why the own officer asks"), code="own_because", value=lambda row: row.override_reason),
            Column(_("Asks again"), code="again", value=lambda row: str(row.again_interviewer or "")),
            Column(
                _("Replaced because"),
                code="because",
                value=lambda row: row.get_replaced_because_display(),
                cell=replace_cell,
            ),
            Column(_("Stands in for"), code="stands_in_for", value=stands_in),
        ]

    def export_tables(self):
        return {"members": self.members_table}

    def members_table(self):
        rows = samples.members(self.sample).order_by("stratum", "place", "pk")
        about = [*self.facts(), (_("By"), str(self.request.user))]
        return tables.as_file(self.sample.name, self.columns(), tables.read_on(rows), about)

    # Handing out

    def post(self, request, *args, **kwargs):
        self.decide()
        is_again = request.POST.get("do") == "again"
        form = self.again_form(request.POST) if is_again else self.assign_form(request.POST)
        if form.is_valid():
            try:
                messages.success(request, self.ask_again(form) if is_again else self.assign(form))
                return redirect(self.sample)
            except ValidationError as refusal:
                form.add_error(None, refusal)
        shown = {"again" if is_again else "assign": form, "form": form}
        return self.render_to_response(self.get_context_data(**shown))

    def assign(self, form) -> str:
        said, rows = form.cleaned_data, samples.to_assign(self.sample)
        if said["where"]:
            rows = rows.filter(client__office=said["where"])
        n = actions.assign_interviewer(
            sample=self.sample,
            members=rows,
            to=said["asks"],
            due_on=said["until"],
            override=said["own_because"],
            by=self.request.user,
        )
        words = ngettext("%(n)s interview was assigned.", "%(n)s interviews were assigned.", n)
        return words % {"n": count_words(n)}

    def ask_again(self, form) -> str:
        to, until = form.cleaned_data["asks"], form.cleaned_data["until"]
        n = len(actions.ask_again(sample=self.sample, to=to, due_on=until, by=self.request.user))
        words = ngettext("%(n)s person is asked again.", "%(n)s people are asked again.", n)
        return words % {"n": count_words(n)}


class LeaverReplace(views.DetailView):
    """Who cannot be asked goes out, and the first in reserve of the same group comes in."""

    needs = Can.EXITS_SAMPLE
    model = SampledLeaver
    template_name = "exits/leaver_replace.html"

    def get_queryset(self):
        reached = LeaverSample.objects.visible_to(self.request.user).order_by()
        rows = super().get_queryset().filter(sample__in=reached)
        return rows.select_related("client__office", "client__officer", "sample")

    def get_context_data(self, **kwargs):
        name = shown_name(self.object.client, self.request.user)
        return {"form": ReplaceForm(), "name": name, "narrow": True} | super().get_context_data(**kwargs)

    def post(self, request, *args, **kwargs):
        self.decide()
        form = ReplaceForm(request.POST)
        if form.is_valid():
            said = {"because": form.cleaned_data["why"], "note": form.cleaned_data["words"]}
            try:
                stand_in = actions.replace_leaver(member=self.object, **said, by=request.user)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, self.words(stand_in))
                return redirect(self.object.sample)
        return self.render_to_response(self.get_context_data(form=form))

    def words(self, stand_in) -> str:
        if stand_in is None:
            return _("Replaced. Nobody is left in reserve of this group, so nobody comes in.")
        return _("Replaced. Client %(number)s comes in from the reserve.") % {
            "number": stand_in.client.external_id
        }
