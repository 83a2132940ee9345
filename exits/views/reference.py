"""The institution's own lists: types of leavers, and reasons for leaving on two levels."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits import actions
from exits.forms.reference import ReasonAddForm, ReasonEntryForm, TypeForm, WithdrawForm
from exits.models import LeaverType, Reason
from exits.queries import reference
from exits.queries.reference import Standing
from spm import disclosure, views
from spm.access import Can, can
from spm.editing import Edited
from spm.models.versioned import Stale
from spm.numbers import count_words
from spm.tables import Cell, Column, field, in_words
from spm.worded import language_name

MARKS = {Standing.IN_FORCE: "ok", Standing.PLANNED: "wait"}
OF_TYPE, OF_REASON = "type-entry", "reason-entry"


def uses_column(label: str, code: str, counted: dict[str, int]) -> Column:
    """How often an entry was used under all its words; said once, beside those of last."""

    def value(row):
        return None if row.standing == Standing.EARLIER else counted.get(row.code, 0)

    return Column(label, "count", code=code, value=value)


class EntryList:
    """Each entry once, as it is worded, and what is planned; with ``?earlier=1`` all earlier words too."""

    template_name = "exits/entry_list.html"
    noun: str
    # What every list says of itself.
    sentence: str
    none: str
    none_words: str

    def get_template_names(self):
        return [f"{self.template_name}#rows" if views.wants_part(self.request) else self.template_name]

    @property
    def with_earlier(self) -> bool:
        return bool(self.request.GET.get("earlier"))

    def get_queryset(self):
        rows = reference.with_standing(super().get_queryset(), timezone.localdate())
        if not self.with_earlier:
            rows = rows.exclude(standing=Standing.EARLIER)
        return reference.in_list_order(rows)

    @cached_property
    def shows_uses(self) -> bool:
        return not disclosure.protects(self.request.user, Can.EXITS_VIEW, rows=Can.CLIENTS_VIEW)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "title": self.table_name,
            "sentence": self.sentence,
            "count_words": self.count_words(context["paginator"].count),
            "none": self.none,
            "none_words": self.none_words,
            "add_url": reverse(f"exits:{self.noun}-add"),
            "with_earlier": self.with_earlier,
        }

    @staticmethod
    def count_words(n: int) -> str:
        return ngettext("%(n)s entry", "%(n)s entries", n) % {"n": count_words(n)}

    def get_columns(self):
        return [
            Column(self.first_label, code="entry", value=str, cell=self._entry_cell),
            *self.own_columns(),
            field(_("State"), "standing", value=self._standing, cell=self._standing_cell),
            field(_("In force from"), "starts_on", "date"),
            field(_("In force until"), "ends_on", "date", on_screen=self.with_earlier),
            *(self.uses() if self.shows_uses else ()),
            Column(_("Languages"), code="languages", value=self._languages),
            field(_("Code"), "code", on_screen=False),
            *self.columns_of_the_file(),
        ]

    def own_columns(self) -> list[Column]:
        return []

    def uses(self) -> list[Column]:
        raise NotImplementedError

    def columns_of_the_file(self) -> list[Column]:
        """The words in every language that there is."""

        def said(code):
            return Column(
                _("Words, %(language)s") % {"language": language_name(code)},
                code=f"words_{code.replace('-', '_')}",
                value=lambda row: row.words.get(code),
                on_screen=False,
            )

        return [said(code) for code in reference.languages_of(self.model)]

    def _entry_cell(self, row) -> Cell:
        note = _("head") if self.noun == OF_REASON and not row.head else ""
        if not can(self.request.user, Can.EXITS_DEFINE) or row.standing == Standing.EARLIER:
            return Cell(str(row), note=note)
        return Cell(str(row), reverse(f"exits:{self.noun}-change", args=[row.pk]), note)

    @staticmethod
    def _standing(row) -> str:
        return str(Standing(row.standing).label)

    def _standing_cell(self, row) -> Cell:
        until = ""
        if row.ends_on and not self.with_earlier:
            until = _("until %(day)s") % {"day": in_words(row.ends_on, "date")}
        return Cell(note=until, status=MARKS.get(row.standing, ""), words=self._standing(row))

    @staticmethod
    def _languages(row) -> str:
        return ", ".join(language_name(code) for code in row.words)


class TypeEntryList(EntryList, views.TableList):
    needs = Can.EXITS_VIEW
    model = LeaverType
    noun = OF_TYPE
    table_name = gettext_lazy("Types of leavers")
    first_label = gettext_lazy("Type of leaver")
    sentence = gettext_lazy("Staff choose one of these when they confirm an exit.")
    none = gettext_lazy("No type of leaver yet")
    none_words = gettext_lazy(
        "An exit is confirmed by choosing a type, such as “resting” or “moved away”. Add the first."
    )

    def own_columns(self):
        return [
            field(_("Usual initiative"), "initiative", value=lambda row: row.get_initiative_display()),
            field(_("Usual tone"), "tone", value=lambda row: row.get_tone_display()),
        ]

    def uses(self):
        counted = reference.confirmations(self.request.user)
        return [uses_column(_("Confirmed exits"), "exits", counted)]


class ReasonEntryList(EntryList, views.TableList):
    needs = Can.EXITS_VIEW
    model = Reason
    noun = OF_REASON
    table_name = gettext_lazy("Reasons for leaving")
    first_label = gettext_lazy("Reason")
    sentence = gettext_lazy(
        "Clients who leave choose from these, in their own language; staff name the same, as they see it."
    )
    none = gettext_lazy("No reason for leaving yet")
    none_words = gettext_lazy(
        "Add a head, such as “product”, then the reasons under it, such as “loan too small”."
    )

    @cached_property
    def heads(self) -> dict[str, str]:
        rows = Reason.objects.filter(head="").order_by("starts_on", "pk")
        return {row.code: str(row) for row in rows}

    def own_columns(self):
        return [
            field(_("Stands under"), "head", value=lambda row: self.heads.get(row.head, row.head)),
        ]

    def uses(self):
        user = self.request.user
        told, seen = reference.named_by_clients(user), reference.named_by_staff(user)
        return [
            uses_column(_("Interviews"), "interviews", told),
            uses_column(_("Named by staff"), "by_staff", seen),
        ]


def about_list(noun: str) -> dict:
    """Which list an entry is of."""
    name = TypeEntryList.table_name if noun == OF_TYPE else ReasonEntryList.table_name
    return {"kicker": name, "list_url": reverse(f"exits:{noun}-list")}


class EntryAdd:
    template_name = "exits/entry_form.html"
    noun: str

    def get_form_kwargs(self):
        return {"data": super().get_form_kwargs().get("data")}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | about_list(self.noun) | {"title": self.title}

    def form_valid(self, form):
        try:
            entry = actions.add_entry(kind=form.kind, by=self.request.user, **form.said())
        except ValidationError as refused:
            form.add_error(None, ValidationError(refused.messages))
            return self.form_invalid(form)
        messages.success(self.request, _("“%(entry)s” is in the list.") % {"entry": entry})
        return redirect(f"exits:{self.noun}-list")


class TypeEntryAdd(EntryAdd, views.FormView):
    needs = Can.EXITS_DEFINE
    form_class = TypeForm
    noun = OF_TYPE
    title = gettext_lazy("Which type of leaver is missing?")


class ReasonEntryAdd(EntryAdd, views.FormView):
    needs = Can.EXITS_DEFINE
    form_class = ReasonAddForm
    noun = OF_REASON
    title = gettext_lazy("Which reason is missing?")


class EntryChange(Edited):
    """Other words from a day on; all words until now; its place; withdrawing it and bringing it back."""

    template_name = "exits/entry_form.html"
    edit_verbs = ("list.added", "list.reworded", "list.withdrawn", "list.brought_back")
    noun: str

    def decide(self):
        super().decide()
        latest = self.latest()
        return None if latest == self.object else redirect(f"exits:{self.noun}-change", latest.pk)

    def latest(self):
        return reference.wordings(self.object).first()

    def address(self):
        return reverse(f"exits:{self.noun}-change", args=[self.object.pk])

    def form(self, data=None):
        return self.form_class(data, entry=self.object)

    def save(self, form, version):
        entry = actions.reword_entry(entry=self.object, version=version, by=self.request.user, **form.said())
        messages.success(self.request, _("The list says “%(entry)s”.") % {"entry": entry})
        return redirect(f"exits:{self.noun}-list")

    def get_context_data(self, **kwargs):
        doing = ("withdraw", "bring-back", "move")
        today = timezone.localdate()
        return super().get_context_data(**kwargs) | {
            "title": str(self.object),
            **about_list(self.noun),
            "wordings": [(row, self.words_of(row)) for row in reference.wordings(self.object)],
            "withdraw_form": WithdrawForm(initial={"ends_on": max(today, self.object.starts_on)}),
            "is_over": self.object.ends_on is not None and self.object.ends_on <= today,
            "has_reasons": reference.under(self.object).exists(),
            "urls": {
                name.replace("-", "_"): reverse(f"exits:{self.noun}-{name}", args=[self.object.pk])
                for name in doing
            },
        }

    @staticmethod
    def words_of(row) -> list[tuple[str, str, str]]:
        return [(code, language_name(code), text) for code, text in row.words.items()]


class TypeEntryChange(EntryChange, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = LeaverType
    form_class = TypeForm
    noun = OF_TYPE


class ReasonEntryChange(EntryChange, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = Reason
    form_class = ReasonEntryForm
    noun = OF_REASON


def version_in(sent) -> int:
    """Stale where it is no version."""
    version = sent.get("version", "")
    if not (version.isascii() and version.isdecimal() and len(version) < 10):
        raise Stale
    return int(version)


class EntryDone:
    """A button of the entry's page: ``do(entry, version)`` says what was done, or refuses."""

    http_method_names = ["post"]
    noun: str

    def post(self, request, *args, **kwargs):
        entry = self.get_object()
        try:
            messages.success(request, self.do(entry, version_in(request.POST)))
        except Stale:
            messages.error(request, _("Somebody changed this entry meanwhile. Look at it again."))
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            return redirect(f"exits:{self.noun}-list")
        return redirect(f"exits:{self.noun}-change", entry.pk)


