"""The settings of the institution, and its holidays."""

import datetime as dt

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.urls import reverse

from clients.actions.institution import change_institution, describe_institution
from spm.mail import NotSent
from spm.models import AuditEvent, Holiday, Institution
from spm.models.versioned import Stale
from tests.conftest import member
from tests.factories import HolidayFactory, LoanFactory

pytestmark = pytest.mark.django_db

PAGE = "/clients/institution/"
SENT = {
    "name": "Caja Horizonte",
    "currency": "PEN",
    "languages": ["en", "es"],
    "language": "es",
    "smallest_cell": "5",
    "mail_name": "",
    "mail_address": "",
}


@pytest.fixture
def signed_in(client, admin):
    client.force_login(admin)
    return client


def send(browser, **changed):
    return browser.post(PAGE, SENT | {"version": Institution.get().version} | changed)


def errors(answer):
    return {name: list(said) for name, said in answer.context["form"].errors.items()}


def test_the_settings_are_kept_and_the_trail_says_what_was_and_what_is(signed_in, admin):
    describe_institution(name="Caja", currency="PEN", by=None)
    send(signed_in, languages=["es"], smallest_cell="10", mail_name="Caja")
    now = Institution.get()
    assert (now.name, now.languages, now.smallest_cell, now.version) == ("Caja Horizonte", ["es"], 10, 3)
    line = AuditEvent.objects.get(verb="institution.changed")
    assert line.by == admin
    assert line.details == {
        "before": {
            "name": "Caja",
            "languages": ["en", "es"],
            "language": "en",
            "smallest_cell": 5,
            "mail_name": "",
        },
        "after": {
            "name": "Caja Horizonte",
            "languages": ["es"],
            "language": "es",
            "smallest_cell": 10,
            "mail_name": "Caja",
        },
    }


def test_an_institution_that_was_never_described_is_set_up_on_the_page(signed_in):
    assert send(signed_in).status_code == 302
    assert Institution.get().name == "Caja Horizonte"


def test_an_administrator_of_a_branch_does_not_set_what_holds_everywhere(client, office):
    client.force_login(member("branch-admin", "admin", office))
    assert (client.get(PAGE).status_code, send(client).status_code) == (403, 403)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("currency", "P3N"),
        ("currency", "soles"),
        ("languages", []),
        ("languages", ["fr"]),
        ("language", "fr"),
        ("smallest_cell", "2"),
        ("smallest_cell", "21"),
        ("smallest_cell", ""),
        ("mail_address", "caja"),
        ("mail_name", "Caja\nBcc: all@example.org"),
        ("name", "Caja\r\nBcc: all@example.org"),
        ("name", "x" * 121),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(field, value, signed_in):
    answer = send(signed_in, **{field: value})
    assert (answer.status_code, list(errors(answer))) == (200, [field])
    assert Institution.objects.count() == 0


def test_the_first_language_is_one_of_those_offered(signed_in):
    answer = send(signed_in, languages=["en"], language="es")
    assert errors(answer) == {"language": ["The first language must be one of those offered."]}


def test_the_database_holds_the_smallest_group_in_its_range():
    with pytest.raises(IntegrityError):
        Institution.objects.create(pk=1, smallest_cell=2)


def test_another_currency_asks_in_words_once_there_are_amounts(signed_in):
    describe_institution(name="Caja", currency="USD", by=None)
    LoanFactory()
    answer = send(signed_in)
    words = "There are amounts in USD on record. Say here that they are in PEN in truth."
    assert errors(answer) == {"currency_agreed": [words]}
    assert send(signed_in, currency="usd").status_code == 302
    assert send(signed_in, currency_agreed="on").status_code == 302
    assert Institution.get().currency == "PEN"


def test_without_amounts_a_currency_is_chosen_freely(signed_in):
    describe_institution(name="Caja", currency="USD", by=None)
    assert send(signed_in).status_code == 302


def test_two_administrators_keep_what_each_has_changed(signed_in, admin):
    describe_institution(name="Caja", currency="PEN", by=None)
    edit = signed_in.get(PAGE).context["edit"]
    change_institution(by=admin, version=edit["version"], smallest_cell=9, name="Caja Sur")
    answer = signed_in.post(PAGE, SENT | edit)
    taken = {difference.name: difference.taken for difference in answer.context["taken"]}
    asked = {difference.name: (difference.theirs, difference.mine) for difference in answer.context["asked"]}
    assert (answer.status_code, asked) == (409, {"name": ("Caja Sur", "Caja Horizonte")})
    assert taken == {"language": "Spanish", "smallest_cell": "9"}


