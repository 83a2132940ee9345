"""The complaints desk: what came in, one complaint, and what is done with it."""

from functools import cached_property

from django.contrib import messages
from django.db.models import F
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from feedback import actions
from feedback.forms import STEPS, ComplaintFilter, ComplaintForm
from feedback.methods import handling
from feedback.models import Complaint
from feedback.queries.complaints import count_overdue, place_named, read_complainant
from spm import paging, tables, views
from spm.access import Can, Role, can
from spm.editing import Edited
from spm.field import FieldForm
from spm.numbers import count_words
from spm.tables import Cell, Column, field, in_words


class ComplaintList(views.TableList):
    """What the user reads; without a choice the open ones, the most overdue first."""

    needs = Can.COMPLAINTS_VIEW
    model = Complaint
    template_name = "feedback/complaint_list.html"
    table_name = gettext_lazy("Complaints")
    paginator_class = paging.Capped

    def get_template_names(self):
        return [f"{self.template_name}#rows" if views.wants_part(self.request) else self.template_name]

    @cached_property
    def form(self) -> ComplaintFilter:
        return ComplaintFilter(self.request.GET, user=self.request.user)

    def get_queryset(self):
        rows = super().get_queryset().select_related("office", "category", "handler", "product")
        return self.form.listed(rows)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        n, is_more = context["paginator"].count, context["paginator"].is_more
        words = ngettext("%(n)s complaint", "%(n)s complaints", n) % {"n": count_words(n)}
        late = count_overdue(self.request.user, self.today)
        return context | {
            "form": self.form,
            "chips": self.form.chips(),
            "clear_url": self.request.path,
            "overdue_url": reverse("feedback:complaint-list", query={"due": "overdue"}),
            "overdue_words": ngettext("%(n)s overdue", "%(n)s overdue", late) % {"n": count_words(late)},
            "count_words": _("More than %(counted)s") % {"counted": words} if is_more else words,
            "log_url": reverse("feedback:complaint-add")
            if can(self.request.user, Can.COMPLAINTS_LOG)
            else "",
        }

    def about(self):
        said = [(str(chip["label"]), chip["value"]) for chip in self.form.chips()]
        return [*said, (_("By"), str(self.request.user))]

    @cached_property
    def today(self):
        return timezone.localdate()

    def get_columns(self):
        return [
            Column(_("Complaint"), code="number", value=lambda row: row.number, cell=self._number_cell),
            Column(
                _("Received"),
                "date",
                code="received",
                value=lambda row: localtime(row.received_at).date(),
                order="received_at",
            ),
            field(_("To be answered by"), "due_on", "date", cell=self._due_cell),
            Column(_("Office"), code="office", value=lambda row: str(row.office), order="office__name"),
            Column(
                _("Category"),
                code="category",
                value=lambda row: str(row.category) if row.category else None,
                order="category__position",
            ),
            field(_("Severity"), "severity", value=lambda row: str(row.get_severity_display())),
            field(_("Level"), "level", "count"),
            Column(_("Whose task"), code="role", value=self._whose, order="role"),
            field(_("How it came"), "channel", value=lambda row: str(row.get_channel_display())),
            field(_("Kind"), "kind", value=lambda row: str(row.get_kind_display()), on_screen=False),
            field(_("Own officer"), "own_officer", cell=self._own_cell),
            field(_("What happened"), "text", on_screen=False),
            field(_("State"), "state", value=lambda row: str(row.get_state_display()), on_screen=False),
        ]

    def _number_cell(self, row) -> Cell:
        return Cell(row.number, row.get_absolute_url(), str(row.get_state_display()))

    def _due_cell(self, row) -> Cell:
        day = in_words(row.due_on, "date")
        is_late = row.state != Complaint.State.CLOSED and row.due_on < self.today
        return Cell(day, status="act", words=_("overdue")) if is_late else Cell(day)

    @staticmethod
    def _own_cell(row) -> Cell:
        return Cell(_("yes") if row.own_officer else "")

    def _whose(self, row) -> str:
        return str(row.handler) if row.handler else str(Role(row.role).label)


