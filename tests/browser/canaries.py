"""Text that would run or break out if a page forgot to escape it, in every text column of a site's database.

Each column's canary bears its name, so that a page tells which columns it shows.
"""

import json
import re
from pathlib import Path

from babel.messages.mofile import write_mo
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client as Browser
from django.utils import timezone

from clients.actions.mappings import save_profile
from clients.actions.merges import merge_clients
from clients.methods.mapping import found_sheets
from clients.methods.proposing import propose
from clients.models import Client, ClientMerge, ImportBatch
from exits.actions import word_interview
from exits.models import (
    Contact,
    ExitInterview,
    GivenReason,
    LeaverSample,
    LeaverType,
    Reason,
    RegisteredExit,
    SampledLeaver,
    Spell,
)
from spm.models import User
from tools import messages

MARK = "data-canary"
# With "@" where the column's name goes. Row by row, in turn.
FORMS = (
    f'<script {MARK}="@">alert(1)</script>',
    f'"><img {MARK}="@" src=x onerror=alert(1)>',
    f"' {MARK}='@' onmouseover='alert(1)",
    f'</script></title></textarea></option><b {MARK}="@">',
    f'<svg {MARK}="@" onload=alert(1)><a xlink:href="javascript:alert(1)">x</a></svg>',
    f'<a {MARK}="@" href="javascript:alert(1)">x</a>',
    f'<a {MARK}="@" href="https://evil.example/" style="position:fixed">x</a>',
    f'&lt;img {MARK}="@" src=x onerror=alert(1)&gt;&#34;&#x3e;',
    f'{{{{ 7|add:7 }}}}{{% debug %}}${{alert(1)}} {MARK}="@"',
    f'<iframe {MARK}="@" srcdoc="<script>alert(1)</script>"></iframe>',
    f'=HYPERLINK("javascript:alert(1)","{MARK}=@")',
    f'javascript:alert("{MARK}=@")//',
)
OURS = ("spm", "clients", "feedback", "exits")
SHORTEST = 20
CODE = re.compile(r"[a-z_.-]+|[-\d.:T+Z]*")

# Text columns that hold nothing anybody wrote, each with its reason.
BARE = {
    "spm.AuditEvent.digest": "a digest",
    "spm.AuditEvent.previous": "a digest",
    "spm.AuditEvent.key": "the number of a key",
    "spm.AuditEvent.target": "the kind of a record and its key",
    "spm.AuditHead.digest": "a digest",
    "spm.AuditHead.seal": "a digest",
    "spm.User.password": "a hash",
    "spm.Logo.digest": "a digest, by which the picture is found",
    "spm.Institution.languages": "codes of languages",
    "spm.Job.arguments": "read by the work alone, and on no page",
    "spm.FieldKey.key": "a key, drawn at random",
    "spm.Submission.form": "the name of a screen",
    "spm.Submission.digest": "a digest",
    "spm.Submission.answer": "given to the phone that sent the form, and on no page",
    "spm.Submission.office_path": "numbers of offices, which rows are sought by",
    "spm.SubmissionConflict.digest": "a digest",
    "spm.SubmissionConflict.office_path": "numbers of offices, which rows are sought by",
    "spm.WorkItem.kind": "the name of a kind of work",
    "spm.WorkItem.key": "the key of a record",
    "spm.PreparedFile.screen": "the name of a screen",
    "spm.PreparedFile.path": "the address of a screen",
    "spm.PreparedFile.query": "read by the work alone, and on no page",
    "spm.PreparedFile.told": "goes into the audit trail, whose details have their canary",
    "spm.PreparedFile.reach": "names of permissions and numbers of offices",
    "spm.PreparedFile.file": "a name that the product makes",
    "spm.PreparedFile.name": "what a file is called as it is taken, made of letters and digits",
    "clients.ImportBatch.content": "a digest",
    "clients.ImportBatch.upload": "a name that the product makes",
    "clients.Invitation.token_hash": "a digest",
    "clients.ClientMerge.survivor": "a client's number, which has its canary",
    "clients.Office.path": "numbers of offices, which rows are sought by",
    "clients.ChangeSet.counts": "numbers by names of models",
    "clients.BeforeImage.model": "the name of a model",
    "feedback.Category.code": "a code of letters and digits alone",
    "feedback.Category.head": "the code of another category",
    "feedback.Complaint.about_path": "numbers of offices, which rows are sought by",
    "exits.Analysis.found": "numbers, by codes of rows that have their own canaries",
    "exits.SpellBuild.basis": "digests by names of models",
    "exits.ExitDefinition.product_windows": "numbers by numbers of products",
    "exits.LeaverType.code": "a code of letters and digits alone",
    "exits.Reason.code": "a code of letters and digits alone",
    "exits.Reason.head": "the code of another reason",
}

