"""A word of its own in every text column of every row, and who may ever read which of them."""

import re
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db import models

from spm.access import OWN_PORTFOLIO, Can, Role
from spm.policy import Kind, knows_all_names, reaches

WORD = re.compile(r"cq(\d{5})q", re.IGNORECASE)
OURS = ("spm", "clients", "feedback", "exits")
# Shorter columns hold letters of a closed list.
SHORTEST = 9

# Text columns that hold no word of anybody's, each with its reason.
WITHOUT = {
    "spm.Job.state": "closed list",
    "spm.PreparedFile.form": "closed list",
    "spm.PreparedFile.path": "address of a screen",
    "spm.PreparedFile.reach": "names of permissions and paths of offices",
    "spm.AuditEvent.key": "name of a key",
    "spm.AuditEvent.previous": "digest",
    "spm.AuditEvent.digest": "digest",
    "spm.AuditHead.digest": "digest",
    "spm.AuditHead.seal": "digest",
    "spm.AuditHead.key": "name of a key",
    "spm.Institution.languages": "closed list",
    "spm.Logo.digest": "digest",
    "spm.Institution.language": "closed list",
    "spm.Submission.form": "name of a screen",
    "spm.Submission.digest": "digest",
    "spm.Submission.answer": "numbers of the form and of who sent it",
    "spm.Submission.office_path": "made of primary keys",
    "spm.SubmissionConflict.digest": "digest",
    "spm.SubmissionConflict.office_path": "made of primary keys",
    "spm.WorkItem.kind": "name of a kind of work",
    "spm.WorkItem.key": "primary key",
    "clients.Office.path": "made of primary keys",
    "clients.ChangeSet.counts": "numbers by name of the model",
    "clients.Invitation.language": "closed list",
    "clients.ClientMerge.survivor": "the number of a client, which bears its own word",
    "clients.BeforeImage.model": "name of a model",
    "feedback.Complaint.about_path": "made of primary keys",
    "exits.SpellBuild.warnings": "numbers of clients, which bear their own words",
    "exits.SpellBuild.basis": "digests and numbers",
    "exits.Analysis.by": "name of a dimension",
    "exits.Analysis.found": "numbers, by codes of rows that bear their own words",
}


@cache
def text_columns() -> dict[str, models.Field]:
    """Every column of ours that may hold words, by ``app.Model.field``."""
    return {
        f"{model._meta.label}.{column.name}": column
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField | models.FileField)
        and not column.choices
        and (column.max_length or SHORTEST) >= SHORTEST
    }


@dataclass(frozen=True)
class Mark:
    """Where a word stands: the column, and whose row it is."""

    column: str
    owner: object

    @property
    def model(self) -> str:
        return self.column.rpartition(".")[0]


@dataclass
class Canaries:
    marks: list[Mark] = field(default_factory=list)

    def word(self, column: str, owner) -> str:
        self.marks.append(Mark(column, owner))
        return f"cq{len(self.marks) - 1:05}q"

    def plant(self, row, owner, **said) -> None:
        """Put a word into every text column of the row; ``said`` are columns with a shape of their own."""
        columns = text_columns()
        label = row._meta.label
        given = dict(said)
        for column in row._meta.concrete_fields:
            name = f"{label}.{column.name}"
            if name in columns and name not in WITHOUT and column.name not in given:
                given[column.name] = self.word(name, owner)
        type(row).objects.filter(pk=row.pk).update(**given)
        row.refresh_from_db()

    def seen(self, text: str) -> set[Mark]:
        return {self.marks[int(number)] for number in WORD.findall(text)}

    def columns(self) -> set[str]:
        return {mark.column for mark in self.marks}


# Who may read what


def may_read(person, mark: Mark) -> bool:
    """By the office tree, spelled out anew: by ids, not by prefixes of text."""
    rule = RULES[mark.model]
    return mark.column not in NOBODY and rule(person, mark)


NOBODY = {
    "spm.User.password",
    "clients.Invitation.token_hash",
    "clients.Client.search_name",
}


def near(person, owner) -> bool:
    """Is the owner's office the person's or below it?"""
    return person.office is not None and person.office.pk in ids(owner.office)


def ids(office) -> list[int]:
    return [int(number) for number in office.path.strip("/").split("/")]


def of_client(person, mark) -> bool:
    if not person.holds(Can.CLIENTS_VIEW):
        return False
    own = person is mark.owner
    if mark.column in {"clients.Client.name", "clients.Client.phone"} and not person.holds(
        Can.CLIENTS_IDENTIFY
    ):
        return False
    return own if person.role in OWN_PORTFOLIO else near(person, mark.owner)


