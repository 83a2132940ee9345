"""What people who left say about it: the field form (``spm.field``), and all that was said."""

from functools import cached_property, partial
from operator import attrgetter

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from clients.models import Client, Loan
from clients.queries import shown_name
from exits import actions
from exits.forms import WITHOUT_CONSENT, InterviewFilterForm, InterviewForm
from exits.models import ExitInterview, GivenReason, LeaverType, Reason, Spell
from exits.queries.interviews import (
    OwnOfficer,
    ToAsk,
    about_interview,
    held_between,
    interviews,
    may_read_words,
    reasons_given,
    to_ask,
    with_stay,
)
from exits.views.analyses.base import ways
from spm import paging, views
from spm.access import Can
from spm.field import FieldForm
from spm.numbers import count_words
from spm.tables import Cell, Column, field, in_words
from spm.worded import language_name

Part = GivenReason.Part
HIDDEN = "•••"
RECOMMEND = gettext_lazy("Would recommend us, 0 to 10")
# What was said in own words, and what may be counted by itself.
VERBATIM = (
    *("competitor", "competitor_product", "competitor_better", "loan_use", "benefits", "meetings"),
    *("change", "complaint", "callback_contact", "place"),
)

STAY_COLUMNS = {
    "left_on": (gettext_lazy("Left on"), "date"),
    "cause": (gettext_lazy("Cause"), "text"),
    "officer": (gettext_lazy("Officer"), "text"),
    "group": (gettext_lazy("Group"), "text"),
    "sex": (gettext_lazy("Sex"), "text"),
    "age": (gettext_lazy("Age at the start"), "text"),
    "cycle": (gettext_lazy("Loan cycle"), "number"),
    "product": (gettext_lazy("Product"), "text"),
    "principal": (gettext_lazy("Principal"), "money"),
    "loan_status": (gettext_lazy("Last loan"), "text"),
    "loan_due_on": (gettext_lazy("Due on"), "date"),
    "loan_closed_on": (gettext_lazy("Repaid on"), "date"),
    "loan_written_off_on": (gettext_lazy("Written off on"), "date"),
    "days_late": (gettext_lazy("Days late"), "count"),
    "outstanding": (gettext_lazy("Outstanding"), "money"),
    "last_paid_on": (gettext_lazy("Day of the last payment"), "date"),
    "last_paid": (gettext_lazy("Last payment"), "money"),
    "saved_out": (gettext_lazy("Savings taken out since the last loan"), "money"),
    "saved_here": (gettext_lazy("Savings still here"), "money"),
}
CHOICES = {
    "cause": dict(Spell.Cause.choices),
    "sex": dict(Client.Sex.choices),
    "loan_status": dict(Loan.Status.choices),
}
SAID_COLUMNS = {
    "leaver_type": gettext_lazy("Type of leaver"),
    "staff_reason": gettext_lazy("Main reason, as staff see it"),
    "staff_first": gettext_lazy("Happened first, as staff see it"),
}


class InterviewAdd(FieldForm, views.FormView):
    needs = Can.EXITS_INTERVIEW
    form_class = InterviewForm
    template_name = "exits/interview_add.html"
    title = gettext_lazy("Why did the client leave?")

    @cached_property
    def asked(self) -> ToAsk | None:
        """Whom the address asks for."""
        number = self.request.GET.get("client", "")
        if not number:
            return None
        try:
            asked = to_ask(self.request.user, number)
        except OwnOfficer:
            raise PermissionDenied from None
        if asked is None:
            raise Http404
        return asked

    def decide(self):
        self.asked  # noqa: B018  in reach; what is said of them can wait

    def about(self):
        return self.asked and about_interview(self.asked, self.request.user)

    def kept(self, body):
        agrees = body.get("consent") == ["yes"]
        return body if agrees else {name: body[name] for name in body.keys() & WITHOUT_CONSENT}

    def record(self, form, sent):
        said = dict(form.cleaned_data)
        asked = said.pop("client")
        whom = {"client": asked.client, "start": asked.start}
        of_sample = {"round": asked.round, "sampled": asked.sampled}
        actions.record_interview(**whom, **of_sample, **said, at=sent.at, uuid=sent.uuid, by=sent.by)

    def office_path(self, form):
        return form.cleaned_data["client"].client.office.path

    def done_url(self):
        return reverse("home")


