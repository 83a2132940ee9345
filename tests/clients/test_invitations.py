"""Invitations: bound to an address, a role and an office, good once and for 72 hours."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clients.actions import invitations
from clients.actions.roles import end_role
from clients.models import Invitation
from clients.models.invitations import hash_of
from clients.queries.invitations import usable
from spm.access import Role
from spm.models import AuditEvent, Institution, User
from spm.streamed import Page
from tests.conftest import member
from tests.factories import InvitationFactory, UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "lluvia-de-noviembre"
GIVEN = {"full_name": "Eva Rojas", "password": PASSWORD, "again": PASSWORD}
ADDRESS = "eva@caja.example"


@pytest.fixture
def invited(admin, office):
    """An invitation of Eva to be an officer, and the address of its page."""
    invitation, token = invitations.invite(
        email=ADDRESS, role=Role.OFFICER, office=office, language="es", by=admin
    )
    return invitation, reverse("clients:invitation-accept", args=[token])


def held(user):
    return [(m.role, m.office, m.valid_from, m.valid_to) for m in user.memberships.all()]


# Sending


def test_who_is_invited_gets_a_mail_in_the_language_chosen(client, admin, office, mailoutbox):
    client.force_login(admin)
    asked = {"email": "Eva@Caja.example", "role": "officer", "office": office.pk, "language": "es"}
    client.post(reverse("clients:invitation-new"), asked)
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.by, invitation.office) == (ADDRESS, admin, office)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject.split()[0]) == ([ADDRESS], "Invitación")
    (link,) = [word for word in mail.body.split() if word.startswith("http://testserver/")]
    token = link.rstrip("/").rpartition("/")[2]
    assert invitation.token_hash == hash_of(token)
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(("chosen", "sent"), [("", "Invitación"), ("en", "Invitation"), ("qu", "Invitación")])
def test_who_has_an_account_is_invited_in_the_language_chosen_there(
    chosen, sent, client, admin, office, mailoutbox
):
    UserFactory(email=ADDRESS, language=chosen)
    client.force_login(admin)
    asked = {"email": ADDRESS, "role": "officer", "office": office.pk, "language": "es"}
    client.post(reverse("clients:invitation-new"), asked)
    client.post(reverse("clients:invitation-resend", args=[Invitation.objects.get().pk]))
    assert [mail.subject.split()[0] for mail in mailoutbox] == [sent, sent]


def test_the_mail_speaks_a_language_that_is_offered_and_the_first_unless_another_is_chosen(client, admin):
    Institution.objects.update_or_create(pk=1, defaults={"languages": ["es"], "language": "es"})
    client.force_login(admin)
    field = client.get(reverse("clients:invitation-new")).context["form"].fields["language"]
    assert ([code for code, _name in field.choices], field.initial) == (["es"], "es")


def test_who_joins_reads_the_language_of_the_invitation_until_another_is_chosen(client, invited):
    _invitation, path = invited
    client.post(path, GIVEN)
    assert User.objects.get(email=ADDRESS).language == "es"


def test_the_token_is_kept_nowhere(invited):
    _invitation, path = invited
    token = path.rstrip("/").rpartition("/")[2]
    kept = [str(value) for value in Invitation.objects.values_list().get()]
    kept += [str(line.details) for line in AuditEvent.objects.all()]
    assert [text for text in kept if token in text] == []
    assert len(token) >= 43


def test_the_trail_names_no_address(invited):
    assert [line.verb for line in AuditEvent.objects.all() if ADDRESS in str(line.details)] == []
    assert AuditEvent.objects.get().verb == "invitation.sent"


def test_nobody_invites_to_what_is_not_theirs_to_give(branch_manager, office, far_office):
    for role, where in [(Role.MANAGER, office), (Role.OFFICER, far_office), (Role.ADMIN, office)]:
        with pytest.raises(PermissionDenied):
            invitations.invite(email=ADDRESS, role=role, office=where, language="en", by=branch_manager)
    invitations.invite(email=ADDRESS, role=Role.OFFICER, office=office, language="en", by=branch_manager)


def test_nobody_invites_themselves_or_twice(admin, office, invited):
    for address in (admin.email.upper(), ADDRESS):
        with pytest.raises(ValidationError):
            invitations.invite(email=address, role=Role.OFFICER, office=office, language="en", by=admin)
    assert Invitation.objects.count() == 1


def test_an_assessor_is_invited_for_14_days_unless_one_says(client, admin, head):
    client.force_login(admin)
    asked = {"email": ADDRESS, "role": "assessor", "office": head.pk, "language": "en"}
    client.post(reverse("clients:invitation-new"), asked)
    assert Invitation.objects.get().valid_to == timezone.localdate() + dt.timedelta(days=14)
    too_long = asked | {
        "email": "x@a.example",
        "valid_to": str(timezone.localdate() + dt.timedelta(days=91)),
    }
    assert "at most 90 days" in client.post(reverse("clients:invitation-new"), too_long).text


def test_where_the_mail_is_not_taken_the_list_shows_it_to_be_sent_again(client, admin, office, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("spm.mail.EmailMessage.send", refuse)
    client.force_login(admin)
    asked = {"email": ADDRESS, "role": "officer", "office": office.pk, "language": "en"}
    page = client.post(reverse("clients:invitation-new"), asked, follow=True)
    assert "did not take the mail" in page.text
    assert "Send once more" in page.text


# Taking it up


def test_a_newcomer_chooses_name_and_password_and_has_the_role(client, invited, office, admin):
    invitation, path = invited
    assert ADDRESS in client.get(path).text
    answer = client.post(path, GIVEN)
    assert answer.headers["Location"] == reverse("account_login")
    eva = User.objects.get(email=ADDRESS)
    assert (eva.username, eva.get_full_name()) == (ADDRESS, "Eva Rojas")
    assert held(eva) == [("officer", office, timezone.localdate(), None)]
    assert client.login(username=ADDRESS, password=PASSWORD)
    invitation.refresh_from_db()
    assert (invitation.user, invitation.state(timezone.now())) == (eva, Invitation.State.ACCEPTED)
    lines = [(line.verb, line.by) for line in AuditEvent.objects.order_by("pk")]
    assert lines == [
        ("invitation.sent", admin),
        ("user.added", admin),
        ("role.granted", admin),
        ("invitation.accepted", eva),
    ]


def test_looking_at_the_page_uses_nothing_up(client, invited):
    _invitation, path = invited
    assert [client.get(path).status_code for _look in range(3)] == [200] * 3
    assert client.head(path).status_code == 200
    assert isinstance(client.get(path), Page)
    assert Invitation.objects.get().accepted_at is None
    assert User.objects.filter(email=ADDRESS).count() == 0


@pytest.mark.parametrize(
    "given",
    [
        {"password": "short", "again": "short"},
        {"password": "qwertyqwerty", "again": "qwertyqwerty"},
        {"password": ADDRESS, "again": ADDRESS},
        {"again": "another-one-of-12"},
        {"full_name": ""},
    ],
)
def test_a_weak_password_is_refused_and_uses_nothing_up(given, client, invited):
    _invitation, path = invited
    page = client.post(path, GIVEN | given)
    assert (page.status_code, "There is a problem" in page.text) == (200, True)
    assert Invitation.objects.get().accepted_at is None
    assert client.post(path, GIVEN).status_code == 302


def used(invitation, admin):
    invitations.join(invitation=invitation, full_name="Eva", password=PASSWORD)


def expired(invitation, admin):
    invitation.expires_at = timezone.now()
    invitation.save()


def withdrawn(invitation, admin):
    invitations.withdraw(invitation=invitation, by=admin)


def replaced(invitation, admin):
    invitations.resend(invitation=invitation, by=admin)


def sender_lost_the_right(invitation, admin):
    member("second", Role.ADMIN, admin.memberships.get().office)
    end_role(membership=admin.memberships.get(), by=None)


def sender_shut(invitation, admin):
    User.objects.filter(pk=admin.pk).update(is_active=False)


def role_over(invitation, admin):
    invitation.valid_to = timezone.localdate() - dt.timedelta(days=1)
    invitation.save()


SPENT = [used, expired, withdrawn, replaced, sender_lost_the_right, sender_shut, role_over]


@pytest.mark.parametrize("spend", SPENT)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_link_that_does_not_work_leads_to_the_same_page(spend, method, client, invited, admin):
    invitation, path = invited
    wrong = reverse("clients:invitation-accept", args=["no-such-token"])
    spend(invitation, admin)
    accounts = User.objects.count()
    answers = [getattr(client, method)(place, GIVEN if method == "post" else None) for place in (path, wrong)]
    assert [answer.status_code for answer in answers] == [404, 404]
    texts = [
        answer.text.replace(place, "").replace(str(answer.context["csrf_token"]), "")
        for answer, place in zip(answers, (path, wrong), strict=True)
    ]
    assert texts[0] == texts[1]
    assert User.objects.count() == accounts


def test_it_is_good_for_72_hours(invited, monkeypatch):
    invitation, path = invited
    token = path.rstrip("/").rpartition("/")[2]
    sent = invitation.sent_at
    for later, good in [(dt.timedelta(hours=71, minutes=59), True), (dt.timedelta(hours=72), False)]:
        monkeypatch.setattr(timezone, "now", lambda later=later: sent + later)
        assert (usable(token) is not None) == good


def test_of_two_who_take_it_up_at_once_one_comes_too_late(invited):
    first, second = (Invitation.objects.select_related("office", "by").get() for _reader in range(2))
    invitations.join(invitation=first, full_name="Eva", password=PASSWORD)
    User.objects.filter(email=ADDRESS).update(email="", username="other")
    with pytest.raises(ValidationError, match="accepted or withdrawn"):
        invitations.join(invitation=second, full_name="Eva", password=PASSWORD)
    assert User.objects.filter(email=ADDRESS).count() == 0


# Who has an account already


@pytest.fixture
def eva(db):
    user = UserFactory(username="eva", email=ADDRESS.upper())
    user.set_password(PASSWORD)
    user.save()
    return user


def test_who_has_an_account_signs_in_and_takes_the_role(client, invited, eva, office):
    _invitation, path = invited
    page = client.get(path)
    assert f"{reverse('account_login')}?next={path}" in page.text
    assert client.post(path, GIVEN).status_code == 200
    assert held(eva) == []
    there = client.post(reverse("account_login"), {"login": "eva", "password": PASSWORD, "next": path})
    assert there.headers["Location"] == path
    assert "Take the role" in client.get(path).text
    client.post(path)
    assert held(eva) == [("officer", office, timezone.localdate(), None)]
    assert User.objects.filter(email__iexact=ADDRESS).count() == 1
    assert client.get(path).status_code == 404


def test_another_person_who_is_signed_in_takes_nothing(client, invited, officer):
    _invitation, path = invited
    client.force_login(officer)
    for page in (client.get(path), client.post(path, GIVEN)):
        assert "Sign out, then open the link once more." in page.text
    with pytest.raises(PermissionDenied):
        invitations.accept_invitation(invitation=Invitation.objects.get(), by=officer)
    assert Invitation.objects.get().accepted_at is None
    assert len(held(officer)) == 1


def test_an_assessor_takes_a_further_role_too(client, assessor, admin, head):
    last = timezone.localdate() + dt.timedelta(days=30)
    _invitation, token = invitations.invite(
        email=assessor.email, role=Role.ASSESSOR, office=head, language="en", by=admin, valid_to=last
    )
    assessor.memberships.update(valid_from="2020-01-01")
    client.force_login(assessor)
    client.post(reverse("clients:invitation-accept", args=[token]))
    assert sorted(to for _role, _office, _from, to in held(assessor))[-1] == last


# The list


def test_sending_once_more_gives_a_new_link_and_72_hours_more(client, invited, admin, mailoutbox):
    invitation, path = invited
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(days=1))
    client.force_login(admin)
    client.post(reverse("clients:invitation-resend", args=[invitation.pk]))
    (mail,) = mailoutbox
    (link,) = [word for word in mail.body.split() if word.startswith("http://testserver/")]
    client.logout()
    assert [client.get(place).status_code for place in (path, link)] == [404, 200]


def test_what_is_answered_is_not_sent_or_withdrawn(client, invited, admin, mailoutbox):
    invitation, _path = invited
    used(invitation, admin)
    client.force_login(admin)
    for what in ("resend", "withdraw"):
        client.post(reverse(f"clients:invitation-{what}", args=[invitation.pk]))
    assert (mailoutbox, Invitation.objects.get().withdrawn_at) == ([], None)


def test_the_list_shows_each_with_its_state_and_only_those_of_ones_offices(
    client, branch_manager, admin, office, far_office
):
    now = timezone.now()
    states = {
        "waiting": {},
        "accepted": {"accepted_at": now},
        "withdrawn": {"withdrawn_at": now},
        "expired": {"expires_at": now},
    }
    for state, given in states.items():
        InvitationFactory(email=f"{state}@a.example", office=office, by=admin, **given)
    InvitationFactory(email="far@a.example", office=far_office, by=admin)
    client.force_login(branch_manager)
    rows = client.get(reverse("clients:invitation-list")).context["rows"]
    shown = {row["invitation"].email: (str(row["state"].label), row["open"]) for row in rows}
    assert shown == {f"{state}@a.example": (state, state in {"waiting", "expired"}) for state in states}
    exported = client.get(reverse("clients:invitation-list"), {"export": "csv"}).getvalue().decode()
    assert sorted(line.split(",")[0] for line in exported.splitlines()[1:]) == sorted(shown)


def test_the_list_asks_as_often_for_three_as_for_one(client, admin):
    client.force_login(admin)
    counts = []
    for number in (1, 2):
        InvitationFactory.create_batch(number)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("clients:invitation-list"))
        counts.append(len(asked))
    assert counts[0] == counts[1]
