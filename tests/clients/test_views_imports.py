"""What the screens of imports hand out: the list, and the tables of a report."""

import pytest
from django.conf import settings
from django.urls import reverse

from clients.models import ImportBatch
from spm.models import AuditEvent
from tests.exported import exported

pytestmark = pytest.mark.django_db
LIST = reverse("clients:import-list")


def bad(row, value="", column="principal"):
    cell = {"sheet": "loans", "row": row, "column": column, "value": value}
    return cell | {"code": "required", "params": {}}


def batch(by, **fields):
    counts = {"read": 70, "created": 3, "updated": 2, "unchanged": 5, "rejected": 60}
    report = {
        "sheets": {"loans": counts, "clients": counts | {"read": 10}},
        "kinds": {"loans": "loans", "clients": "clients"},
        "rejected": [bad(row) for row in range(2, 62)],
        "changes": {"clients": [{"key": "C1", "cells": [["name", "Rosa Mamani", "Rosa Secreta"]]}]},
        "warnings": [{"code": "unknown_file", "params": {"file": f"{n}.csv"}} for n in range(120)],
    }
    return ImportBatch.objects.create(
        **{"source": "a.xlsx", "state": "done", "by": by, "report": report} | fields
    )


def test_the_list_is_exported_with_the_counts_of_each_file(client, manager):
    batch(manager, data_as_of="2025-12-31")
    ImportBatch.objects.create(source="b.zip", by=None)
    client.force_login(manager)
    rows = exported(client, LIST)
    assert [(row["file"], row["state"], row["by"], row["data_as_of"], row["rows_read"]) for row in rows] == [
        ("b.zip", "Being checked", "a command", "", ""),
        ("a.xlsx", "Done", "manager", "2025-12-31", "80"),
    ]
    assert [row["file"] for row in exported(client, LIST, sort="file")] == ["a.xlsx", "b.zip"]
    shown = client.get(LIST, {"sort": "data_as_of"}).context["rows"]
    assert [row[0].text for row in shown] == ["a.xlsx", "b.zip"]


def test_the_tables_of_a_report_are_exported_whole(client, manager):
    address = batch(manager).get_absolute_url()
    client.force_login(manager)
    sheets = exported(client, address, table="sheets")
    assert [(row["sheet"], row["read"], row["unchanged"]) for row in sheets] == [
        ("Loans", "70", "5"),
        ("Clients", "10", "5"),
    ]
    rejected = exported(client, address, table="rejected")
    assert [row["row"] for row in rejected] == [str(row) for row in range(2, 62)]
    assert rejected[0]["what_is_wrong"] == "This cell is empty, but it is needed."
    assert len(client.get(address).context["rejected"]["rows"]) == 50
    (change,) = exported(client, address, table="changes")
    assert (change["number"], change["recorded"], change["in_the_file"]) == (
        "C1",
        "Rosa Mamani",
        "Rosa Secreta",
    )
    assert len(exported(client, address, table="warnings")) == 120
    assert AuditEvent.objects.filter(verb="exported", target="clients:import-detail").count() == 4


def test_rows_are_counted_by_sheet_in_the_readers_words_and_in_the_files_own(client, manager):
    imported = batch(manager)
    imported.report["sheets"]["socios 2026"] = imported.report["sheets"]["clients"]
    imported.save()
    client.force_login(manager)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    rows = client.get(imported.get_absolute_url()).context["counts"]["rows"]
    assert [row[0].text for row in rows] == ["Préstamos", "Clientes", "socios 2026"]


def test_the_export_of_changes_is_masked_as_the_page_is(client, admin, manager):
    address = batch(manager).get_absolute_url()
    client.force_login(admin)
    (change,) = exported(client, address, table="changes")
    assert (change["recorded"], change["in_the_file"]) == ("•••", "•••")


def test_names_in_a_report_leave_a_line_where_they_are_shown_in_clear(client, admin, manager):
    made = batch(manager)
    for user in (admin, manager):
        client.force_login(user)
        client.get(made.get_absolute_url())
        exported(client, made.get_absolute_url(), table="changes")
        exported(client, made.get_absolute_url(), table="sheets")
    lines = AuditEvent.objects.filter(verb="identified")
    told = [(line.by, line.target, line.details) for line in lines]
    details = {"pk": str(made.pk), "seen": 0, "in_file": True}
    assert told == [(manager, "clients:import-detail", details)] * 2


def test_only_the_head_office_takes_reports_away(client, branch_manager, officer, manager):
    address = batch(manager).get_absolute_url()
    for user in (branch_manager, officer):
        client.force_login(user)
        assert client.get(address, {"export": "csv"}).status_code == 403
        assert client.get(LIST, {"export": "csv"}).status_code == 403