def test_a_stale_change_writes_nothing(admin):
    describe_institution(name="Caja", currency="PEN", by=None)
    with pytest.raises(Stale):
        change_institution(by=admin, version=1, name="Other")
    with pytest.raises(ValidationError):
        change_institution(by=admin, version=2, smallest_cell=99)
    assert (Institution.get().name, Institution.get().version) == ("Caja", 2)


# Mail


@pytest.mark.parametrize(
    ("name", "address", "sender"),
    [
        ("", "", "spm@localhost"),
        ("Caja Ñandú", "", "=?utf-8?b?Q2FqYSDDkWFuZMO6?= <spm@localhost>"),
        ("Caja", "caja@example.org", "Caja <caja@example.org>"),
    ],
)
def test_mails_come_from_whom_the_institution_says(name, address, sender, signed_in, admin, settings):
    settings.DEFAULT_FROM_EMAIL = "spm@localhost"
    Institution.objects.create(pk=1, mail_name=name, mail_address=address)
    admin.email = "patricia@example.org"
    admin.save()
    signed_in.post(reverse("clients:institution-mail"))
    signed_in.post(reverse("account_reset_password"), {"email": admin.email})
    assert [(sent.from_email, sent.to) for sent in mail.outbox] == [(sender, ["patricia@example.org"])] * 2


def test_who_has_no_address_is_told_so(signed_in, admin):
    admin.email = ""
    admin.save()
    page = signed_in.post(reverse("clients:institution-mail"), follow=True)
    assert "Your account has no e-mail address" in page.text
    assert mail.outbox == []


def test_a_mail_that_the_server_does_not_take_is_said(signed_in, admin, monkeypatch):
    def refuse(*args, **kwargs):
        raise NotSent

    monkeypatch.setattr("clients.views.institution.mail.send", refuse)
    page = signed_in.post(reverse("clients:institution-mail"), follow=True)
    assert "The mail server did not take the mail." in page.text


@pytest.mark.parametrize(("backend", "words"), [("smtp", "by itself from"), ("console", "EMAIL_URL")])
def test_the_page_says_whether_there_is_a_mail_server(backend, words, signed_in, settings):
    settings.MAILERS = {"default": {"BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}}
    settings.DEFAULT_FROM_EMAIL = "spm@localhost"
    text = signed_in.get(PAGE).text
    assert [said in text for said in ("by itself from", "EMAIL_URL")] == [
        said == words for said in ("by itself from", "EMAIL_URL")
    ]


# Holidays


def test_a_holiday_is_added_changed_and_removed(signed_in):
    there = reverse("clients:holiday-list")
    add = {"day": "2026-05-01", "name": "Día del Trabajo", "every_year": "on"}
    assert signed_in.post(reverse("clients:holiday-add"), add).headers["Location"] == there
    holiday = Holiday.objects.get()
    assert (holiday.day, holiday.name, holiday.every_year) == (dt.date(2026, 5, 1), "Día del Trabajo", True)
    change = {"day": "2026-05-02", "name": "Día", "version": 1}
    signed_in.post(reverse("clients:holiday-change", args=[holiday.pk]), change)
    holiday.refresh_from_db()
    assert (holiday.day, holiday.name, holiday.every_year) == (dt.date(2026, 5, 2), "Día", False)
    signed_in.post(reverse("clients:holiday-remove", args=[holiday.pk]))
    assert Holiday.objects.count() == 0
    told = AuditEvent.objects.filter(target=f"spm.Holiday:{holiday.pk}").order_by("number")
    assert [line.details["name"] for line in told] == ["Día del Trabajo", "Día", "Día"]


def test_a_day_is_a_holiday_once(signed_in):
    holiday, other = HolidayFactory(), HolidayFactory()
    page = signed_in.post(reverse("clients:holiday-add"), {"day": str(holiday.day), "name": "Again"})
    assert list(errors(page)) == ["day"]
    path = reverse("clients:holiday-change", args=[other.pk])
    page = signed_in.post(path, {"day": str(holiday.day), "name": "Again", "version": 1})
    assert list(errors(page)) == ["day"]
    assert Holiday.objects.count() == 2


def test_the_list_asks_as_often_for_three_as_for_one(signed_in, django_assert_num_queries):
    path = reverse("clients:holiday-list")
    assert "No public holiday is recorded yet" in signed_in.get(path).text
    HolidayFactory()
    with django_assert_num_queries(6):
        signed_in.get(path)
    HolidayFactory.create_batch(2)
    with django_assert_num_queries(6):
        assert len(signed_in.get(path).context["object_list"]) == 3
