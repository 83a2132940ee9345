"""The first people of an institution, and its name, by commands."""

import io

import pytest
from django.core.management import CommandError, call_command

from clients.models import Membership, Office
from spm.models import AuditEvent, Institution, User
from tests.factories import OfficerFactory

pytestmark = pytest.mark.django_db
GOOD = "lluvia-de-noviembre"


def add(*arguments, password=None, monkeypatch=None) -> str:
    out = io.StringIO()
    if password:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
        arguments = (*arguments, "--password-stdin")
    call_command("add_person", *arguments, stdout=out)
    return out.getvalue()


def held() -> list[tuple]:
    return sorted(Membership.objects.values_list("user__username", "role", "office__code", "valid_to"))


def test_on_an_empty_database_the_first_administrator_sits_at_the_head_office(client):
    said = add("paty", "--name", "Patricia Lazo Ruiz", "--email", "paty@caja.example", "--role", "admin")
    user = User.objects.get()
    assert (user.first_name, user.last_name, user.email) == ("Patricia", "Lazo Ruiz", "paty@caja.example")
    assert held() == [("paty", "admin", Office.head().code, None)]
    assert [line.verb for line in AuditEvent.objects.order_by("pk")] == ["user.added", "role.granted"]
    assert said.splitlines()[0] == "paty is now: Administrator, Head office."


def test_by_the_link_the_person_chooses_a_password_and_signs_in(client):
    link = add("paty", "--role", "admin").splitlines()[-1]
    assert link.startswith("http://localhost:8000/accounts/password/reset/key/")
    assert not client.login(username="paty", password="")
    form = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    chosen = client.post(form.request["PATH_INFO"], {"password1": GOOD, "password2": GOOD}, follow=True)
    assert chosen.status_code == 200
    assert client.login(username="paty", password=GOOD)
    again = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    assert "password1" not in again.text


def test_a_password_may_be_handed_in_and_then_no_link_is_printed(client, monkeypatch):
    said = add("paty", "--role", "admin", password=GOOD, monkeypatch=monkeypatch)
    assert said == "paty is now: Administrator, Head office.\n"
    assert client.login(username="paty", password=GOOD)


@pytest.mark.parametrize("password", ["caja", "patricia-lazo", "qwertyqwerty"])
def test_a_weak_password_is_refused_and_nothing_is_written(password, monkeypatch):
    with pytest.raises(CommandError, match="password"):
        add("patricia-lazo", "--role", "admin", password=password, monkeypatch=monkeypatch)
    assert (User.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_a_field_officer_is_linked_to_the_officer_of_core_banking(office):
    officer = OfficerFactory(code="VN-2", name="Sonia Arias")
    add("sonia", "--role", "officer", "--office", office.code, "--officer", "VN-2")
    officer.refresh_from_db()
    assert (officer.user.username, officer.name) == ("sonia", "Sonia Arias")
    assert held() == [("sonia", "officer", office.code, None)]
    assert AuditEvent.objects.filter(verb="officer.identified").count() == 1


def test_who_has_an_account_gets_a_further_role_and_the_same_only_once(office, monkeypatch):
    add("sonia", "--role", "officer", "--office", office.code, password=GOOD, monkeypatch=monkeypatch)
    OfficerFactory(code="VN-2")
    further = ["--office", office.code, "--officer", "VN-2"]
    assert "reset" not in add("sonia", "--role", "officer", *further)
    add("sonia", "--role", "manager", "--office", office.code)
    assert [role for _user, role, _office, _to in held()] == ["manager", "officer"]
    assert User.objects.get().check_password(GOOD)
    assert User.objects.get().officer.code == "VN-2"


def test_an_officer_without_a_portfolio_is_warned_of(office):
    said = add("sonia", "--role", "officer", "--office", office.code)
    assert "until then they see no client" in said


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--role", "manager"], "several offices"),
        (["--role", "manager", "--office", "NOWHERE"], "No office has the code NOWHERE"),
        (["--role", "officer", "--office", "NORTH-1", "--officer", "X"], "No officer has the code X"),
        (["--role", "manager", "--office", "NORTH-1", "--email", "no address"], "email: "),
        (["--role", "king", "--office", "NORTH-1"], "invalid choice"),
        (["--office", "NORTH-1"], "--role"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(arguments, reason, office):
    with pytest.raises(CommandError, match=reason):
        add("sonia", *arguments)
    assert (User.objects.count(), AuditEvent.objects.count()) == (0, 0)


def test_the_officer_of_another_account_is_not_taken_away(officer, office):
    with pytest.raises(CommandError, match="has another account"):
        add("sonia", "--role", "officer", "--office", office.code, "--officer", "OF-ANA")
    assert officer.officer.code == "OF-ANA"


def test_an_accounts_name_is_not_changed_by_the_way(manager):
    with pytest.raises(CommandError, match="has an account"):
        add("manager", "--role", "admin", "--name", "Somebody Else")


def test_an_officer_has_one_account_and_an_account_one_officer(officer, office):
    OfficerFactory(code="OF-2")
    with pytest.raises(CommandError, match="another officer"):
        add("officer", "--role", "officer", "--office", office.code, "--officer", "OF-2")


def test_the_institution_is_named(capsys):
    call_command("describe_institution", "--name", "Caja Horizonte", "--currency", "PEN")
    institution = Institution.get()
    assert (institution.name, institution.currency) == ("Caja Horizonte", "PEN")
    assert AuditEvent.objects.get().verb == "institution.described"
    assert capsys.readouterr().out == "Caja Horizonte, in PEN.\n"


@pytest.mark.parametrize("currency", ["soles", "pen", "PE", "12X"])
def test_what_is_no_currency_is_refused(currency):
    with pytest.raises(CommandError, match="three capital letters"):
        call_command("describe_institution", "--name", "Caja", "--currency", currency)
    assert Institution.objects.count() == 0
