"""Words come back in the file of their list: what would change is shown first, and a flaw keeps all out."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from exits.actions import word_interview
from exits.models import InterviewWords, LeaverType, Reason
from exits.queries.wording import words_in_force
from spm.access import Role
from spm.models import AuditEvent
from spm.reference_edits import reword_entry, withdraw_entry
from tests.conftest import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_lists")]
FORMS = ("xlsx", "csv-excel", "csv")
WORDS = {"consent": "Munankichu?", "consent-yes": "Ari", "change": "Imata tikrasun?"}
LISTS = {"wording": InterviewWords, "reason-entry": Reason, "type-entry": LeaverType}


def taken_away(client, routes, form="csv", **shown):
    """The list's own file, as it is."""
    answer = client.get(reverse(f"exits:{routes}-list"), shown | {"export": form})
    return b"".join(answer.streaming_content)


def rows_of(client, routes):
    """The same as rows of cells, with the titles that software reads."""
    return list(csv.reader(io.StringIO(taken_away(client, routes).decode())))


def file_of(rows, form="csv", sheet="Words"):
    if form == "xlsx":
        book = Workbook()
        book.active.append(["Table", "About"])
        page = book.create_sheet(sheet)
        for row in rows:
            page.append(row)
        file = io.BytesIO()
        book.save(file)
        return SimpleUploadedFile("words.xlsx", file.getvalue())
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile("words.csv", text.getvalue().encode())


def sent(client, routes, rows, form="csv", **more):
    given = {"file": file_of(rows, form), "starts_on": timezone.localdate().isoformat()}
    return client.post(reverse(f"exits:{routes}-take"), given | more)


def confirmed(client, routes, answer):
    plan = re.search(r'name="plan" value="([^"]+)"', answer.text).group(1)
    return client.post(reverse(f"exits:{routes}-take"), {"plan": plan}, follow=True)


def flaws(answer):
    return [(flaw.sheet, flaw.row, flaw.column, flaw.why) for flaw in answer.context["flaws"]]


def changes(answer):
    return [(change.what, change.before, change.after) for change in answer.context["changes"]]


def with_cell(rows, code, column, text):
    """The row of this code with other words in it; the titles are those for software."""
    (head, *_rest), place = rows, rows[0].index("code")
    return [
        [text if head[at] == column and row[place] == code else cell for at, cell in enumerate(row)]
        for row in rows
    ]


@pytest.fixture
def signed_in(client, manager):
    client.force_login(manager)
    return client


@pytest.fixture
def worded(manager):
    return word_interview(language="qu", words=WORDS, after=None, by=manager)


def lines():
    return list(AuditEvent.objects.filter(verb__endswith="words_taken").values_list("verb", "details"))


