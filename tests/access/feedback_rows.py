"""Rows of the feedback app for the matrix: each owner's own, with words planted in them."""

from django.utils import timezone

from feedback.models import Category, Complainant, Complaint, ComplaintStep, HandlingLevel, HandlingRules


def fill_feedback(world, owner, client, day) -> None:
    """A complaint of the owner's client, sorted under a category of the owner's own."""
    plant, at = world.canaries.plant, timezone.now()
    category = Category.objects.create(code=f"c{owner.user.pk}", starts_on=day, by=owner.user)
    plant(category, owner, words={"en": world.word("feedback.Category.words", owner)})
    rules = HandlingRules.objects.create(starts_on=day, by=owner.user)
    level = HandlingLevel.objects.create(rules=rules, number=1, role="desk", days=10, urgent_days=5)
    complaint = Complaint.objects.create(
        number=f"N{owner.user.pk}",
        channel="branch",
        received_at=at,
        office=owner.office,
        category=category,
        rules=rules,
        logged_by=owner.user,
        clock_from=day,
        level_due_on=day,
        due_on=day,
    )
    named = Complainant.objects.create(complaint=complaint, client=client)
    step = ComplaintStep.objects.create(complaint=complaint, kind="received", at=at, by=owner.user)
    for row in (rules, level, complaint, named, step):
        plant(row, owner)
    owner.rows |= {"Category": category, "Complaint": complaint}
