"""What is done to the institution's own lists."""

from django.utils import timezone

from exits import actions
from exits.models import Reason


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
        actions.add_entry(kind=Reason, words={"en": "y"}, starts_on=today, by=by)

    def reword(by):
        said = {"words": {"en": "z"}, "starts_on": today}
        actions.reword_entry(entry=entry(), version=1, by=by, **said)

    def withdraw(by):
        actions.withdraw_entry(entry=entry(), version=1, ends_on=today, by=by)

    def bring_back(by):
        actions.bring_back_entry(entry=entry(ends_on=today), version=1, by=by)

    def move(by):
        moved, _after = entry(), entry()
        actions.move_entry(entry=moved, up=False, by=by)

    return {
        "exits.add_entry": (add, "list.added"),
        "exits.reword_entry": (reword, "list.reworded"),
        "exits.withdraw_entry": (withdraw, "list.withdrawn"),
        "exits.bring_back_entry": (bring_back, "list.brought_back"),
        "exits.move_entry": (move, "list.moved"),
    }
