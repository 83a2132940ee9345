"""Who reads which complaint, and what the tables refuse."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from feedback.models import Category, Complainant, Complaint, Sensitivity
from spm.access import Role
from tests.conftest import member

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 3, 2)


@pytest.fixture
def complain():
    """``complain(office)``: a complaint that nobody has sorted yet."""

    def received(office, **given):
        limits = {"clock_from": DAY, "level_due_on": DAY, "due_on": DAY}
        number = f"N{Complaint.objects.count()}"
        return Complaint.objects.create(
            number=number, channel="box", received_at=timezone.now(), office=office, **limits | given
        )

    return received


def read_by(complaint, *people) -> list[bool]:
    return [Complaint.objects.visible_to(user).filter(pk=complaint.pk).exists() for user in people]


def test_an_ordinary_complaint_is_read_by_managers_above_the_office_the_desk_and_data_protection(
    complain, office, far_office, manager, branch_manager, desk, protection, officer, admin, assessor, nobody
):
    far_manager = member("far-manager", Role.MANAGER, far_office)
    readers = (manager, branch_manager, desk, protection)
    assert read_by(complain(office), *readers) == [True] * 4
    assert read_by(complain(office), far_manager, officer, admin, assessor, nobody) == [False] * 5


@pytest.mark.parametrize(
    ("sensitivity", "read"),
    [
        (Sensitivity.ORDINARY, [True, True, True]),
        (Sensitivity.CONFIDENTIAL, [False, True, True]),
        (Sensitivity.RESTRICTED, [False, False, True]),
    ],
)
def test_the_more_sensitive_the_fewer_read_it(complain, office, manager, protection, desk, sensitivity, read):
    assert read_by(complain(office, sensitivity=sensitivity), manager, protection, desk) == read


def test_whoever_it_names_does_not_read_it_nor_a_manager_of_their_line_below_the_head_office(
    complain, office, officer, branch_manager, manager, desk
):
    north = member("north", Role.MANAGER, office.parent)
    about_officer = complain(office, about_user=officer, about_path=office.path)
    assert read_by(about_officer, branch_manager, north, manager, desk) == [False, False, True, True]
    about_desk = complain(office, about_user=desk, about_path=office.parent.parent.path)
    assert read_by(about_desk, desk, manager, branch_manager) == [False, True, True]


def test_who_complained_is_read_by_the_desk_alone(
    complain, office, manager, branch_manager, protection, admin, desk
):
    Complainant.objects.create(complaint=complain(office), name="Rosa")
    people = (manager, branch_manager, protection, admin, desk)
    assert [Complainant.objects.visible_to(user).count() for user in people] == [0, 0, 0, 0, 1]


def test_under_a_head_nothing_is_read_by_more_people_than_the_head():
    today = timezone.localdate()
    listed = {"words": {"en": "x"}, "starts_on": today}
    Category.objects.create(code="fair", sensitivity=Sensitivity.CONFIDENTIAL, **listed)
    wider = Category(code="fraud", head="fair", sensitivity=Sensitivity.ORDINARY, **listed)
    with pytest.raises(ValidationError, match="Its head is read by fewer people"):
        wider.full_clean()
    wider.sensitivity = Sensitivity.RESTRICTED
    wider.full_clean()


def test_a_head_is_not_narrowed_over_categories_that_more_people_read():
    today = timezone.localdate()
    listed = {"words": {"en": "x"}, "starts_on": today}
    head = Category.objects.create(code="fair", **listed)
    Category.objects.create(code="fraud", head="fair", **listed)
    head.sensitivity = Sensitivity.RESTRICTED
    with pytest.raises(ValidationError, match="narrow those first"):
        head.full_clean()
