"""What is asked of somebody who left, and what is skipped."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from exits.forms.reasons import ANY_REASON, ReasonForm, language_choices, words_of
from exits.models import ExitInterview
from exits.queries.interviews import OwnOfficer, ToAsk, assigned, to_ask
from exits.queries.reference import OF_ANOTHER_LENDER, OTHER
from exits.queries.wording import words_in_force
from spm.forms import NOTHING_CHOSEN, CrispyMixin

YES, NO = "yes", "no"
REASONS = ("primary", "first", "contributing")
COMPETITOR = ("competitor", "competitor_product", "competitor_better")
RADIOS = ("initiative", "repayment", "paid_with", "savings_use", "income", "would_return")
# Beside these nothing of a form without consent is kept, not even as it was sent.
WITHOUT_CONSENT = frozenset({"client", "consent"})
NOT_READ_OUT = frozenset({"language", "place"})
SPOKEN_ANSWERS = ("consent", *RADIOS)
TEXTS = ("loan_use", "benefits", "meetings", "change", "complaint")


def read_out() -> dict[str, str]:
    """What is read out to the client, in the page's language: each question by its name, and each answer to
    choose from by ``question-answer``.
    """
    words = {}
    for name, field in InterviewForm.base_fields.items():
        if name not in NOT_READ_OUT:
            words[name] = str(field.label)
        if name in SPOKEN_ANSWERS:
            words |= {f"{name}-{value}": str(answer) for value, answer in field.choices if value}
    return words


def told_apart(key: str, words: dict[str, str]) -> str:
    """A question, or an answer behind its question: many questions are answered by yes."""
    question, dash, _answer = key.partition("-")
    return f"{words[question]} · {words[key]}" if dash else words[key]


class Interviewed(forms.CharField):
    """Whom the user may ask, by number (`ToAsk`)."""

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self, value) -> ToAsk:
        try:
            asked = to_ask(self.user, super().clean(value).strip(), among=assigned)
        except OwnOfficer:
            raise ValidationError(
                _("Somebody else asks this client, as you look after them yourself.")
            ) from None
        if asked is None:
            raise ValidationError(_("You have nobody to ask with this number."))
        return asked


class InterviewForm(ReasonForm, CrispyMixin, forms.ModelForm):
    consent = forms.TypedChoiceField(
        label=gettext_lazy("Does the person agree to be asked, and that we keep the answers?"),
        choices=[(YES, gettext_lazy("Yes")), (NO, gettext_lazy("No"))],
        coerce=lambda said: said == YES,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    primary = forms.ModelChoiceField(
        ANY_REASON, label=gettext_lazy("What is the main reason for leaving?"), required=False
    )
    first = forms.ModelChoiceField(
        ANY_REASON, label=gettext_lazy("What happened first, before all else?"), required=False
    )
    contributing = forms.ModelMultipleChoiceField(
        ANY_REASON,
        label=gettext_lazy("What added to it?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    other = forms.CharField(
        label=gettext_lazy("Which other reason, in the person's words?"), max_length=200, required=False
    )
    other_lender = forms.BooleanField(
        label=gettext_lazy("The person borrows from another lender"), required=False
    )
    would_recommend = forms.TypedChoiceField(
        label=gettext_lazy("Would the person recommend us? 0 is never, 10 is for sure."),
        choices=[("", NOTHING_CHOSEN), *((str(number), str(number)) for number in range(11))],
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = ExitInterview
        fields = [
            *("consent", "language", "initiative", *COMPETITOR, *TEXTS, "repayment", "income"),
            *("paid_with", "savings_use", "would_return", "would_recommend", "complaint_on", "may_contact"),
            *("callback", "callback_contact", "place"),
        ]
        widgets = {
            **dict.fromkeys(RADIOS, forms.RadioSelect),
            **{name: forms.Textarea(attrs={"rows": 2}) for name in TEXTS},
        }
        labels = {
            "initiative": gettext_lazy("Who wanted it?"),
            "competitor": gettext_lazy("Which lender?"),
            "competitor_product": gettext_lazy("Which product there?"),
            "competitor_better": gettext_lazy("What is better there?"),
            "loan_use": gettext_lazy("What was the loan used for?"),
            "repayment": gettext_lazy("How was repaying it?"),
            "paid_with": gettext_lazy("How was the end of the last loan paid?"),
            "savings_use": gettext_lazy("If savings were taken out: what for?"),
            "income": gettext_lazy("What is the income now, against that before the first loan?"),
            "benefits": gettext_lazy("What was good about it?"),
            "meetings": gettext_lazy("What were the meetings like?"),
            "would_return": gettext_lazy("Would the person come back?"),
            "change": gettext_lazy("What should we change?"),
            "complaint": gettext_lazy("Is there a complaint?"),
            "complaint_on": gettext_lazy("The person wishes us to hand the complaint on"),
            "may_contact": gettext_lazy("The person agrees that we get in touch again"),
            "callback": gettext_lazy("The person wishes to be called back"),
            "callback_contact": gettext_lazy("How do we reach the person?"),
            "place": gettext_lazy("Where did you talk?"),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        number = Interviewed(label=_("Client number"), max_length=100, user=user)
        if self.initial.get("client"):
            number.widget = forms.HiddenInput()
        asked_in = (self.data if self.is_bound else self.initial).get("language")
        self.groups = self.offer_reasons(*REASONS, language=asked_in)
        self.wordings = words_in_force()
        self.languages = language_choices(self.groups, self.wordings)
        language = forms.ChoiceField(
            label=_("In which language do you ask?"),
            choices=self.languages,
            initial=get_language(),
            required=False,
        )
        self.fields = {"client": number} | self.fields | {"language": language}
        for name in RADIOS:
            self.fields[name].choices = [choice for choice in self.fields[name].choices if choice[0]]
        self._read_out(self.wordings.get(asked_in, {}))

    def _read_out(self, words: dict[str, str]):
        """Ask in these words; what is missing among them stays in those of the page."""
        for key, text in words.items():
            name, _dash, answer = key.partition("-")
            if name in self.fields and not answer:
                self.fields[name].label = text
            elif name in self.fields:
                choices = self.fields[name].choices
                self.fields[name].choices = [
                    (value, text if value == answer else said) for value, said in choices
                ]

    @property
    def words(self) -> dict:
        """What the phone needs to ask in another language without a connection."""
        return words_of(self.groups) | {"page": read_out(), "questions": self.wordings}

    @property
    def asked_when(self) -> dict[str, str]:
        """When a part is asked: one of these fields has this answer, or with ! has not (see `asked.js`)."""
        return {
            "answers": f"consent:{YES}",
            "language": f"!consent:{NO}",
            "other": self._mentioned({OTHER}),
            "competitor": f"other_lender:on {self._mentioned(OF_ANOTHER_LENDER)}",
            "complaint": "!complaint:",
            "callback": "callback:on",
        }

    def _mentioned(self, codes) -> str:
        named = [row.pk for group in self.groups for row in group.entries if row.code in codes]
        return " ".join(f"{name}:{pk}" for pk in named for name in REASONS)

    def clean(self):
        """What is not asked is not kept, whatever was sent."""
        cleaned = super().clean()
        if not cleaned.get("consent"):
            for name in self.errors.keys() - WITHOUT_CONSENT:
                del self.errors[name]
            return {name: cleaned[name] for name in cleaned.keys() & WITHOUT_CONSENT}
        reasons = [cleaned.get("primary"), cleaned.get("first"), *(cleaned.get("contributing") or ())]
        codes = {reason.code for reason in reasons if reason}
        if "primary" not in self.errors and cleaned.get("primary") is None:
            self.add_error("primary", _("Choose the main reason."))
        if OTHER not in codes:
            cleaned["other"] = ""
        elif not cleaned.get("other"):
            self.add_error("other", _("Write which reason it is."))
        if not cleaned.pop("other_lender", False) and not codes & OF_ANOTHER_LENDER:
            cleaned |= dict.fromkeys(COMPETITOR, "")
        if not cleaned.get("complaint"):
            cleaned["complaint_on"] = False
        if not cleaned.get("callback"):
            cleaned["callback_contact"] = ""
        elif not cleaned.get("callback_contact"):
            self.add_error("callback_contact", _("Write how to reach the person."))
        return cleaned
