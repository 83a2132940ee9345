"""Two people edited one record: what a form's fields were, what they are now, what they would become.

Values are kept as a browser sends them: a list of texts for each field's name.
"""

import json
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

Sent = dict[str, list[str]]
MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Difference:
    """A field that somebody changed. ``asked``: both did, each otherwise, so that a person must choose."""

    name: str
    label: str
    mine: str
    theirs: str
    changed_by_me: bool
    changed_by_them: bool
    picked: str = ""

    @property
    def asked(self) -> bool:
        return self.changed_by_me and self.changed_by_them

    @property
    def taken(self) -> str:
        """Whose text stands if nobody is asked, in words."""
        return self.mine if self.changed_by_me else self.theirs


def untouched(form) -> Sent:
    """What a browser sends of the form if nobody touches it."""
    return {name: _untouched(form[name]) for name in form.fields}


def sent_of(form) -> Sent:
    """What was sent of a bound form."""
    return {name: form.data.getlist(form.add_prefix(name)) for name in form.fields}


def differences(form, now, data: QueryDict) -> list[Difference]:
    """Between ``form`` as it was sent by ``data`` and ``now``, the same form over the record as it is.

    A field of which the data do not say what its editor saw, or whose question they leave open, counts as
    changed by both.
    """
    seen, found = seen_in(data), []
    for name in data.getlist("asked") if unanswered(data) else ():
        seen.pop(name, None)
    for name, field in form.fields.items():
        mine, theirs = sent_of(form)[name], _untouched(now[name])
        was = _meaning(field, seen[name]) if name in seen else None
        i_mean, they_mean = _meaning(field, mine), _meaning(field, theirs)
        if i_mean == they_mean:
            continue
        found.append(
            Difference(
                name=name,
                label=str(form[name].label),
                mine=shown(field, mine),
                theirs=shown(field, theirs),
                changed_by_me=name not in seen or i_mean != was,
                changed_by_them=name not in seen or they_mean != was,
                picked=form.data.get(f"pick-{name}", ""),
            )
        )
    return found


def merged(form, now, found: list[Difference]) -> Sent:
    """What the form becomes before anybody chooses: mine, and theirs where only they changed something."""
    theirs = {difference.name for difference in found if not difference.changed_by_me}
    return sent_of(form) | {name: _untouched(now[name]) for name in theirs}


def answered(data: QueryDict) -> QueryDict:
    """The form as its editor chose on the page of differences: theirs is what was seen there."""
    seen, chosen = seen_in(data), data.copy()
    for name in data.getlist("asked"):
        if data.get(f"pick-{name}") == THEIRS and name in seen:
            chosen.setlist(name, seen[name])
    return chosen


def unanswered(data: QueryDict) -> list[str]:
    """Fields about which the page of differences asked without an answer."""
    return [name for name in data.getlist("asked") if data.get(f"pick-{name}") not in {MINE, THEIRS}]


def seen_in(data: QueryDict) -> Sent:
    """What the editor saw, as the form carries it; empty where it is no such thing."""
    try:
        seen = json.loads(data.get("seen", "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(seen, dict):
        return {}
    return {name: [str(text) for text in texts] for name, texts in seen.items() if isinstance(texts, list)}


def shown(field, texts: list[str]) -> str:
    """The value in words, as a page shows it; what is no value of the field is shown as it was typed."""
    try:
        value = _clean(field, texts)
    except ValidationError:
        return ", ".join(texts)
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(field.label_from_instance(row) for row in value)
    if isinstance(field, forms.ModelChoiceField) and value is not None:
        return str(field.label_from_instance(value)).strip()
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, forms.DateField) and value is not None:
        return date_format(value, "DATE_FORMAT")
    if isinstance(field, forms.ChoiceField):
        return ", ".join(str(words) for code, words in field.choices if str(code) in texts and str(code))
    if isinstance(value, int):
        return number_format(value)
    return ", ".join(texts)


def _untouched(bound) -> list[str]:
    widget, value = bound.field.widget, bound.field.prepare_value(bound.initial)
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    said = widget.format_value(value)
    return [str(text) for text in said] if isinstance(said, list) else ["" if said is None else str(said)]


def _clean(field, texts: list[str]):
    data = QueryDict(mutable=True)
    data.setlist("it", texts)
    return field.clean(field.widget.value_from_datadict(data, {}, "it"))


def _meaning(field, texts: list[str]):
    """Two texts that mean the same to the field, such as 5 and 5.0, are no difference."""
    try:
        value = _clean(field, texts)
    except ValidationError:
        return texts
    return sorted(map(str, value)) if isinstance(value, list) else value