def test_words_of_the_interview_come_back_with_what_changed_shown_first(signed_in, worded):
    rows = with_cell(rows_of(signed_in, "wording"), "qu", "change", "Imatataq tikrasunman?")
    rows = with_cell(rows, "qu", "consent_yes", "")
    answer = sent(signed_in, "wording", rows)
    assert changes(answer) == [
        ("Runasimi: Does the person agree to be asked, and that we keep the answers? · Yes", "Ari", ""),
        ("Runasimi: What should we change?", "Imata tikrasun?", "Imatataq tikrasunman?"),
    ]
    assert (words_in_force(), lines()) == ({"qu": WORDS}, [])
    assert confirmed(signed_in, "wording", answer).redirect_chain[0][0] == reverse("exits:wording-list")
    assert words_in_force() == {"qu": {"consent": "Munankichu?", "change": "Imatataq tikrasunman?"}}
    assert lines() == [("interview.words_taken", {"languages": ["qu"], "questions": 2})]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("routes", LISTS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_list_takes_its_own_file_back_in_any_form_and_language(
    form, routes, language, signed_in, worded, manager
):
    word_interview(language="qu", words=WORDS | {"change": "=Imata?"}, after=worded.pk, by=manager)
    signed_in.cookies["django_language"] = language
    file = taken_away(signed_in, routes, form, earlier="1")
    signed_in.cookies["django_language"] = "en"
    answer = sent(signed_in, routes, [], file=SimpleUploadedFile("list", file))
    assert "The list says all of this already: nothing would change." in answer.text
    assert "flaws" not in answer.context


def test_a_language_that_is_new_comes_in_by_a_row_of_its_own(signed_in, worded):
    answer = sent(signed_in, "wording", [["code", "consent"], ["AY", "Munasmati?"]])
    confirmed(signed_in, "wording", answer)
    assert words_in_force() == {"qu": WORDS, "ay": {"consent": "Munasmati?"}}


def test_reasons_are_worded_from_a_day_on_and_none_is_written_over(signed_in):
    rows = [["code", "words_qu"], ["delay", "Qullqi unayta chayamun"], ["interest", "Wachay"]]
    old = Reason.objects.get(code="delay")
    confirmed(signed_in, "reason-entry", sent(signed_in, "reason-entry", rows, "xlsx"))
    said = Reason.objects.filter(ends_on=None, code__in=["delay", "interest"]).order_by("code")
    assert [row.words["qu"] for row in said] == ["Qullqi unayta chayamun", "Wachay"]
    assert [row.words["en"] for row in said] == ["Money comes too late", "Interest or fees too high"]
    assert Reason.objects.get(pk=old.pk).ends_on == timezone.localdate()
    ((verb, told),) = lines()
    assert (verb, told["entries"], told["languages"]) == ("list.words_taken", 2, ["en", "es", "qu"])


def test_two_entries_may_change_words_with_one_another(signed_in):
    one, other = (LeaverType.objects.get(code=code) for code in ("moved", "death"))
    rows = [["code", "words_en"], ["moved", str(other)], ["death", str(one)]]
    confirmed(signed_in, "type-entry", sent(signed_in, "type-entry", rows))
    said = LeaverType.objects.filter(ends_on=None)
    assert [str(said.get(code=code)) for code in ("moved", "death")] == [str(other), str(one)]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_each_flaw_is_told_by_sheet_row_and_column_and_keeps_everything_out(form, signed_in, worded):
    rows = [
        ["code", "consent", "chnage"],
        ["qu", "Munankichu?!", ""],
        ["9", "x", ""],
        ["es", "x", ""],
        ["ay", "y" * 1001, ""],
        ["qu", "x", ""],
        ["", "x", ""],
        ["gn", "", ""],
    ]
    sheet = "words.csv" if form == "csv" else "Words"
    assert flaws(sent(signed_in, "wording", rows, form)) == [
        (sheet, 1, "chnage", "The list has no such column."),
        (sheet, 3, "code", "Write two or three letters, such as es or qu."),
        (sheet, 4, "code", "The pages speak this language already: choose it at their top."),
        (sheet, 5, "consent", "At most 1000 characters; there are 1001."),
        (sheet, 6, "code", "“qu” stands in the file twice."),
        (sheet, 7, "code", "The code is missing."),
        (sheet, 8, "code", "Write one question at least."),
    ]
    assert words_in_force() == {"qu": WORDS}


def test_flaws_of_a_list_are_told_in_the_same_way(signed_in, manager):
    gone = Reason.objects.get(code="weather")
    withdraw_entry(entry=gone, version=gone.version, ends_on=timezone.localdate(), by=manager)
    said = str(Reason.objects.get(code="interest"))
    rows = [
        ["code", "words_en", "words_es", "words_123"],
        ["nonsense", "x", "", ""],
        ["weather", "x", "", ""],
        ["loan_size", said.upper(), "x", ""],
        ["loan_term", "", "", ""],
    ]
    assert flaws(sent(signed_in, "reason-entry", rows)) == [
        ("words.csv", 1, "words_123", "The list has no such column."),
        ("words.csv", 2, "code", "The list has no entry with the code “nonsense”."),
        ("words.csv", 3, "code", "This entry is withdrawn: bring it back first."),
        ("words.csv", 5, "code", "Write it in one language at least."),
        ("words.csv", 4, "words_en", f"The list says this already: {said}."),
    ]
    assert Reason.objects.filter(starts_on=timezone.localdate(), words__en="x").count() == 0


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (SimpleUploadedFile("words.csv", b"a,b\n1,2\n"), "has a column “Code”"),
        (SimpleUploadedFile("words.csv", b'code,"consent\nqu,x'), "A quotation mark"),
        (SimpleUploadedFile("words.pdf", b"%PDF-1.7"), "This is a PDF."),
        (SimpleUploadedFile("words.csv", b"code,consent\nqu,\xff\n"), "is not in UTF-8"),
        ("", "This field is required."),
    ],
)
def test_a_file_that_is_none_is_refused_with_the_reason(file, why, signed_in):
    if file:
        file.seek(0)
    answer = signed_in.post(reverse("exits:wording-take"), {"file": file})
    assert (why in answer.text, answer.context.get("plan")) == (True, None)


def test_who_confirms_after_somebody_else_has_changed_the_list_writes_nothing(signed_in, worded, manager):
    rows = with_cell(rows_of(signed_in, "wording"), "qu", "change", "Imata?")
    rows.insert(1, [{"code": "ay", "consent": "Munasmati?"}.get(name, "") for name in rows[0]])
    answer = sent(signed_in, "wording", rows)
    newer = word_interview(language="qu", words={"change": "Newer"}, after=worded.pk, by=manager)
    assert "Somebody worded it in this language meanwhile." in confirmed(signed_in, "wording", answer).text
    assert words_in_force() == {"qu": newer.words}
    rows = [["code", "words_qu"], ["delay", "Unay"], ["interest", "Wachay"]]
    answer = sent(signed_in, "reason-entry", rows)
    entry, today = Reason.objects.get(code="interest"), timezone.localdate()
    reword_entry(entry=entry, version=entry.version, words={"en": "Rates"}, starts_on=today, by=manager)
    assert (
        "The list has changed since you sent the file." in confirmed(signed_in, "reason-entry", answer).text
    )
    assert Reason.objects.filter(words__qu="Unay").count() == 0
    assert lines() == []


def test_what_was_read_is_confirmed_by_whoever_sent_it_and_for_its_own_list(signed_in, worded, client, head):
    rows = with_cell(rows_of(signed_in, "wording"), "qu", "change", "Imata?")
    answer = sent(signed_in, "wording", rows)
    assert "Send it once more." in confirmed(signed_in, "reason-entry", answer).text
    forged = signed_in.post(reverse("exits:wording-take"), {"plan": "forged"}, follow=True)
    assert "Send it once more." in forged.text
    client.force_login(member("other-manager", Role.MANAGER, head))
    assert "Send it once more." in confirmed(client, "wording", answer).text
    assert words_in_force() == {"qu": WORDS}


@pytest.mark.parametrize("routes", LISTS)
@pytest.mark.parametrize(
    ("who", "answers"), [("manager", 200), ("branch_manager", 403), ("officer", 403), ("admin", 403)]
)
def test_the_head_offices_manager_alone_brings_words_back(who, answers, routes, client, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(reverse(f"exits:{routes}-take")).status_code == answers
    listed = client.get(reverse(f"exits:{routes}-list"))
    assert (reverse(f"exits:{routes}-take") in listed.text) == (who == "manager")
