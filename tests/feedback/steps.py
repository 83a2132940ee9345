"""What is done to complaints, for tests that look at all actions."""

from django.utils import timezone

from clients.models import Office
from feedback import actions
from feedback.methods.limits import TEMPLATES
from feedback.models import Category, Complaint
from spm.access import Role
from spm.models import User
from tests.conftest import member


def category(code="delay", **given) -> Category:
    found = Category.objects.filter(code=code).first()
    return found or Category.objects.create(code=code, words={"en": code}, starts_on="2020-01-01", **given)


def receive(**given) -> Complaint:
    said = {"text": "It takes too long.", "channel": "branch", "by": None} | given
    if "office" not in said:
        said["office"] = Office.head()
    return actions.receive_complaint(**said)


def go(complaint, action, **given) -> Complaint:
    """The action upon the complaint as it is now."""
    row = Complaint.objects.select_related("office", "rules", "handler").get(pk=complaint.pk)
    return getattr(actions, action)(complaint=row, version=row.version, **given)


def sorted_one(**given):
    return go(receive(), "sort_complaint", category=category(), by=None, **given)


def resolved_one():
    return go(sorted_one(), "resolve", outcome="upheld", resolution="We are sorry.", by=None)


def closed_one():
    return go(resolved_one(), "close", by=None)


def somebody_of_the_desk() -> User:
    return User.objects.filter(username="of-desk").first() or member("of-desk", Role.DESK, Office.head())


def steps_with_complaints() -> dict:
    """Each action as a function of its author, and the verb of its line in the trail."""
    today = timezone.localdate()
    why = {"note": "Because."}

    def step(ready, action, **given):
        return lambda by: go(ready(), action, by=by, **given)

    return {
        "feedback.receive_complaint": (lambda by: receive(by=by), "complaint.received"),
        "feedback.sort_complaint": (
            lambda by: go(receive(), "sort_complaint", category=category(), by=by),
            "complaint.sorted",
        ),
        "feedback.assign": (
            lambda by: go(sorted_one(), "assign", to=somebody_of_the_desk(), by=by),
            "complaint.assigned",
        ),
        "feedback.send_interim": (step(sorted_one, "send_interim"), "complaint.interim_sent"),
        "feedback.escalate": (step(sorted_one, "escalate"), "complaint.escalated"),
        "feedback.add_note": (step(sorted_one, "add_note", **why), "complaint.noted"),
        "feedback.resolve": (
            step(sorted_one, "resolve", outcome="upheld", resolution="We are sorry."),
            "complaint.resolved",
        ),
        "feedback.resume": (step(resolved_one, "resume", **why), "complaint.resumed"),
        "feedback.tell": (step(resolved_one, "tell", told_on=today, told_how="by phone"), "complaint.told"),
        "feedback.close": (step(resolved_one, "close"), "complaint.closed"),
        "feedback.reopen": (step(closed_one, "reopen", **why), "complaint.reopened"),
        "feedback.appeal": (step(closed_one, "appeal", **why), "complaint.appealed"),
        "feedback.define_limits": (
            lambda by: actions.define_limits(starts_on=today, limits=TEMPLATES["sbp"], by=by),
            "limits.defined",
        ),
    }
