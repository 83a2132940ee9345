"""What a phone asks for: who is signed in, today's list, the pages it may keep, the service worker."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from exits.actions import record_contact
from spm import field, field_screens
from spm.access import Role
from spm.models import AuditEvent, FieldKey

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
SOURCES = Path(settings.BASE_DIR, "static/js")


def told(browser, name):
    return json.loads(browser.get(reverse(name)).content)


def promise(client, officer, days):
    given = {"start": TODAY, "how": "call", "result": "reached", "note": "Waits"}
    at, on = timezone.now() - dt.timedelta(days=9), TODAY + dt.timedelta(days=days)
    return record_contact(client=client, at=at, next_on=on, by=officer, **given)


def test_a_persons_key_is_the_same_on_every_phone_and_nobody_elses(client, officer, other_officer):
    client.force_login(officer)
    mine, again = told(client, "field-hello"), told(client, "field-hello")
    client.force_login(other_officer)
    theirs = told(client, "field-hello")
    assert (mine["spm"], mine["user"], len(mine["key"])) == ("hello", officer.pk, 44)
    assert mine["key"] == again["key"] != theirs["key"]
    assert FieldKey.objects.count() == 2


def test_whoever_has_no_work_in_the_field_is_given_no_key(client, officer, assessor):
    client.force_login(assessor)
    assert "key" not in told(client, "field-hello")
    officer.memberships.update(role=Role.ADMIN)
    client.force_login(officer)
    assert "key" not in told(client, "field-hello")


def test_todays_list_holds_what_is_due_and_its_names_leave_a_line(client, officer, resting):
    promise(resting, officer, 0)
    client.force_login(officer)
    list_ = told(client, "field-today")
    (item,) = list_["items"]
    link = f"{reverse('exits:contact-add')}?client={resting.external_id}"
    assert (item["title"], item["link"], item["due"]) == ("Rosa Mamani", link, "today")
    assert ["Phone", "555 123"] in item["facts"]
    assert 0 < list_["ends_in"] <= 24 * 3600
    line = AuditEvent.objects.get(verb="identified", target="field-today")
    assert (line.by, line.details["ids"]) == (officer, [str(resting.pk)])


def test_what_is_due_later_stays_off_the_phone(client, officer, resting):
    promise(resting, officer, 1)
    client.force_login(officer)
    assert told(client, "field-today")["items"] == []


def test_every_page_that_the_phone_keeps_names_nobody(client, officer, resting):
    officer.first_name, officer.last_name = "Sonia", "Arias"
    officer.save()
    promise(resting, officer, 0)
    client.force_login(officer)
    pages = {path: client.get(path) for path in told(client, "field-today")["pages"]}
    assert reverse("exits:contact-add") in pages
    assert {path: page.headers.get(field.BLANK) for path, page in pages.items()} == dict.fromkeys(
        pages, "yes"
    )
    text = "".join(page.text for page in pages.values())
    assert [word for word in ("Rosa", "555 123", "Arias", resting.external_id) if word in text] == []


def test_the_service_worker_has_a_version_of_the_files_it_brings(client, monkeypatch):
    first = client.get(reverse("field-worker"))
    assert first.headers["Content-Type"] == "text/javascript"
    monkeypatch.setattr(field_screens, "SHELL", (*field_screens.SHELL, "img/icon-192.png"))
    field_screens.worker_source.cache_clear()
    second = client.get(reverse("field-worker"))
    field_screens.worker_source.cache_clear()
    versions = [re.search('VERSION = "([0-9a-f]{12})"', answer.text)[1] for answer in (first, second)]
    assert versions[0] != versions[1]


def test_the_service_worker_brings_every_script_of_the_field():
    ours = {path.relative_to(SOURCES).as_posix() for path in SOURCES.glob("field/*.js")} | {"outbox.js"}
    brought = {name.removeprefix("js/") for name in field_screens.SHELL if name.startswith("js/")}
    # It does not bring itself; house.js comes with every page.
    assert ours - brought == {"field/worker.js"}
    assert {
        name for name in field_screens.SHELL if not Path(settings.BASE_DIR, "static", name).is_file()
    } == set()


def test_the_phones_home_screen_shows_the_institutions_name_and_our_icons(client):
    said = json.loads(client.get(reverse("manifest")).content)
    assert (said["name"], said["display"], said["start_url"]) == ("Your institution", "standalone", "/")
    assert [icon["sizes"] for icon in said["icons"]] == ["any", "192x192", "512x512"]
    assert all(Path(settings.BASE_DIR, "static", path).is_file() for _side, path in field_screens.ICONS)
