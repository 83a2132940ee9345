"""What is done to the institution's own lists and to people who left."""

import datetime as dt

from django.utils import timezone

from exits import actions
from exits.models import LeaverType, Reason
from spm import reference_edits
from tests.factories import ClientFactory, UserFactory


def steps_with_lists() -> dict:
    """Each action on the lists, as a function of its author, and the verb of its line in the trail."""
    today = timezone.localdate()

    def entry(**listed):
        place = Reason.objects.count() + 1
        given = {"code": f"e{place}", "words": {"en": f"e{place}"}, "starts_on": "2020-01-01"} | listed
        row = Reason.objects.create(position=place, **given)
        row.refresh_from_db()
        return row

    def add(by):
        reference_edits.add_entry(kind=Reason, words={"en": "y"}, starts_on=today, by=by)

    def reword(by):
        said = {"words": {"en": "z"}, "starts_on": today}
        reference_edits.reword_entry(entry=entry(), version=1, by=by, **said)

    def reword_many(by):
        said = {entry().pk: (1, {"en": "w"})}
        reference_edits.reword_entries(kind=Reason, said=said, starts_on=today, by=by)

    def withdraw(by):
        reference_edits.withdraw_entry(entry=entry(), version=1, ends_on=today, by=by)

    def bring_back(by):
        reference_edits.bring_back_entry(entry=entry(ends_on=today), version=1, by=by)

    def move(by):
        moved, _after = entry(), entry()
        reference_edits.move_entry(entry=moved, up=False, by=by)

    return {
        "spm.add_entry": (add, "list.added"),
        "spm.reword_entry": (reword, "list.reworded"),
        "spm.reword_entries": (reword_many, "list.words_taken"),
        "spm.withdraw_entry": (withdraw, "list.withdrawn"),
        "spm.bring_back_entry": (bring_back, "list.brought_back"),
        "spm.move_entry": (move, "list.moved"),
    }


def steps_with_leavers() -> dict:
    """The actions on people who left, likewise."""
    staff = UserFactory()

    def of_leaver():
        """Whom it is about, since when, and why."""
        why = Reason.objects.create(code=f"r{Reason.objects.count()}", starts_on="2020-01-01")
        stay = {"client": ClientFactory(), "start": dt.date(2025, 1, 1), "at": timezone.now()}
        return stay, why

    def kind():
        given = {"starts_on": "2020-01-01", "initiative": "mfi", "tone": "negative"}
        return LeaverType.objects.create(code=f"t{LeaverType.objects.count()}", **given)

    def confirm(by):
        stay, _why = of_leaver()
        return actions.confirm_exit(**stay, leaver_type=kind(), by=by)

    def change(by):
        confirmed = confirm(staff)
        actions.change_exit(confirmed=confirmed, version=1, leaver_type=kind(), by=by)

    def interview(by):
        stay, why = of_leaver()
        actions.record_interview(**stay, consent=True, primary=why, by=by)

    return {
        "exits.confirm_exit": (confirm, "exit.confirmed"),
        "exits.change_exit": (change, "exit.changed"),
        "exits.record_interview": (interview, "interview.recorded"),
    }