def reason_words(interview, part, user) -> str:
    """The reasons of this part; own words only for whoever may read them."""
    may, words = may_read_words(interview, user), []
    for given in reasons_given(interview, part):
        own = given.text and f": {given.text if may else HIDDEN}"
        words.append(f"{given.reason}{own}")
    return ", ".join(words)


def asked_as(interview, part) -> str:
    """The reasons as they were read out, where that was in a language other than the page's."""
    language = interview.language
    if not language or language == get_language():
        return ""
    read_out = [given.reason.words.get(language) for given in reasons_given(interview, part)]
    said = {"language": language_name(language), "words": ", ".join(filter(None, read_out))}
    return _("Asked in %(language)s: %(words)s") % said if said["words"] else ""


def verbatim(interview, name: str, user) -> str:
    said = getattr(interview, name)
    return said if not said or may_read_words(interview, user) else HIDDEN


class InterviewList(views.TableList):
    """All interviews in reach."""

    needs = Can.EXITS_VIEW
    model = ExitInterview
    template_name = "exits/interview_list.html"
    table_name = gettext_lazy("Exit interviews")
    paginator_class = paging.Capped

    def get_template_names(self):
        return [f"{self.template_name}#rows" if views.wants_part(self.request) else self.template_name]

    @cached_property
    def form(self) -> InterviewFilterForm:
        user = self.request.user
        return InterviewFilterForm(self.request.GET, user=user, held=held_between(user))

    def get_queryset(self):
        return interviews(self.request.user, self.form.only)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        n, is_more = context["paginator"].count, context["paginator"].is_more
        words = ngettext("%(n)s interview", "%(n)s interviews", n) % {"n": count_words(n)}
        return context | {
            "analyses": ways(self.request),
            "form": self.form,
            "chips": self.form.chips(),
            "clear_url": self.request.path,
            "count_words": _("More than %(counted)s") % {"counted": words} if is_more else words,
        }

    def about(self):
        said = [(str(chip["label"]), chip["value"]) for chip in self.form.chips()]
        return [*(said or [(_("Filter"), _("everything in reach"))]), (_("By"), str(self.request.user))]

    def get_columns(self):
        user = self.request.user
        return [
            Column(
                _("Client"),
                code="client",
                value=lambda row: shown_name(row.client, user),
                cell=self._client_cell,
            ),
            Column(
                _("When"),
                "date",
                code="at",
                value=lambda row: localtime(row.at).date(),
                order="at",
            ),
            Column(
                _("Client number"), code="client_id", value=attrgetter("client.external_id"), on_screen=False
            ),
            Column(
                _("Office"),
                code="office",
                value=lambda row: str(row.client.office),
                order="client__office__name",
            ),
            field(_("Agreed"), "consent"),
            Column(_("Main reason"), code="reason", value=lambda row: reason_words(row, Part.PRIMARY, user)),
            Column(_("Happened first"), code="first", value=lambda row: reason_words(row, Part.FIRST, user)),
            field(_("Round"), "round", value=lambda row: row.get_round_display()),
            Column(_("Interviewer"), code="by", value=lambda row: str(row.by), order="by__username"),
            field(_("Own officer"), "own_officer"),
            *self.columns_of_the_file(user),
        ]

    def shown_rows(self, rows, read=iter):
        return read(with_stay(rows, self.request.user))

    @cached_property
    def listed(self) -> dict[str, dict[int, str]]:
        """The words of the institution's lists, for what staff say."""
        user = self.request.user
        types, reasons = (
            {row.pk: str(row) for row in model.objects.visible_to(user)} for model in (LeaverType, Reason)
        )
        return {"leaver_type": types, "staff_reason": reasons, "staff_first": reasons}

    def columns_of_the_file(self, user):
        """The other answers, and what is known of the stay: in the file alone."""
        counted = (
            (_("Language"), "text", "language", lambda row: row.language and language_name(row.language)),
            (_("Who wanted it"), "text", "initiative", lambda row: row.get_initiative_display()),
            (_("Added to it"), "text", "added", lambda row: reason_words(row, Part.CONTRIBUTING, user)),
            (_("How repaying was"), "text", "repayment", lambda row: row.get_repayment_display()),
            (label_of("paid_with"), "text", "paid_with", lambda row: row.get_paid_with_display()),
            (label_of("savings_use"), "text", "savings_use", lambda row: row.get_savings_use_display()),
            (_("Income since the first loan"), "text", "income", lambda row: row.get_income_display()),
            (_("Would return"), "text", "would_return", lambda row: row.get_would_return_display()),
            (RECOMMEND, "number", "would_recommend", attrgetter("would_recommend")),
            (_("Complaint to be handed on"), "text", "complaint_on", attrgetter("complaint_on")),
            (_("Agrees to be contacted again"), "text", "may_contact", attrgetter("may_contact")),
            (_("Wishes to be called back"), "text", "callback", attrgetter("callback")),
        )
        own = ((label_of(name), "text", name, partial(self._verbatim, name)) for name in VERBATIM)
        known = (
            (_("Client since"), "date", "start", attrgetter("start")),
            *((label, kind, name, partial(of_stay, name)) for name, (label, kind) in STAY_COLUMNS.items()),
            *((label, "text", name, partial(self._said, name)) for name, label in SAID_COLUMNS.items()),
        )
        return [
            Column(label, kind, code=code, value=value, on_screen=False)
            for label, kind, code, value in (*counted, *own, *known)
        ]

    def _verbatim(self, name, row) -> str:
        return verbatim(row, name, self.request.user)

    def _said(self, name, row) -> str | None:
        return self.listed[name].get(getattr(row, f"said_{name}"))

    def _client_cell(self, row) -> Cell:
        name = shown_name(row.client, self.request.user)
        return Cell(name, reverse("exits:interview-detail", args=[row.pk]), row.client.external_id)


