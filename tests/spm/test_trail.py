"""The audit trail speaks in words: of all that the code records, and of all that a screen can export."""

import ast
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from clients.forms.clients import ClientFilter
from clients.methods.sheets import SHEETS
from exits.forms import CountedFilterForm, ExitFilterForm
from spm import checks, trail, views
from spm.audit_screen import AuditFilter
from spm.models import AuditEvent

SOURCES = [
    path
    for app in ("spm", "clients", "feedback", "exits")
    for path in Path(settings.BASE_DIR, app).rglob("*.py")
    if any(f"{writer}(" in path.read_text() for writer in ("AuditEvent.record", "observe"))
]
WRITERS = {"AuditEvent.record", "observe", "observed.observe"}


def texts(node) -> set[str]:
    return {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def recorded(source: str) -> tuple[set[str], set[str]]:
    """Verbs and details of each line that the source writes; a verb in a variable is looked up."""
    tree = ast.parse(source)
    named = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    verbs, details = set(), set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) in WRITERS:
            verb = call.args[0]
            if isinstance(verb, ast.Name):
                verb = named[verb.id]
            branches = [verb.body, verb.orelse] if isinstance(verb, ast.IfExp) else [verb]
            verbs |= set().union(*map(texts, branches))
            details |= {keyword.arg for keyword in call.keywords} - {"by", None}
    return verbs, details


def test_every_verb_and_every_detail_that_the_code_records_has_its_title():
    found = [recorded(path.read_text()) for path in SOURCES]
    verbs, details = (set().union(*kind) for kind in zip(*found, strict=True))
    assert verbs >= {
        "import.written",
        "import.refused",
        "user.added",
        "exit.rebuilt",
        "exported",
        "identified",
        "refused",
    }
    assert (verbs - set(trail.VERBS), details - set(trail.DETAILS)) == (set(), set())


def test_a_detail_keeps_the_words_that_it_has():
    with pytest.raises(ValueError, match="'sheets' is called sheets already"):
        trail.name(details={"sheets": "bedding"})
    assert trail.details_words({"sheets": 3}) == [("sheets", "3")]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("register", [trail.VERBS, trail.TARGETS], ids=["verbs", "targets"])
def test_no_two_conditions_to_choose_from_have_the_same_words(register, language):
    with translation.override(language):
        often = Counter(map(str, register.values()))
    assert [words for words, times in often.items() if times > 1] == []


def test_a_verb_without_a_title_is_found():
    source = 'verb = "a.done" if x else "a.refused"\nAuditEvent.record(verb, row, by=by, note=1)'
    assert recorded(source) == ({"a.done", "a.refused"}, {"note"})


def test_every_screen_that_exports_has_its_title():
    exporting = {
        name
        for name, view in checks.walk()
        if issubclass(getattr(view, "view_class", object), views.Exported)
    }
    assert len(exporting) >= 5
    assert exporting - set(trail.TARGETS) == set()


def test_what_may_stand_in_an_address_and_in_a_report_has_its_title():
    fields = {
        name
        for form in (AuditFilter, ClientFilter, ExitFilterForm, CountedFilterForm)
        for name in (*form.base_fields, *form.declared_fields)
    }
    assert (fields | set(SHEETS)) - set(trail.DETAILS) == set()


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("clients.ImportBatch:3", "Import 3"),
        ("spm.Job:12345678-90ab-cdef-1234-567890abcdef", "Job 12345678"),
        ("exits:exit-rate", "Who is leaving?"),
        ("strategy.Goal:7", "strategy.Goal:7"),
    ],
)
def test_a_target_is_named_with_its_number(target, words):
    assert trail.target_words(target) == words


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"role": "manager", "valid_to": None}, [("role", "Manager")]),
        ({"valid_from": "2025-03-01"}, [("from", "1 March 2025")]),
        ({"counts_savings": True}, [("savings keep a client", "yes")]),
        ({"formula": "exit_closing"}, [("headline formula", "Exits of closing clients")]),
        ({"work": "exits.rebuild_spells"}, [("work", "Exit figures brought up to date")]),
        ({"form": "xlsx", "shown": {"sex": ["F"], "by": []}}, [("as", "Excel workbook"), ("shown", "sex F")]),
        (
            {
                "sheets": {
                    "clients": {"read": 1204, "created": 2, "rejected": 0},
                    "loans": {"read": 0, "created": 0, "rejected": 0},
                }
            },
            [("sheets", "clients (read 1,204, created 2)")],
        ),
        ({"note": "left as it is"}, [("note", "left as it is")]),
    ],
)
def test_details_are_said_in_words(details, words):
    assert trail.details_words(details) == words


@pytest.mark.django_db
def test_the_page_shows_words_and_no_codes(client, admin, manager):
    AuditEvent.record(
        "import.written", manager, by=manager, source="cartera.zip", sheets={"clients": {"read": 3}}
    )
    client.force_login(admin)
    page = client.get(reverse("audit-list")).text
    assert [
        words in page
        for words in ("Import written", "Account ", "sheets: clients (read 3); file: cartera.zip")
    ] == [True] * 3
    table = page.partition("<table")[2]
    assert [code in table for code in ("import.written", "spm.User")] == [False, False]


def test_the_words_are_of_the_readers_language(monkeypatch):
    with translation.override("es"):
        assert trail.details_words({"role": "manager"})[0][1] != "Manager"