class ComplaintDetail(views.Exported, views.DetailView):
    """What happened, what was done, and what can be done next; who complained, to the desk when it asks."""

    needs = Can.COMPLAINTS_VIEW
    model = Complaint
    template_name = "feedback/complaint_detail.html"

    def get_queryset(self):
        of_row = ("office", "category", "handler", "product", "about_officer", "about_user", "logged_by")
        return super().get_queryset().select_related(*of_row)

    def get_context_data(self, **kwargs):
        row, user = self.object, self.request.user
        identifies = can(user, Can.COMPLAINTS_IDENTIFY)
        asks = identifies and self.request.GET.get("who") == "shown"
        may = handling.verbs(row.state) if can(user, Can.COMPLAINTS_HANDLE) else []
        change = reverse("feedback:complaint-change", args=[row.pk])
        return super().get_context_data(**kwargs) | {
            "facts": [(label, words) for label, words in self.facts() if words],
            "decided": [(label, words) for label, words in self.decided() if words],
            "is_late": row.state != Complaint.State.CLOSED and row.due_on < timezone.localdate(),
            "events": self.events(),
            "verbs": [(f"{change}?do={verb}", STEPS[verb].verb) for verb in may],
            "identifies": identifies,
            "asks": asks,
            "complainant": read_complainant(row, user) if asks else None,
        }

    def facts(self):
        row = self.object
        yield _("State"), str(row.get_state_display())
        yield _("Kind"), str(row.get_kind_display())
        yield _("To be answered by"), date_format(row.due_on, "SHORT_DATE_FORMAT")
        yield _("Received"), date_format(localtime(row.received_at), "SHORT_DATE_FORMAT")
        yield _("Happened on"), row.occurred_on and date_format(row.occurred_on, "SHORT_DATE_FORMAT")
        yield _("Office"), str(row.office)
        yield _("Category"), str(row.category) if row.category else _("not sorted yet")
        yield _("Product"), row.product and str(row.product)
        yield _("Severity"), str(row.get_severity_display())
        yield _("Who may read it"), str(row.get_sensitivity_display())
        yield _("About"), str(row.about_officer or row.about_user or place_named(row) or "")
        yield _("Level"), str(row.level)
        yield _("Whose task"), str(row.handler) if row.handler else str(Role(row.role).label)
        yield _("How it came"), str(row.get_channel_display())
        yield _("Written down by"), row.logged_by and str(row.logged_by)
        yield _("Written down by the client's own officer"), _("yes") if row.own_officer else ""

    def decided(self):
        row = self.object
        yield _("Found"), row.outcome and str(row.get_outcome_display())
        yield _("What was decided"), row.resolution
        paid = row.compensation
        yield _("Compensation"), "" if paid is None else in_words(paid, "money")
        yield _("Client told on"), row.told_on and date_format(row.told_on, "SHORT_DATE_FORMAT")
        yield _("How the client was told"), row.told_how
        yield _("Client accepts it"), row.accepted and str(row.get_accepted_display())
        yield _("Client is satisfied with the handling"), row.satisfied and str(row.get_satisfied_display())

    def steps(self):
        """What was done, the latest first."""
        return self.object.steps.select_related("by").order_by(F("at").desc(), "-pk")

    def export_tables(self):
        return {"steps": self.table_of_steps}

    def table_of_steps(self):
        self.object = self.get_object()
        columns = [
            Column(_("When"), "date", code="at", value=lambda step: localtime(step.at).date()),
            Column(_("What was done"), code="kind", value=lambda step: str(step.get_kind_display())),
            field(_("Level"), "level", "count"),
            Column(_("Who"), code="by", value=lambda step: str(step.by or "")),
            field(_("Note"), "note"),
        ]
        return tables.as_file(self.object.number, columns, self.steps())

    def events(self) -> list[dict]:
        return [
            {
                "date": localtime(step.at).date(),
                "title": str(step.get_kind_display()),
                "text": " · ".join(filter(None, (str(step.by or ""), step.note))),
                "kind": "ok" if step.on_time else "act" if step.on_time is False else "",
            }
            for step in self.steps()
        ]


class ComplaintChange(Edited, views.DetailView):
    """One thing done with a complaint, which the address names; what it is about, where it names none."""

    needs = Can.COMPLAINTS_HANDLE
    model = Complaint
    template_name = "feedback/complaint_change.html"
    edit_verbs = (
        "complaint.sorted",
        "complaint.assigned",
        "complaint.interim_sent",
        "complaint.escalated",
        "complaint.noted",
        "complaint.resolved",
        "complaint.resumed",
        "complaint.told",
        "complaint.closed",
        "complaint.reopened",
        "complaint.appealed",
    )

    def get_queryset(self):
        rows = Complaint.objects.visible_to(self.request.user, Can.COMPLAINTS_HANDLE)
        return rows.select_related("office", "rules", "handler", "category", "product")

    @property
    def step(self):
        return STEPS.get(self.request.GET.get("do", ""), STEPS["sort"])

    def form(self, data=None):
        return self.step(data, complaint=self.get_object(), user=self.request.user)

    def save(self, form, version):
        by = self.request.user
        getattr(actions, form.action)(complaint=self.object, version=version, by=by, **form.cleaned_data)
        messages.success(self.request, _("It is written down."))
        if Complaint.objects.visible_to(by).filter(pk=self.object.pk).exists():
            return redirect(self.object)
        return redirect("feedback:complaint-list")

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"title": self.step.verb}

    def record_words(self):
        return self.object.number


class ComplaintAdd(FieldForm, views.FormView):
    needs = Can.COMPLAINTS_LOG
    form_class = ComplaintForm
    template_name = "feedback/complaint_add.html"
    title = gettext_lazy("What does somebody complain of, or suggest?")

    def about(self):
        return None

    def record(self, form, sent):
        actions.receive_complaint(**form.cleaned_data, at=sent.at, uuid=sent.uuid, by=sent.by)

    def office_path(self, form):
        return form.cleaned_data["office"].path

    def done_url(self):
        return reverse("home")