class EntryWithdraw(EntryDone):
    def do(self, entry, version):
        form = WithdrawForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("Choose from which day it is offered no more."))
        actions.withdraw_entry(entry=entry, version=version, by=self.request.user, **form.cleaned_data)
        return _("“%(entry)s” is withdrawn.") % {"entry": entry}


class TypeEntryWithdraw(EntryWithdraw, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = LeaverType
    noun = OF_TYPE


class ReasonEntryWithdraw(EntryWithdraw, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = Reason
    noun = OF_REASON


class EntryBringBack(EntryDone):
    def do(self, entry, version):
        actions.bring_back_entry(entry=entry, version=version, by=self.request.user)
        return _("“%(entry)s” is offered again.") % {"entry": entry}


class TypeEntryBringBack(EntryBringBack, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = LeaverType
    noun = OF_TYPE


class ReasonEntryBringBack(EntryBringBack, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = Reason
    noun = OF_REASON


class EntryMove:
    http_method_names = ["post"]
    noun: str

    def post(self, request, *args, **kwargs):
        entry = self.get_object()
        actions.move_entry(entry=entry, up=bool(request.POST.get("up")), by=request.user)
        return redirect(f"exits:{self.noun}-change", entry.pk)


class TypeEntryMove(EntryMove, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = LeaverType
    noun = OF_TYPE


class ReasonEntryMove(EntryMove, views.DetailView):
    needs = Can.EXITS_DEFINE
    model = Reason
    noun = OF_REASON
