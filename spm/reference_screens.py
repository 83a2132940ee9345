"""Screens of the institution's own lists, for any kind of entry: an app says which, and who may do what."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from spm import reference, reference_edits, views
from spm.access import Can, can
from spm.editing import Edited
from spm.models.reference import Headed
from spm.models.versioned import Stale
from spm.numbers import count_words
from spm.reference import Standing
from spm.reference_forms import WithdrawForm
from spm.tables import Cell, Column, field, in_words
from spm.worded import language_name

MARKS = {Standing.IN_FORCE: "ok", Standing.PLANNED: "wait"}


def uses_column(label: str, code: str, counted: dict[str, int]) -> Column:
    """How often an entry was used under all its words; said once, beside those of last."""

    def value(row):
        return None if row.standing == Standing.EARLIER else counted.get(row.code, 0)

    return Column(label, "count", code=code, value=value)


class OfList:
    """Which list a screen is of. Those of ``app:noun`` are named ``app:noun-list``, ``app:noun-add``,
    ``-change``, ``-withdraw``, ``-bring-back`` and ``-move``.
    """

    routes: str
    table_name: str
    # What stands above the name, and the template of the ways to what else the institution makes its own.
    kicker: str
    ways: str
    # Who changes the list.
    edits: Can

    def about_list(self) -> dict:
        return {"kicker": self.table_name, "list_url": reverse(f"{self.routes}-list")}


class EntryList(OfList):
    """Each entry once, as it is worded, and what is planned; with ``?earlier=1`` all earlier words too."""

    template_name = "spm/entry_list.html"
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

    @property
    def shows_uses(self) -> bool:
        """May this reader know how often each entry was used?"""
        raise NotImplementedError

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "title": self.table_name,
            "kicker": self.kicker,
            "ways": self.ways,
            "may_edit": can(self.request.user, self.edits),
            "sentence": self.sentence,
            "count_words": self.count_words(context["paginator"].count),
            "none": self.none,
            "none_words": self.none_words,
            "add_url": reverse(f"{self.routes}-add"),
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
        note = _("head") if isinstance(row, Headed) and not row.head else ""
        if not can(self.request.user, self.edits) or row.standing == Standing.EARLIER:
            return Cell(str(row), note=note)
        return Cell(str(row), reverse(f"{self.routes}-change", args=[row.pk]), note)

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


class EntryAdd(OfList):
    template_name = "spm/entry_form.html"

    def get_form_kwargs(self):
        return {"data": super().get_form_kwargs().get("data")}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | self.about_list() | {"title": self.title}

    def form_valid(self, form):
        try:
            entry = reference_edits.add_entry(kind=form.kind, by=self.request.user, **form.said())
        except ValidationError as refused:
            form.add_error(None, ValidationError(refused.messages))
            return self.form_invalid(form)
        messages.success(self.request, _("“%(entry)s” is in the list.") % {"entry": entry})
        return redirect(f"{self.routes}-list")


class EntryChange(OfList, Edited):
    """Other words from a day on; all words until now; its place; withdrawing it and bringing it back."""

    template_name = "spm/entry_form.html"
    edit_verbs = ("list.added", "list.reworded", "list.withdrawn", "list.brought_back")

    def decide(self):
        super().decide()
        latest = self.latest()
        return None if latest == self.object else redirect(f"{self.routes}-change", latest.pk)

    def latest(self):
        return reference.wordings(self.object).first()

    def address(self):
        return reverse(f"{self.routes}-change", args=[self.object.pk])

    def form(self, data=None):
        return self.form_class(data, entry=self.object)

    def save(self, form, version):
        entry = reference_edits.reword_entry(
            entry=self.object, version=version, by=self.request.user, **form.said()
        )
        messages.success(self.request, _("The list says “%(entry)s”.") % {"entry": entry})
        return redirect(f"{self.routes}-list")

    def get_context_data(self, **kwargs):
        doing = ("withdraw", "bring-back", "move")
        today = timezone.localdate()
        return super().get_context_data(**kwargs) | {
            "title": str(self.object),
            **self.about_list(),
            "wordings": [(row, self.words_of(row)) for row in reference.wordings(self.object)],
            "withdraw_form": WithdrawForm(initial={"ends_on": max(today, self.object.starts_on)}),
            "is_over": self.object.ends_on is not None and self.object.ends_on <= today,
            "has_entries": reference.under(self.object).exists(),
            "urls": {
                name.replace("-", "_"): reverse(f"{self.routes}-{name}", args=[self.object.pk])
                for name in doing
            },
        }

    @staticmethod
    def words_of(row) -> list[tuple[str, str, str]]:
        return [(code, language_name(code), text) for code, text in row.words.items()]


def version_in(sent) -> int:
    """Stale where it is no version."""
    version = sent.get("version", "")
    if not (version.isascii() and version.isdecimal() and len(version) < 10):
        raise Stale
    return int(version)


class EntryDone(OfList):
    """A button of the entry's page: ``do(entry, version)`` says what was done, or refuses."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        entry = self.get_object()
        try:
            messages.success(request, self.do(entry, version_in(request.POST)))
        except Stale:
            messages.error(request, _("Somebody changed this entry meanwhile. Look at it again."))
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            return redirect(f"{self.routes}-list")
        return redirect(f"{self.routes}-change", entry.pk)


class EntryWithdraw(EntryDone):
    def do(self, entry, version):
        form = WithdrawForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(_("Choose from which day it is offered no more."))
        reference_edits.withdraw_entry(
            entry=entry, version=version, by=self.request.user, **form.cleaned_data
        )
        return _("“%(entry)s” is withdrawn.") % {"entry": entry}


class EntryBringBack(EntryDone):
    def do(self, entry, version):
        reference_edits.bring_back_entry(entry=entry, version=version, by=self.request.user)
        return _("“%(entry)s” is offered again.") % {"entry": entry}


class EntryMove(OfList):
    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        entry = self.get_object()
        reference_edits.move_entry(entry=entry, up=bool(request.POST.get("up")), by=request.user)
        return redirect(f"{self.routes}-change", entry.pk)
