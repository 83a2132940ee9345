"""Rows for tests: each factory gives one plausible row and what it cannot do without."""

import datetime as dt
import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from clients.models import (
    Client,
    Group,
    Invitation,
    Loan,
    Membership,
    Office,
    Officer,
    Product,
    Repayment,
)
from clients.models.invitations import hash_of
from exits.models import ReportSchedule
from spm.access import Role
from spm.models import Holiday, Submission, SubmissionConflict, User


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user-{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")


class OfficeFactory(DjangoModelFactory):
    """A branch under the head office."""

    class Meta:
        model = Office

    code = factory.Sequence(lambda n: f"B{n:03}")
    name = factory.LazyAttribute(lambda office: f"Branch {office.code}")
    kind = Office.Kind.BRANCH
    parent = factory.LazyFunction(Office.head)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = Role.MANAGER
    office = factory.LazyFunction(Office.head)
    valid_from = dt.date(2020, 1, 1)


class HolidayFactory(DjangoModelFactory):
    class Meta:
        model = Holiday

    day = factory.Sequence(lambda n: dt.date(2026, 1, 1) + dt.timedelta(days=n))
    name = factory.Sequence(lambda n: f"Feast {n}")


class InvitationFactory(DjangoModelFactory):
    """One that waits for its answer; its token is ``token``."""

    class Meta:
        model = Invitation
        exclude = ["token"]

    token = factory.Sequence(lambda n: f"token-{n}")
    email = factory.Sequence(lambda n: f"guest-{n}@example.org")
    role = Role.OFFICER
    office = factory.LazyFunction(Office.head)
    by = factory.SubFactory(UserFactory)
    language = "en"
    token_hash = factory.LazyAttribute(lambda invitation: hash_of(invitation.token))
    sent_at = factory.LazyFunction(timezone.now)
    expires_at = factory.LazyAttribute(lambda invitation: invitation.sent_at + dt.timedelta(hours=72))


class SubmissionFactory(DjangoModelFactory):
    """A call note as a phone sent it; give ``office_path`` where somebody is to see it."""

    class Meta:
        model = Submission

    id = factory.LazyFunction(uuid.uuid4)
    form = "exits:contact-add"
    user = factory.SubFactory(UserFactory)
    body = factory.LazyFunction(lambda: {"how": ["call"], "note": ["first"]})
    digest = factory.Sequence(lambda n: f"{n:064}")
    answer = "{}"
    office_path = "/1/"


class SubmissionConflictFactory(DjangoModelFactory):
    class Meta:
        model = SubmissionConflict

    submission = factory.SubFactory(
        SubmissionFactory,
        office_path=factory.SelfAttribute("..office_path"),
        user=factory.SelfAttribute("..user"),
    )
    user = factory.SubFactory(UserFactory)
    body = factory.LazyFunction(lambda: {"how": ["call"], "note": ["second"]})
    digest = factory.Sequence(lambda n: f"{n:064}")
    office_path = factory.LazyFunction(lambda: Office.head().path)


class OfficerFactory(DjangoModelFactory):
    class Meta:
        model = Officer

    code = factory.Sequence(lambda n: f"OF{n:03}")
    name = factory.LazyAttribute(lambda officer: f"Officer {officer.code}")


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    code = factory.Sequence(lambda n: f"G{n:03}")
    name = factory.LazyAttribute(lambda group: f"Group {group.code}")


class ProductFactory(DjangoModelFactory):
    class Meta:
        model = Product

    code = factory.Sequence(lambda n: f"P{n:03}")
    name = factory.LazyAttribute(lambda product: f"Product {product.code}")


class ClientFactory(DjangoModelFactory):
    class Meta:
        model = Client

    external_id = factory.Sequence(lambda n: f"C{n:05}")
    name = factory.LazyAttribute(lambda client: f"Client {client.external_id}")
    search_name = factory.LazyAttribute(lambda client: client.name.casefold())
    office = factory.SubFactory(OfficeFactory)
    officer = factory.SubFactory(OfficerFactory)
    sex = Client.Sex.FEMALE
    area = Client.Area.RURAL
    birth_date = dt.date(1990, 6, 15)
    joined_on = dt.date(2024, 1, 1)


class LoanFactory(DjangoModelFactory):
    """An open loan of a year; give ``closed_on`` with ``status="repaid"`` for one that ended."""

    class Meta:
        model = Loan

    external_id = factory.Sequence(lambda n: f"L{n:05}")
    client = factory.SubFactory(ClientFactory)
    product = factory.SubFactory(ProductFactory)
    principal = 500
    disbursed_on = dt.date(2024, 1, 10)
    due_on = factory.LazyAttribute(lambda loan: loan.disbursed_on + dt.timedelta(days=360))


class RepaymentFactory(DjangoModelFactory):
    class Meta:
        model = Repayment

    external_id = factory.Sequence(lambda n: f"R{n:05}")
    loan = factory.SubFactory(LoanFactory)
    on = dt.date(2024, 2, 10)
    amount = 50


class ReportScheduleFactory(DjangoModelFactory):
    """The board's page each month; ``recipients=[…]`` says to whom."""

    class Meta:
        model = ReportSchedule
        skip_postgeneration_save = True

    office = factory.LazyFunction(Office.head)
    language = "en"
    due_on = dt.date(2026, 1, 5)
    by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def recipients(schedule, create, people):  # noqa: N805 factory_boy hands over the row
        if people:
            schedule.recipients.set(people)
