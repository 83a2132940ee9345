"""What can be done with a complaint: a form for each, over the complaint as it is."""

from django import forms
from django.core.validators import MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Office, Officer
from feedback.models import Category, Complaint, Sensitivity, Severity
from feedback.queries.handling import colleagues, people_for
from spm.access import Can
from spm.forms import CrispyMixin
from spm.models import User

AS_USUAL = gettext_lazy("Leave it open for what is usual with the category.")
LONG = {"rows": 4}


class StepForm(CrispyMixin, forms.Form):
    """``verb``: the words of its button; ``action``: which of `feedback.actions`."""

    verb: str
    action: str

    def __init__(self, *args, complaint: Complaint, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.complaint, self.user = complaint, user
        self.offer()

    def offer(self) -> None:
        """Fill in what there is to choose from."""


def note_field(label, *, required=False):
    return forms.CharField(label=label, required=required, max_length=2000, widget=forms.Textarea(attrs=LONG))


class SortForm(StepForm):
    verb, action = gettext_lazy("Sort it"), "sort_complaint"
    category = forms.ModelChoiceField(Category.objects.none(), label=gettext_lazy("What is it about?"))
    severity = forms.TypedChoiceField(
        label=gettext_lazy("How severe is it?"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", gettext_lazy("As usual")), *Severity.choices],
        help_text=AS_USUAL,
    )
    sensitivity = forms.TypedChoiceField(
        label=gettext_lazy("Who may read it?"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", gettext_lazy("As usual")), *Sensitivity.choices],
        help_text=gettext_lazy("As many as the category says, or fewer."),
    )
    about_officer = forms.ModelChoiceField(
        Officer.objects.none(), label=gettext_lazy("Is it about a field officer?"), required=False
    )
    about_user = forms.ModelChoiceField(
        User.objects.none(), label=gettext_lazy("Is it about somebody else of the staff?"), required=False
    )
    about_office = forms.ModelChoiceField(
        Office.objects.none(),
        label=gettext_lazy("Or about somebody of this office?"),
        required=False,
        help_text=gettext_lazy("Whom it names does not read it, nor does a manager of their line."),
    )

    def offer(self):
        row, today = self.complaint, timezone.localdate()
        self.fields["category"].queryset = Category.objects.visible_to(self.user).in_force(today)
        self.fields["about_officer"].queryset = Officer.objects.visible_to(self.user, Can.COMPLAINTS_HANDLE)
        self.fields["about_user"].queryset = colleagues(row, self.user)
        offices = Office.objects.visible_to(self.user, Can.COMPLAINTS_HANDLE)
        self.fields["about_office"].queryset = offices.order_by("path")
        if row.category_id:
            self.initial |= {"category": row.category_id, "severity": row.severity}
            self.initial |= {"sensitivity": row.sensitivity, "about_officer": row.about_officer_id}
            self.initial |= {"about_user": row.about_user_id}
            if row.about_path and not row.about_user_id:
                self.initial["about_office"] = offices.filter(path=row.about_path).first()


class AssignForm(StepForm):
    verb, action = gettext_lazy("Give it to somebody"), "assign"
    to = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("To whom?"))

    def offer(self):
        may = [user.pk for user in people_for(self.complaint)]
        self.fields["to"].queryset = colleagues(self.complaint, self.user).filter(pk__in=may)
        self.initial["to"] = self.complaint.handler_id


class InterimForm(StepForm):
    verb, action = gettext_lazy("Interim reply sent"), "send_interim"
    note = note_field(gettext_lazy("What was said?"))


class EscalateForm(StepForm):
    verb, action = gettext_lazy("Hand it on to the next level"), "escalate"
    note = note_field(gettext_lazy("Why?"))


class ResolveForm(StepForm):
    verb, action = gettext_lazy("Decide"), "resolve"
    outcome = forms.ChoiceField(
        label=gettext_lazy("Was it justified?"), choices=Complaint.Finding, widget=forms.RadioSelect
    )
    resolution = forms.CharField(
        label=gettext_lazy("What was decided?"), max_length=4000, widget=forms.Textarea(attrs=LONG)
    )
    compensation = forms.DecimalField(
        label=gettext_lazy("Compensation"),
        max_digits=14,
        decimal_places=2,
        required=False,
        validators=[MinValueValidator(0)],
    )

    def offer(self):
        self.initial |= {
            "resolution": self.complaint.resolution,
            "compensation": self.complaint.compensation,
        }


class ResumeForm(StepForm):
    verb, action = gettext_lazy("Take it up again"), "resume"
    note = note_field(gettext_lazy("Why?"), required=True)


class TellForm(StepForm):
    verb, action = gettext_lazy("The client was told"), "tell"
    told_on = forms.DateField(
        label=gettext_lazy("When?"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    told_how = forms.CharField(label=gettext_lazy("How?"), max_length=200)
    accepted = forms.ChoiceField(
        label=gettext_lazy("Does the client accept it?"),
        choices=[("", gettext_lazy("Not asked")), *Complaint.Answer.choices],
        required=False,
    )
    satisfied = forms.ChoiceField(
        label=gettext_lazy("Is the client satisfied with the handling?"),
        choices=[("", gettext_lazy("Not asked")), *Complaint.Answer.choices],
        required=False,
    )

    def offer(self):
        said = ("told_on", "told_how", "accepted", "satisfied")
        self.initial |= {name: getattr(self.complaint, name) for name in said}

    def clean_told_on(self):
        day = self.cleaned_data["told_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day


class CloseForm(StepForm):
    verb, action = gettext_lazy("Close it"), "close"
    note = note_field(gettext_lazy("If the client was not told: why not?"))


class ReopenForm(StepForm):
    verb, action = gettext_lazy("Reopen it"), "reopen"
    note = note_field(gettext_lazy("Why?"), required=True)


class AppealForm(StepForm):
    verb, action = gettext_lazy("The client appeals"), "appeal"
    note = note_field(gettext_lazy("What does the client say?"), required=True)


class NoteForm(StepForm):
    verb, action = gettext_lazy("Add a note"), "add_note"
    note = note_field(gettext_lazy("Note"), required=True)


# By the verb of `feedback.methods.handling`.
STEPS: dict[str, type[StepForm]] = {
    "sort": SortForm,
    "assign": AssignForm,
    "interim": InterimForm,
    "escalate": EscalateForm,
    "resolve": ResolveForm,
    "resume": ResumeForm,
    "tell": TellForm,
    "close": CloseForm,
    "reopen": ReopenForm,
    "appeal": AppealForm,
    "note": NoteForm,
}