# What every word of the product ends with: markup where it comes from code and is escaped like any text.
# Templates and `format_html` take words as they are, so that these may hold no markup but their message's
# own, which `tools/messages.py check` sees to.
WORD = f" ' {MARK}='word' onmouseover='alert(1)"
ESCAPED_WORD = f'{WORD}</script></title>"><img {MARK}="word" src=x onerror=alert(1)>'
SETTINGS = """from spm.settings import *

LOCALE_PATHS = ["{folder}"]
LANGUAGE_CODE = "es"
"""


def spoil_words(folder: Path) -> dict:
    """A Spanish catalogue whose every word has a canary, in the folder; the settings to start a site with."""
    catalogue = messages.load("es")
    for message in catalogue:
        if message.id:
            message.string = with_canary(message)
    compiled = folder / "es/LC_MESSAGES/django.mo"
    compiled.parent.mkdir(parents=True)
    with compiled.open("wb") as file:
        write_mo(file, catalogue)
    (folder / "settings_of_canaries.py").write_text(SETTINGS.format(folder=folder))
    return {"DJANGO_SETTINGS_MODULE": "settings_of_canaries", "PYTHONPATH": str(folder)}


def with_canary(message):
    from_code = all(name.endswith(".py") for name, _line in message.locations)
    escaped = from_code and not re.search("[<{]", str(message.id))
    canary = ESCAPED_WORD if escaped else WORD
    if isinstance(message.string, tuple):
        return tuple(text + canary for text in message.string)
    return message.string + canary


def label(model, field) -> str:
    return f"{model._meta.app_label}.{model.__name__}.{field.name}"


