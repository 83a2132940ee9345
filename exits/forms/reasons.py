"""Choosing types of leavers and reasons from the institution's own lists."""

from django import forms
from django.conf import settings
from django.utils import timezone

from exits.models import LeaverType, Reason
from exits.queries.reference import leaver_types
from spm.forms import NOTHING_CHOSEN
from spm.models.reference import Reference
from spm.reference import Group, by_head
from spm.worded import language_name

# Offered is what is in force; taken is what ever was, as a phone may have kept the list for days.
ANY_REASON, ANY_TYPE = Reason.objects.all(), LeaverType.objects.all()


def reason_choices(groups: list[Group], language: str | None = None, recorded: Reason | None = None) -> list:
    """As Django takes them, under their heads; in the language of the page without another. ``recorded`` as
    in `as_recorded`.
    """
    found = []
    for group in groups:
        named = [(row.pk, row.said(language)) for row in as_recorded(group.entries, recorded)]
        found += [(group.head.said(language), named)] if group.head else named
    if recorded and recorded.code not in {row.code for group in groups for row in group.entries}:
        found.append((recorded.pk, recorded.said(language)))
    return found


def as_recorded[Entry: Reference](rows: list[Entry], recorded: Entry | None) -> list[Entry]:
    """The rows on offer, but the entry that a record names already as it was worded then."""
    return [recorded if recorded and row.code == recorded.code else row for row in rows]


class ReasonForm:
    """Put it before the form's base; ``offer_reasons`` fills the fields of reasons, from one query."""

    def offer_reasons(self, *names: str, language: str | None = None) -> list[Group]:
        groups = by_head(Reason, timezone.localdate())
        for name in names:
            field = self.fields[name]
            field.queryset = ANY_REASON.all()
            choices = reason_choices(groups, language, self._recorded(name))
            is_many = isinstance(field, forms.ModelMultipleChoiceField)
            field.choices = choices if is_many else [("", NOTHING_CHOSEN), *choices]
        return groups

    def offer_types(self, name: str) -> list[LeaverType]:
        recorded = self._recorded(name)
        types = as_recorded(leaver_types(timezone.localdate()), recorded)
        if recorded and recorded not in types:
            types.append(recorded)
        self.fields[name].queryset = ANY_TYPE.all()
        self.fields[name].choices = [(row.pk, str(row)) for row in types]
        return types

    def _recorded(self, name: str):
        """What the record says already, which may have been reworded or withdrawn since."""
        return getattr(self.instance, name, None)


def language_choices(groups: list[Group], more=()) -> list[tuple[str, str]]:
    """The languages of the interface, ``more`` of them, and every other one that a reason is worded in."""
    codes = [*(code for code, _name in settings.LANGUAGES), *more]
    codes += [code for group in groups for row in group.entries for code in row.words]
    return [(code, language_name(code)) for code in dict.fromkeys(codes)]


def words_of(groups: list[Group]) -> dict:
    """All words of the reasons, for a page that changes language without a connection."""
    return {
        "heads": [group.head.words for group in groups if group.head],
        "reasons": {row.pk: row.words for group in groups for row in group.entries},
    }