def of_stay(name: str, row):
    """What is known of the stay (`STAY_COLUMNS`), choices in words; None out of the user's reach."""
    value = getattr(row, f"stay_{name}")
    return str(CHOICES[name].get(value, "")) if name in CHOICES else value


def label_of(name: str) -> str:
    return str(InterviewForm.Meta.labels[name])


class InterviewDetail(views.DetailView):
    """One interview; own words only for whoever asked, and for managers."""

    needs = Can.EXITS_VIEW
    model = ExitInterview
    template_name = "exits/interview_detail.html"

    def show(self):
        """What is known of the stay takes long to look up: the head of the page does not wait for it."""
        known = with_stay(interviews(self.request.user), self.request.user)
        self.object = known.get(pk=self.object.pk)
        return super().show()

    def get_context_data(self, **kwargs):
        interview, user = self.object, self.request.user
        return super().get_context_data(**kwargs) | {
            "shown_name": shown_name(interview.client, user),
            "client_url": interview.client.get_absolute_url() if self.may_open() else "",
            "is_hidden": not may_read_words(interview, user),
            "facts": [(label, said) for label, said in self.about() if said],
            "of_record": [(label, said) for label, said in self.of_record() if said],
            "answers": [(label, said) for label, said in self.answers() if said],
        }

    def may_open(self) -> bool:
        """May the user open the client's page? Whoever asked by assignment may not."""
        return self.object.client.is_visible_to(self.request.user, Can.CLIENTS_VIEW)

    def about(self):
        row = self.object
        yield _("Client number"), row.client.external_id
        yield _("Office"), str(row.client.office)
        yield _("Round"), row.get_round_display()
        yield _("Interviewer"), str(row.by)
        yield _("Asked by the client's own officer"), _("yes") if row.own_officer else _("no")
        yield _("Language"), row.language and language_name(row.language)
        yield _("Place"), verbatim(row, "place", self.request.user)

    def of_record(self):
        for name, (label, kind) in STAY_COLUMNS.items():
            value = of_stay(name, self.object)
            yield label, "" if value in (None, "") else in_words(value, kind)

    def answers(self):
        row, user = self.object, self.request.user
        parts = ((_("Main reason"), Part.PRIMARY), (_("Happened first"), Part.FIRST))
        for label, part in (*parts, (_("Added to it"), Part.CONTRIBUTING)):
            yield label, "\n".join(filter(None, (reason_words(row, part, user), asked_as(row, part))))
        yield label_of("initiative"), row.get_initiative_display()
        yield label_of("repayment"), row.get_repayment_display()
        yield label_of("paid_with"), row.get_paid_with_display()
        yield label_of("savings_use"), row.get_savings_use_display()
        yield label_of("income"), row.get_income_display()
        yield label_of("would_return"), row.get_would_return_display()
        recommends = row.would_recommend
        yield RECOMMEND, "" if recommends is None else str(recommends)
        for name in VERBATIM:
            if name != "place":
                yield label_of(name), verbatim(row, name, user)