def text_columns() -> dict:
    """Each column of our tables that could hold a canary, by its name: model and field."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        for field in model._meta.local_concrete_fields:
            text = isinstance(field, models.CharField | models.TextField | models.FileField)
            chosen = field.choices or (field.max_length and field.max_length < SHORTEST)
            if isinstance(field, models.JSONField) or (text and not chosen):
                found[label(model, field)] = model, field
    return found


def spoilt(value, canary: str):
    """The value with the canary after every text in it, however deep; keys, codes and numbers stay."""
    if isinstance(value, dict):
        return {key: spoilt(inner, canary) for key, inner in value.items()}
    if isinstance(value, list):
        return [spoilt(inner, canary) for inner in value]
    return f"{value}{canary}" if isinstance(value, str) and not CODE.fullmatch(value) else value


@transaction.atomic
def plant() -> list[str]:
    """Put its canary into every row of every column, and say which columns have one now."""
    planted = []
    for turn, (name, (model, field)) in enumerate(text_columns().items()):
        if name in BARE:
            continue
        table, column, key = model._meta.db_table, field.column, model._meta.pk
        rows = model._base_manager.order_by("-pk").values_list("pk", column)[:500]
        spoilt_rows = [
            (written(field, value, name, turn + at), key.get_db_prep_value(pk, connection))
            for at, (pk, value) in enumerate(rows)
        ]
        with connection.cursor() as cursor:
            change = f'UPDATE "{table}" SET "{column}" = %s WHERE "{key.column}" = %s'  # noqa: S608
            cursor.executemany(change, spoilt_rows)
        planted += [name] * bool(spoilt_rows)
    return planted


def written(field, value, name: str, turn: int) -> str:
    canary = FORMS[turn % len(FORMS)].replace("@", name)
    if isinstance(field, models.JSONField):
        return json.dumps(spoilt(value, canary))
    if canary.startswith(("javascript:", "=")):
        return f"{canary}{value}"
    return f"{value}{canary}"


def sessions() -> dict[str, str]:
    """The session key of everybody, by username; with somebody who holds no role."""
    User.objects.create_user("nobody", password="granizo-de-agosto")
    kept = {}
    for user in User.objects.filter(is_active=True):
        browser = Browser()
        browser.force_login(user)
        kept[user.username] = browser.cookies["sessionid"].value
    return kept


def somebody_who_left(manager) -> None:
    """Confirmed by staff, drawn and asked, with words in every answer; in the year that pages open with."""
    ExitInterview.objects.filter(consent=False).delete()  # holds no word, and must not
    year = Spell.objects.latest("start").start.year - 1
    spell = Spell.objects.filter(cause=Spell.Cause.CLIENT, left_on__year=year).latest("left_on")
    stay, at = {"client": spell.client, "start": spell.start}, timezone.now()
    said = {"by": manager, "at": at}
    moved, reason = LeaverType.objects.get(code="moved"), Reason.objects.get(code="delay")
    usual = {"initiative": moved.initiative, "tone": moved.tone, "staff_reason": reason, "note": "Said so"}
    RegisteredExit.objects.filter(**stay).delete()
    RegisteredExit.objects.create(**stay, **said, leaver_type=moved, **usual)
    day = spell.left_on
    sample = LeaverSample.objects.create(
        name="Spring",
        office=spell.office,
        left_from=day,
        left_until=day,
        margin=0.1,
        size=1,
        reserve=0,
        seed=1,
        data_as_of=day,
        drawn_at=at,
        by=manager,
    )
    drawn = SampledLeaver.objects.create(sample=sample, **stay, state=SampledLeaver.State.DRAWN)
    answers = {
        field.name: "Yes, it was so"
        for field in ExitInterview._meta.get_fields()
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    }
    interview = ExitInterview.objects.create(
        **stay, **said, sampled=drawn, own_officer=False, consent=True, **answers
    )
    GivenReason.objects.create(interview=interview, reason=reason, part="primary", text="It took long")


def rows_of_every_kind() -> ClientMerge:
    """What the demo has none of: a merge, saved columns, a call, somebody asked why, words to ask in."""
    manager = User.objects.get(username="manager")
    one, other = Client.objects.order_by("-pk")[:2]
    spoken_to = Client.objects.filter(loans__isnull=False).order_by("pk").first()
    said = {"how": "call", "result": "reached", "note": "Waits", "at": timezone.now(), "by": manager}
    Contact.objects.create(client=spoken_to, start=spoken_to.spells.latest("start").start, **said)
    sheets = found_sheets(ImportBatch.objects.get(profile="mapped").upload.path)
    somebody_who_left(manager)
    word_interview(
        language="qu", words={"consent": "Munankichu?", "change": "Imata?"}, after=None, by=manager
    )
    save_profile(name="Core banking", mapping=propose(sheets), by=manager)
    return merge_clients(survivor=one, other=other, take=frozenset({"phone"}), by=manager)


def main() -> None:
    """Once per site, by ``manage.py shell``: what it prints is read by the test."""
    merge = rows_of_every_kind()
    survivor = Client.objects.get(external_id=merge.survivor)
    said = {"sessions": sessions(), "planted": plant()}
    survivor.refresh_from_db()
    ClientMerge.objects.filter(pk=merge.pk).update(survivor=survivor.external_id)
    print(json.dumps(said))  # noqa: T201


def shown_in(page: str) -> set[str]:
    """The columns whose canaries stand in a page's text."""
    return set(re.findall(rf"\b((?:{'|'.join(OURS)})\.[A-Z]\w+\.\w+)\b", page))
