"""The audit trail on the screen: who did and saw what, and whether its chain was whole when last verified."""

import datetime as dt
from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from spm import audit_check, trail, views
from spm.access import Can
from spm.forms import CrispyMixin, QuickSelect
from spm.models import AuditEvent, User
from spm.tables import Column

ALL = ("", gettext_lazy("All"))
NOBODY = "nobody"
CLOCK = gettext_lazy("the clock or a command")
STRANGER = gettext_lazy("somebody not signed in")
BY_STRANGERS = frozenset({"sign_in_failed", "sign_in_stopped", "second_factor.refused"})
UNSIGNED = gettext_lazy("the clock, a command, or somebody not signed in")


class AuditFilter(CrispyMixin, forms.Form):
    """What the audit trail shows; every field may stay empty, and lives in the address of the page."""

    person = forms.ChoiceField(label=gettext_lazy("Who"), required=False, widget=QuickSelect)
    verb = forms.ChoiceField(label=gettext_lazy("What"), required=False, widget=QuickSelect)
    target = forms.ChoiceField(label=gettext_lazy("To what"), required=False, widget=QuickSelect)
    record = forms.CharField(
        label=gettext_lazy("Its number"),
        required=False,
        max_length=36,
        help_text=gettext_lazy("As it stands in the list."),
    )
    since = forms.DateField(
        label=gettext_lazy("From day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("To day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, people: dict[int, str], **kwargs):
        super().__init__(*args, **kwargs)
        named = sorted(
            ((str(pk), name) for pk, name in people.items()), key=lambda choice: choice[1].casefold()
        )
        self.fields["person"].choices = [ALL, *named, (NOBODY, UNSIGNED)]
        self.fields["verb"].choices = [ALL, *_by_words(trail.VERBS)]
        self.fields["target"].choices = [ALL, *_by_words(trail.TARGETS)]

    def chosen(self) -> dict:
        """The valid values; a value that does not fit is left out and shown as an error of its field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def narrow(self, lines):
        """Of these lines those that meet every condition chosen; both days count whole."""
        chosen = self.chosen()
        if person := chosen.get("person"):
            lines = lines.filter(by=None) if person == NOBODY else lines.filter(by=int(person))
        if verb := chosen.get("verb"):
            lines = lines.filter(verb=verb)
        if target := chosen.get("target"):
            exact = f"{target}:{chosen['record']}" if "record" in chosen else target
            lines = lines.filter(target=exact) | lines.filter(target__startswith=f"{exact}:")
        elif record := chosen.get("record"):
            lines = lines.filter(target__endswith=f":{record}")
        if since := chosen.get("since"):
            lines = lines.filter(at__gte=_midnight(since))
        if until := chosen.get("until"):
            lines = lines.filter(at__lt=_midnight(until + dt.timedelta(days=1)))
        return lines

    def chips(self) -> list[dict]:
        """What is chosen, in words."""
        return [
            {"label": self.fields[name].label, "value": self._spoken(name, value)}
            for name, value in self.chosen().items()
        ]

    def _spoken(self, name, value) -> str:
        if isinstance(value, dt.date):
            return date_format(value)
        field = self.fields[name]
        return str(dict(field.choices)[value]) if isinstance(field, forms.ChoiceField) else value


def _by_words(titles: dict) -> list[tuple[str, str]]:
    pairs = [(code, str(words)) for code, words in titles.items()]
    return sorted(pairs, key=lambda pair: pair[1].casefold())


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


class AuditList(views.TableList):
    """Who did what, newest first."""

    needs = Can.AUDIT_VIEW
    model = AuditEvent
    table_name = gettext_lazy("Audit trail")
    # Free text: somebody may type a name.
    personal = frozenset({"record"})

    @cached_property
    def people(self) -> dict[int, str]:
        """The name of each account, by its id: lines hold ids alone."""
        return {user.pk: str(user) for user in User.objects.only("first_name", "last_name", "username")}

    @cached_property
    def form(self) -> AuditFilter:
        return AuditFilter(self.request.GET, people=self.people)

    def get_queryset(self):
        return self.form.narrow(super().get_queryset())

    def get_columns(self):
        return [
            Column(_("Line"), "count", value=lambda event: event.number),
            Column(_("When"), "date", value=lambda event: event.at),
            Column(_("Who"), value=self.who_words),
            Column(_("What"), value=lambda event: event.title),
            Column(_("To what"), value=self.target_words),
            Column(_("Details"), value=self.details_words),
            Column(_("Seal"), value=lambda event: event.digest, on_screen=False),
        ]

    def who_words(self, event) -> str:
        without_name = STRANGER if event.verb in BY_STRANGERS else CLOCK
        return self.people.get(event.by_id, str(without_name))

    def target_words(self, event) -> str:
        label, _colon, key = event.target.rpartition(":")
        name = self.people.get(int(key)) if label == User._meta.label and key.isdecimal() else None
        return f"{event.target_words} ({name})" if name else event.target_words

    def details_words(self, event) -> str:
        account = event.details.get("user")
        name = self.people.get(int(account)) if account and account.isdigit() else None
        words = trail.details_words(event.details | ({"user": name} if name else {}))
        return "; ".join(f"{title}: {said}" for title, said in words)

    def about(self):
        shown = "; ".join(f"{chip['label']} {chip['value']}" for chip in self.form.chips())
        return [(_("Filter"), shown or _("everything"))]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "chips": self.form.chips(),
            "check": audit_check.last_check(),
        }
