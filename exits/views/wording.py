"""In which languages the exit interview is read out, and its words in each."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exits import actions
from exits.forms.interviews import read_out, told_apart
from exits.forms.wording import WordingForm
from exits.models import InterviewWords
from exits.queries.wording import latest_words
from spm import views
from spm.access import Can, can
from spm.tables import Cell, Column
from spm.worded import language_name


class WordingList(views.TableList):
    """Each wording there was; the latest of a language is the one that is read out."""

    needs = Can.EXITS_VIEW
    model = InterviewWords
    template_name = "exits/wording_list.html"
    table_name = gettext_lazy("Words of the interview")

    def get_template_names(self):
        return [f"{self.template_name}#rows" if views.wants_part(self.request) else self.template_name]

    @cached_property
    def in_force(self) -> frozenset[int]:
        rows = self.model.objects.order_by("at", "pk").values_list("language", "pk")
        return frozenset(dict(rows).values())

    def get_columns(self):
        questions = read_out()
        return [
            Column(
                _("Language"),
                code="language",
                value=lambda row: language_name(row.language),
                cell=self._language_cell,
            ),
            Column(_("State"), code="state", value=self._state),
            Column(
                _("In force from"), "date", code="at", value=lambda row: localtime(row.at).date(), order="at"
            ),
            Column(_("Questions and answers"), "count", code="worded", value=lambda row: len(row.words)),
            Column(_("Of how many"), "count", code="of", value=lambda row: len(questions)),
            Column(_("Code"), code="code", value=lambda row: row.language, on_screen=False),
            *(
                Column(
                    told_apart(key, questions),
                    code=key.replace("-", "_"),
                    value=lambda row, key=key: row.words.get(key),
                    on_screen=False,
                )
                for key in questions
            ),
        ]

    def _state(self, row) -> str:
        return _("in force") if row.pk in self.in_force else _("earlier words")

    def _language_cell(self, row) -> Cell:
        name = language_name(row.language)
        if row.pk not in self.in_force or not can(self.request.user, Can.EXITS_DEFINE):
            return Cell(name)
        return Cell(name, reverse("exits:wording-add", query={"language": row.language}))


class WordingAdd(views.FormView):
    """The words in one more language; with ``?language=`` newer ones in one that there is."""

    needs = Can.EXITS_DEFINE
    form_class = WordingForm
    template_name = "exits/wording_add.html"

    @cached_property
    def latest(self) -> InterviewWords | None:
        return latest_words(self.request.GET.get("language", ""))

    def get_form_kwargs(self):
        return {"data": super().get_form_kwargs().get("data"), "latest": self.latest}

    def get_context_data(self, **kwargs):
        name = language_name(self.latest.language) if self.latest else ""
        return super().get_context_data(**kwargs) | {"language": name}

    def form_valid(self, form):
        said = {"language": form.cleaned_data["language"], "after": form.cleaned_data["after"]}
        try:
            actions.word_interview(words=form.words(), by=self.request.user, **said)
        except ValidationError as refused:
            form.add_error(None, ValidationError(refused.messages))
            return self.form_invalid(form)
        name = language_name(said["language"])
        messages.success(self.request, _("The interview is read out in %(language)s.") % {"language": name})
        return redirect("exits:wording-list")
