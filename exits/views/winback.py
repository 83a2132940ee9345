"""Whom to call back, and what came of it."""

from collections import namedtuple
from functools import cached_property
from operator import attrgetter

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exits.forms import WinBackFilterForm
from exits.methods import wilson
from exits.models import LeaverType, Reason, Spell
from exits.queries.winback import Outcome, WinBack, in_turn, outcome_of, winback, with_winback, won_back
from exits.views.analyses.base import interval, ways
from exits.views.lists import FIRST, Listed
from spm import views
from spm.access import Can
from spm.numbers import count_words, share_words
from spm.tables import Cell, Column, field, in_words

MARKS = {
    Outcome.TO_CALL: "wait",
    Outcome.NOT_REACHED: "wait",
    Outcome.RETURNS: "ok",
    Outcome.BACK: "ok",
}
SAID = ("said_type", "asked_callback", "reason")
DONE = ("called_at", "called_result", "called_next_on", "back_on")
WinBackRow = namedtuple("WinBackRow", [*FIRST, "loan", "left_on", *SAID, *DONE])


class WinBackList(Listed, views.TableList):
    """Who left and may be won back, in the order of calling; a new loan is found in the records."""

    needs = Can.EXITS_CONTACT
    model = Spell
    form_class = WinBackFilterForm
    table_name = gettext_lazy("Win-back list")
    row = WinBackRow
    paths = {"loan": "last_loan__external_id"}

    def counted(self):
        chosen = self.selection.address.get("outcome", "")
        return in_turn(winback(self.request.user, self.only, self.build, outcome=chosen))

    def by_key(self):
        return with_winback(super().by_key())

    @cached_property
    def won(self) -> WinBack:
        """Of the list, whatever result is looked at."""
        return won_back(winback(self.request.user, self.only, self.build))

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs) | {
            "analyses": ways(self.request),
            "heading": _("Whom may we win back?"),
            "sentence": _(
                "These clients left by their own choice and agreed that we get in touch: they asked for a"
                " call, or would come back. A new loan is found in the records by itself."
            ),
            "none": _("Nobody to win back"),
            "none_words": _(
                "Whoever asks for a call in the exit interview, or would come back and agrees to be"
                " contacted, stands here. Choose a longer period, or ask more of those who left."
            ),
            "figures_note": _(
                "Called are those whom somebody called or visited after the interview and before a new loan,"
                " reached or not. This is no experiment: who is called first wished it most, so the"
                " difference is not the effect of the call alone."
            ),
            "clear_url": self.request.path,
        }
        return context | ({"figures": self.figures()} if self.build else {})

    def figures(self) -> list[dict]:
        won = self.won
        if not won.n:
            return []
        note = _("%(share)s of the list") % {"share": share_words(won.called / won.n, 0)}
        return [
            {"label": _("On the list"), "value": count_words(won.n)},
            {"label": _("Called or visited"), "value": count_words(won.called), "note": note},
            share_figure(_("Came back, of those called"), won.called_back, won.called),
            share_figure(_("Came back, of the others"), won.others_back, won.others),
        ]

    def about(self):
        return super().about() + [(figure["label"], said(figure)) for figure in self.figures()]

    def count_in_words(self, n):
        return ngettext("%(n)s client", "%(n)s clients", n) % {"n": count_words(n)}

    @cached_property
    def reasons(self) -> dict[int, str]:
        return {row.pk: str(row) for row in Reason.objects.visible_to(self.request.user)}

    @cached_property
    def types(self) -> dict[int, str]:
        return {row.pk: str(row) for row in LeaverType.objects.visible_to(self.request.user)}

    def get_columns(self):
        return [
            *self.client_columns(),
            Column(_("Last loan"), code="loan", value=attrgetter("loan")),
            field(_("Left on"), "left_on", "date", cell=self._left_cell),
            Column(_("Days since"), "count", code="days_since", value=self._days_since, on_screen=False),
            Column(_("Wish"), code="wish", value=wish_words, order="asked_callback"),
            Column(_("Type of leaver"), code="type", value=self._type, on_screen=False),
            Column(_("Main reason"), code="reason", value=lambda row: self.reasons.get(row.reason)),
            Column(_("Result"), code="result", value=outcome_words, cell=self._result_cell),
            Column(_("Last call"), "date", code="last_call", value=called_on, on_screen=False),
            Column(_("Next call"), "date", code="next_call", value=next_call, on_screen=False),
            Column(_("New loan on"), "date", code="new_loan_on", value=new_loan_on, on_screen=False),
        ]

    def _days_since(self, row) -> int:
        return (self.build.as_of - row.left_on).days

    def _type(self, row) -> str | None:
        return self.types.get(row.said_type)

    def _left_cell(self, row) -> Cell:
        days = self._days_since(row)
        words = ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": count_words(days)}
        return Cell(in_words(row.left_on, "date"), note=words)

    def _result_cell(self, row) -> Cell:
        outcome = outcome_of(row)
        marked = {"status": MARKS.get(outcome, ""), "words": outcome_words(row)}
        if outcome == Outcome.BACK:
            return Cell(in_words(row.back_on, "date"), **marked)
        url = reverse("exits:contact-add", query={"client": row.client.external_id})
        day = in_words(called_on(row), "date") if row.called_at else ""
        return Cell(_("Record a call"), url, day, **marked)


next_call, new_loan_on = attrgetter("called_next_on"), attrgetter("back_on")


def called_on(row):
    return localtime(row.called_at).date() if row.called_at else None


def outcome_words(row) -> str:
    return str(outcome_of(row).label)


def wish_words(row) -> str:
    return _("Asked for a call") if row.asked_callback else _("Would come back")


def said(figure: dict) -> str:
    return f"{figure['value']} ({figure['note']})" if figure.get("note") else figure["value"]


def share_figure(label: str, n: int, of: int) -> dict:
    """A share with how many it is of and its 95 % interval."""
    if not of:
        return {"label": label, "value": "–", "note": _("nobody yet")}
    told = {"n": count_words(n), "of": count_words(of), "interval": interval(*wilson(n, of))}
    note = _("%(n)s of %(of)s, 95 %% interval %(interval)s") % told
    return {"label": label, "value": share_words(n / of, 0), "note": note}
