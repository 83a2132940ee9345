"""Words that come back in the file of their list: first what would change, and the writing when confirmed."""

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.methods.names import fold
from exits import actions
from exits.forms.taken_words import EntryComparison, InterviewComparison
from exits.forms.word_files import DatedWordFileForm, WordFileForm
from exits.views.reference import ReasonEntryList, ReasonsForLeaving, TypeEntryList, TypesOfLeavers
from exits.views.wording import WordingList
from spm import reference_edits, upload_limit, views
from spm.access import Can
from spm.models.versioned import Stale
from spm.numbers import count_words

SALT = "words of a file"
GOOD_FOR = dt.timedelta(hours=12)


class WordsTake:
    """Goes before `FormView`. Until it is confirmed nothing is kept: what was read goes along in the page,
    sealed and for its reader alone, and is compared once more with what is in force when it comes back.
    """

    template_name = "exits/words_take.html"
    form_class = WordFileForm
    # The list that the file was taken from, and where it stands.
    listed: type[views.TableList]
    table_name: str
    routes: str

    def comparing(self):
        raise NotImplementedError

    def write(self, plan: dict) -> None:
        """Keep what was confirmed. ValidationError or Stale where the list has changed since."""
        raise NotImplementedError

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"headers": self.headers(), "comparing": self.comparing}

    def headers(self) -> dict[str, str]:
        """What the list's own file calls its columns, in each language of the interface and for software."""
        if self.request.method != "POST":
            return {}
        listed, found = self.listed(), {}
        listed.setup(self.request)
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                for column in listed.get_columns():
                    found.setdefault(fold(str(column.header)), column.software_name)
                    found.setdefault(fold(column.software_name), column.software_name)
        return found

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        if upload_limit.was_stopped(self.request):
            form.fields["file"].error_messages["required"] = upload_limit.words()
        return form

    def get_context_data(self, **kwargs):
        list_url = reverse(f"{self.routes}-list")
        return super().get_context_data(**kwargs) | {"kicker": self.table_name, "list_url": list_url}

    def post(self, request, *args, **kwargs):
        if "plan" in request.POST:
            return self.take(request.POST["plan"])
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        compared = form.compared
        shown = {"flaws": compared.flaws} if compared.flaws else {"changes": compared.changes}
        if not compared.flaws:
            day = form.cleaned_data.get("starts_on")
            plan = {"said": compared.said, "day": day and day.isoformat()} | self.seal()
            shown |= {
                "plan": signing.dumps(plan, salt=SALT, compress=True),
                "day": day,
                "count_words": change_words(len(compared.changes)),
            }
        return self.render_to_response(self.get_context_data(form=form, **shown))

    def seal(self) -> dict:
        return {"by": self.request.user.pk, "list": self.routes}

    def take(self, sealed: str):
        try:
            plan = signing.loads(sealed, salt=SALT, max_age=GOOD_FOR)
            if plan.items() >= self.seal().items():
                self.write(plan)
                messages.success(self.request, _("The words of the file are in the list."))
                return redirect(f"{self.routes}-list")
            why = ""
        except ValidationError as refused:
            why = " ".join(refused.messages)
        except (Stale, signing.BadSignature):
            why = ""
        messages.error(
            self.request, why or _("The list has changed since you sent the file. Send it once more.")
        )
        return redirect(f"{self.routes}-take")


def change_words(n: int) -> str:
    return ngettext("%(n)s text changes", "%(n)s texts change", n) % {"n": count_words(n)}


class WordingTake(WordsTake, views.FormView):
    needs = Can.EXITS_DEFINE
    listed = WordingList
    table_name = gettext_lazy("Words of the interview")
    routes = "exits:wording"

    def comparing(self):
        return InterviewComparison()

    def write(self, plan):
        said = {language: tuple(made) for language, made in plan["said"].items()}
        actions.take_interview_words(said=said, by=self.request.user)


class EntryWordsTake(WordsTake):
    form_class = DatedWordFileForm

    def comparing(self):
        return EntryComparison(self.listed.model)

    def write(self, plan):
        said = {int(pk): tuple(made) for pk, made in plan["said"].items()}
        day = dt.date.fromisoformat(plan["day"])
        reference_edits.reword_entries(kind=self.listed.model, said=said, starts_on=day, by=self.request.user)


class TypeEntryTake(TypesOfLeavers, EntryWordsTake, views.FormView):
    needs = Can.EXITS_DEFINE
    listed = TypeEntryList


class ReasonEntryTake(ReasonsForLeaving, EntryWordsTake, views.FormView):
    needs = Can.EXITS_DEFINE
    listed = ReasonEntryList