def of_officer(person, mark) -> bool:
    handles = person.holds(Can.COMPLAINTS_HANDLE) and near(person, mark.owner)
    return person is mark.owner or handles or of_client(person, mark)


def of_office(person, mark) -> bool:
    return person.role is not None and near(person, mark.owner)


def of_account(person, mark) -> bool:
    """The audit trail says of everybody who did what; a complaint, who wrote it down and who has it."""
    there = near(person, mark.owner)
    manages = there and (person.holds(Can.PEOPLE_MANAGE) or person.holds(Can.COMPLAINTS_VIEW))
    return person is mark.owner or manages or person.holds(Can.AUDIT_VIEW)


def of_conflict(person, mark) -> bool:
    return person.holds(Can.FIELD_REVIEW) and near(person, mark.owner)


def of_offer(person, mark) -> bool:
    return person.holds(Can.PEOPLE_MANAGE) and near(person, mark.owner)


def of_import(person, mark) -> bool:
    names = mark.column.endswith((".report names", ".upload names"))
    own = person is mark.owner and not mark.column.endswith(".report names")
    return person.holds(Can.PORTFOLIO_IMPORT) and (not names or own or knows_all_names(person.as_policy))


def of_institution(person, mark) -> bool:
    return mark.column == "spm.Institution.name" or person.holds(Can.INSTITUTION_MANAGE)


def of_complaint(person, mark) -> bool:
    """An ordinary one that names nobody of the staff."""
    return person.holds(Can.COMPLAINTS_VIEW) and near(person, mark.owner)


def of_complainant(person, mark) -> bool:
    return person.role == Role.DESK and near(person, mark.owner)


def of_exit_lists(person, mark) -> bool:
    return person.holds(Can.EXITS_VIEW) or person.holds(Can.EXITS_INTERVIEW)


def of_interview(person, mark) -> bool:
    own = person is mark.owner and person.holds(Can.EXITS_INTERVIEW)
    return own or (person.holds(Can.EXITS_VIEW) and of_client(person, mark))


def of_sampled(person, mark) -> bool:
    own = person is mark.owner and person.holds(Can.EXITS_INTERVIEW)
    return own or (person.holds(Can.EXITS_SAMPLE) and near(person, mark.owner))


def of_job(person, mark) -> bool:
    relation = person.relation_to(mark.owner)
    return person.holds(Can.JOBS_VIEW) and reaches(person.as_policy, Kind.WORK, relation)


RULES = {
    "clients.Client": of_client,
    "clients.ClientAlias": of_client,
    "clients.Group": of_client,
    "clients.Loan": of_client,
    "clients.Repayment": of_client,
    "clients.SavingsAccount": of_client,
    "clients.SavingsMovement": of_client,
    "clients.Officer": of_officer,
    "clients.Office": of_office,
    "clients.ClientMerge": lambda person, mark: person.holds(Can.CLIENTS_MERGE) and near(person, mark.owner),
    "clients.Invitation": of_offer,
    "clients.ImportBatch": of_import,
    "clients.ImportProfile": of_import,
    "clients.BeforeImage": lambda person, mark: False,
    "clients.Product": lambda person, mark: person.role is not None,
    "spm.User": of_account,
    "spm.Job": of_job,
    "spm.PreparedFile": lambda person, mark: person is mark.owner and person.holds(Can.JOBS_VIEW),
    "spm.JobEffect": lambda person, mark: False,
    "spm.AuditEvent": lambda person, mark: person.holds(Can.AUDIT_VIEW),
    "spm.Institution": of_institution,
    "spm.Holiday": of_institution,
    "feedback.Category": lambda person, mark: (
        person.holds(Can.COMPLAINTS_VIEW) or person.holds(Can.COMPLAINTS_LOG)
    ),
    "feedback.HandlingRules": lambda person, mark: person.holds(Can.COMPLAINTS_VIEW),
    "feedback.Complaint": of_complaint,
    "feedback.Complainant": of_complainant,
    "feedback.ComplaintStep": of_complaint,
    "exits.Contact": of_client,
    "exits.LeaverType": of_exit_lists,
    "exits.Reason": of_exit_lists,
    "exits.InterviewWords": of_exit_lists,
    "exits.RegisteredExit": of_client,
    "exits.ExitInterview": of_interview,
    "exits.GivenReason": of_interview,
    "exits.LeaverSample": lambda person, mark: person.holds(Can.EXITS_SAMPLE) and near(person, mark.owner),
    "exits.SampledLeaver": of_sampled,
    "spm.FieldKey": lambda person, mark: person is mark.owner,
    "spm.Submission": of_conflict,
    "spm.SubmissionConflict": of_conflict,
    "exits.ExitDefinition": lambda person, mark: person.holds(Can.EXITS_VIEW),
}
