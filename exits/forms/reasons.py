"""Choosing types of leavers and reasons from the institution's own lists."""

from django import forms
from django.conf import settings
from django.utils import timezone

from exits.models import LeaverType, Reason
from exits.queries.reference import Group, leaver_types, reasons_by_head
from spm.forms import NOTHING_CHOSEN
from spm.worded import language_name

# Offered is what is in force; taken is what ever was, as a phone may have kept the list for days.
ANY_REASON, ANY_TYPE = Reason.objects.all(), LeaverType.objects.all()


def reason_choices(groups: list[Group]) -> list:
    """As Django takes them, under their heads."""
    found = []
    for group in groups:
        named = [(row.pk, str(row)) for row in group.reasons]
        found += [(str(group.head), named)] if group.head else named
    return found


class ReasonForm:
    """Put it before the form's base; ``offer_reasons`` fills the fields of reasons, from one query."""

    def offer_reasons(self, *names: str) -> list[Group]:
        groups = reasons_by_head(timezone.localdate())
        choices = reason_choices(groups)
        for name in names:
            field = self.fields[name]
            field.queryset = ANY_REASON.all()
            is_many = isinstance(field, forms.ModelMultipleChoiceField)
            field.choices = choices if is_many else [("", NOTHING_CHOSEN), *choices]
        return groups

    def offer_types(self, name: str) -> list[LeaverType]:
        types = leaver_types(timezone.localdate())
        self.fields[name].queryset = ANY_TYPE.all()
        self.fields[name].choices = [(row.pk, str(row)) for row in types]
        return types


def language_choices(groups: list[Group]) -> list[tuple[str, str]]:
    """The languages of the interface, and every other one that a reason is worded in."""
    codes = [code for code, _name in settings.LANGUAGES]
    codes += [code for group in groups for row in group.reasons for code in row.words]
    return [(code, language_name(code)) for code in dict.fromkeys(codes)]


def words_of(groups: list[Group]) -> dict:
    """All words of the reasons, for a page that changes language without a connection."""
    return {
        "heads": [group.head.words for group in groups if group.head],
        "reasons": {row.pk: row.words for group in groups for row in group.reasons},
    }
