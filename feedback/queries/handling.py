"""Under which limits a complaint stands, and who may handle it."""

from django.utils import timezone

from clients.models import Membership, Office
from feedback.methods.limits import FIRST, TEMPLATES, Level, Limits
from feedback.models import Complaint, HandlingRules
from feedback.models.complaints import READS_UP_TO
from feedback.models.rules import HANDLERS
from spm.access import Can, Role
from spm.models import User


def limits_of(rules: HandlingRules | None) -> Limits:
    """The limits of this version; those that an institution starts with where there is none."""
    if rules is None:
        return TEMPLATES[FIRST]
    levels = rules.levels.order_by("number")
    return Limits(
        tuple(Level(level.role, level.days, level.urgent_days) for level in levels), rules.interim_days
    )


def people_for(complaint: Complaint, *roles: str) -> list[User]:
    """Who may handle it, with these roles or any, today: as they read it, nobody whom it names nor of the
    line of that person.
    """
    above = [int(number) for number in complaint.office.path.strip("/").split("/")]
    held = Membership.objects.in_force(timezone.localdate()).filter(
        office__in=above, role__in=roles or HANDLERS, user__is_active=True
    )
    people = User.objects.filter(pk__in=held.order_by().values("user")).order_by("username")
    return [user for user in people if may_handle(user, complaint)]


def may_handle(user, complaint: Complaint) -> bool:
    return Complaint.objects.visible_to(user, Can.COMPLAINTS_HANDLE).filter(pk=complaint.pk).exists()


def role_for(complaint: Complaint, wanted: str) -> str:
    """Whose task it is where the limits say ``wanted``: that role, unless it names somebody of the staff and
    would come to a manager, or the role may not read it; then the desk. Where the desk is whom it names, who
    else reads it.
    """
    names_staff = complaint.about_user_id is not None or complaint.about_path != ""
    first = [] if names_staff and wanted == Role.MANAGER else [wanted]
    others = [role for role in (Role.DESK, Role.PROTECTION, Role.MANAGER) if role not in first]
    for role in first + others:
        may_read = READS_UP_TO[role] >= complaint.sensitivity
        if may_read and (complaint.about_user_id is None or people_for(complaint, role)):
            return role
    return Role.DESK


def colleagues(complaint: Complaint, user):
    """Who has an account at its office or above it, as far as the user reaches: whom it may be about."""
    above = [int(number) for number in complaint.office.path.strip("/").split("/")]
    reached = Office.objects.visible_to(user, Can.COMPLAINTS_HANDLE).filter(pk__in=above).order_by()
    held = Membership.objects.in_force(timezone.localdate()).filter(office__in=reached).order_by()
    return User.objects.filter(pk__in=held.values("user")).order_by("username")
