"""What two people did to one form, field by field."""

import datetime as dt
import json

import pytest
from django import forms
from django.http import QueryDict

from spm import conflicts
from spm.conflicts import Difference


class Plan(forms.Form):
    name = forms.CharField(label="Name", required=False, widget=forms.Textarea)
    day = forms.DateField(label="Day", required=False)
    share = forms.DecimalField(label="Share", required=False)
    open = forms.BooleanField(label="Open", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "Apple"), ("b", "Pear")])
    tags = forms.MultipleChoiceField(label="Tags", choices=[("x", "Ex"), ("y", "Why")], required=False)


WAS = {
    "name": "old",
    "day": dt.date(2026, 1, 2),
    "share": 5,
    "open": False,
    "kind": "a",
    "tags": ["x"],
}


def over(**now):
    return Plan(initial=WAS | now)


def sent(*, seen=None, now_seen=True, **changed):
    """A form that was made from ``WAS``, with changes, as a browser sends it."""
    texts = conflicts.untouched(over()) | changed
    data = QueryDict(mutable=True)
    for name, values in texts.items():
        data.setlist(name, values)
    if now_seen:
        data["seen"] = json.dumps(seen or conflicts.untouched(over()))
    return data


def found(data, **now):
    return conflicts.differences(Plan(data), over(**now), data)


def in_short(differences):
    return {d.name: (d.mine, d.theirs, d.changed_by_me, d.changed_by_them) for d in differences}


def test_a_form_that_nobody_touches_sends_what_it_shows():
    assert conflicts.untouched(over(open=True, day=None)) == {
        "name": ["old"],
        "day": [""],
        "share": ["5"],
        "open": ["on"],
        "kind": ["a"],
        "tags": ["x"],
    }


def test_nothing_differs_where_nobody_changed_anything_or_both_did_the_same():
    assert found(sent()) == []
    assert found(sent(name=["new"]), name="new") == []


def test_other_texts_of_one_value_are_no_difference():
    assert found(sent(share=["5.00"], name=[" old "], tags=["x"])) == []


def test_each_difference_says_whose_it_is_in_words():
    mine = sent(name=["mine"], open=["on"], kind=["b"], tags=["y", "x"])
    assert in_short(found(mine, name="theirs", day=dt.date(2026, 3, 4), share=7)) == {
        "name": ("mine", "theirs", True, True),
        "day": ("2 January 2026", "4 March 2026", False, True),
        "share": ("5", "7", False, True),
        "open": ("yes", "no", True, False),
        "kind": ("Pear", "Apple", True, False),
        "tags": ("Ex, Why", "Ex", True, False),
    }


def test_what_was_empty_and_is_written_by_one_is_theirs_alone():
    data = QueryDict(mutable=True)
    data.update({"share": "3", "seen": json.dumps(conflicts.untouched(Plan()))})
    assert in_short(conflicts.differences(Plan(data), Plan(), data))["share"] == ("3", "", True, False)


@pytest.mark.parametrize("seen", ["{}", "none", "{", "[]", "[" * 20_000, '{"name": 3}'])
def test_without_what_the_editor_saw_every_difference_is_asked(seen):
    data = sent(name=["mine"], now_seen=False)
    data["seen"] = seen
    assert [d.asked for d in found(data)] == [True]


def test_what_only_they_changed_is_theirs_and_all_else_stays_mine():
    data = sent(name=["mine"], open=["on"])
    form, now = Plan(data), over(name="theirs", kind="b")
    merged = conflicts.merged(form, now, conflicts.differences(form, now, data))
    assert merged == conflicts.sent_of(form) | {"kind": ["b"]}


def test_an_answer_takes_mine_or_what_was_seen_as_theirs():
    data = sent(name=["mine"], kind=["b"], seen={"name": ["theirs"], "kind": ["a"]})
    data.setlist("asked", ["name", "kind"])
    data["pick-name"], data["pick-kind"] = "theirs", "mine"
    chosen = conflicts.answered(data)
    assert (chosen.getlist("name"), chosen.getlist("kind")) == (["theirs"], ["b"])
    assert conflicts.unanswered(data) == []


def test_a_question_left_open_is_asked_again():
    seen = conflicts.untouched(over(name="theirs"))
    data = sent(name=["mine"], seen=seen)
    data.setlist("asked", ["name"])
    data["pick-name"] = "either"
    assert conflicts.unanswered(data) == ["name"]
    assert [(d.name, d.asked) for d in found(data, name="theirs")] == [("name", True)]


def test_what_is_no_value_is_shown_as_it_was_typed():
    assert found(sent(share=["a <b> quarter"]))[0] == Difference(
        "share", "Share", "a <b> quarter", "5", changed_by_me=True, changed_by_them=False
    )
