"""An institution for the matrix: offices whose ids are traps, a person for each role and place, rows of each.

Head office 7; under it the regions 1, 10 and 100; in region 1 the branches 11 and 110, in region 10 branch
111, in region 100 branch 1100. Every text column bears a word of its own (``tests.access.canaries``).
"""

import datetime as dt
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from clients.models import (
    Attendance,
    BeforeImage,
    ChangeSet,
    ClientAlias,
    ClientMerge,
    ClientPosting,
    ImportBatch,
    ImportProfile,
    Office,
    SavingsAccount,
    SavingsMovement,
)
from exits.actions import analyse_exits, rebuild_spells, record_contact
from exits.models import (
    ExitDefinition,
    ExitInterview,
    GivenReason,
    InterviewWords,
    LeaverSample,
    LeaverType,
    Reason,
    RegisteredExit,
    SampledLeaver,
)
from spm import policy
from spm.access import Can, Role
from spm.models import AuditEvent, FieldKey, Institution, Job, JobEffect, PreparedFile, User
from spm.policy import Relation
from tests.access.canaries import Canaries
from tests.access.feedback_rows import fill_feedback
from tests.factories import (
    ClientFactory,
    GroupFactory,
    HolidayFactory,
    InvitationFactory,
    LoanFactory,
    MembershipFactory,
    OfficerFactory,
    ProductFactory,
    RepaymentFactory,
    ReportScheduleFactory,
    SubmissionConflictFactory,
    UserFactory,
)

HEAD, BRANCH = 7, 11
OFFICES = {1: HEAD, 10: HEAD, 100: HEAD, 11: 1, 110: 1, 111: 10, 1100: 100}
STATE = ImportBatch.State
# In which state an import must be for the page to be there; the others are about one that is done.
STATES = {
    "clients:import-columns": STATE.UNMAPPED,
    "clients:import-confirm": STATE.CHECKED,
    "clients:import-discard": STATE.CHECKED,
}


@dataclass(eq=False)
class Person:
    """Somebody with rows of their own: a role at an office, or none that is in force."""

    name: str
    role: Role | None
    office: Office
    user: User | None = None
    signed_in: bool = True
    rows: dict = field(default_factory=dict)

    @property
    def as_policy(self) -> policy.Person:
        return policy.Person(self.role, self.office.pk == HEAD, self.signed_in)

    def holds(self, permission: Can) -> bool:
        return policy.holds(self.as_policy, permission)

    def relation_to(self, owner) -> Relation:
        if owner is self:
            return Relation.OWN
        if owner.office.pk == self.office.pk:
            return Relation.SAME_OFFICE
        same_region = owner.office.parent_id == self.office.parent_id
        return Relation.OTHER_OFFICE if same_region else Relation.OTHER_REGION

    def row(self, route):
        """This person's row of the kind that the route is about; None where they have none of it."""
        name = route.view.model.__name__
        return self.rows.get(STATES.get(route.name, STATE.DONE) if name == "ImportBatch" else name)


class World:
    """Builds it all, in the transaction and the folder of uploads that it is given."""

    def __init__(self, folder: Path):
        self.folder, self.canaries = folder, Canaries()
        (folder / "imports").mkdir(parents=True)
        (folder / "prepared").mkdir()
        self.offices = {HEAD: Office.objects.create(pk=HEAD, code="H", name="H", kind=Office.Kind.HEAD)}
        for pk, parent in OFFICES.items():
            kind = Office.Kind.REGION if parent == HEAD else Office.Kind.BRANCH
            row = Office(pk=pk, code=f"O{pk}", name=f"O{pk}", kind=kind, parent=self.offices[parent])
            row.save(force_insert=True)
            self.offices[pk] = row
        self.product = ProductFactory()
        self.cast = {person.name: self.joined(person) for person in self.people()}
        self.colleagues = {
            pk: self.joined(Person(f"colleague at {pk}", Role.OFFICER, office))
            for pk, office in self.offices.items()
        }
        self.owners = [*self.cast.values(), *self.colleagues.values()]
        for owner in self.owners:
            self.fill(owner)
        self.finish()

    def people(self):
        for role in Role:
            for pk, place in ((HEAD, "head"), (BRANCH, "branch")):
                yield Person(f"{role} at {place}", role, self.offices[pk])
        yield Person("nobody", None, self.offices[BRANCH])
        yield Person("expired", None, self.offices[BRANCH])
        yield Person("deactivated", None, self.offices[BRANCH], signed_in=False)

    def joined(self, person: Person) -> Person:
        username = person.name.replace(" ", "-")
        person.user = UserFactory(username=username, is_active=person.name != "deactivated")
        today = timezone.localdate()
        role, ends = person.role, None
        if person.role == Role.ASSESSOR:
            ends = today + dt.timedelta(days=14)
        elif person.name == "expired":
            role, ends = Role.MANAGER, today - dt.timedelta(days=1)
        elif person.name == "deactivated":
            role = Role.MANAGER
        if role:
            held = {"user": person.user, "role": role, "office": person.office, "valid_to": ends}
            person.rows["Membership"] = MembershipFactory(**held)
        person.rows["User"] = person.user
        return person

    @property
    def outside(self) -> Person:
        return Person("signed out", None, self.offices[BRANCH], signed_in=False)

    # Rows of each owner

    def fill(self, owner: Person) -> None:
        plant = self.canaries.plant
        officer = OfficerFactory(user=owner.user)
        group = GroupFactory()
        client = ClientFactory(office=owner.office, officer=officer, group=group, phone="1")
        given = {"client": client, "officer": officer, "office": owner.office, "group": group}
        day = dt.date(2025, 3, 1)
        loan = LoanFactory(product=self.product, due_on=day, **given)
        paid = RepaymentFactory(loan=loan)
        savings = SavingsAccount.objects.create(
            external_id=f"S{client.pk}", client=client, product=self.product, opened_on=day
        )
        moved = SavingsMovement.objects.create(external_id=f"M{client.pk}", account=savings, on=day, amount=5)
        Attendance.objects.create(client=client, on=day, present=True)
        ClientPosting.objects.create(client=client, office=owner.office, officer=officer, since=day)
        alias = ClientAlias.objects.create(external_id=f"A{client.pk}", client=client)
        offer = InvitationFactory(office=owner.office, by=owner.user, role=Role.OFFICER)
        job = Job.objects.create(work="x", by=owner.user, state=Job.State.FAILED)
        effect = JobEffect.objects.create(job=job, key="x", attempt=1)
        for row in (officer, group, client, loan, paid, savings, moved, alias, offer, effect):
            plant(row, owner)
        plant(job, owner, **{name: self.told(job, name, owner) for name in ("arguments", "result")})
        plant(owner.user, owner)
        merge = ClientMerge.objects.create(
            survivor=client.external_id, merged="x", by=owner.user, changes=ChangeSet.objects.create()
        )
        plant(merge, owner)
        holiday = HolidayFactory()
        plant(holiday, owner)
        owner.rows |= {"Client": client, "ClientMerge": merge, "Invitation": offer, "Job": job}
        owner.rows["Holiday"] = holiday
        owner.rows["PreparedFile"] = self.prepared(owner)
        self.fill_field(owner, client, day)
        self.fill_leaving(owner, client, day)
        fill_feedback(self, owner, client, day)
        self.fill_imports(owner)
        AuditEvent.record(
            self.word("spm.AuditEvent.verb", owner),
            self.word("spm.AuditEvent.target", owner),
            by=owner.user,
            shown=self.word("spm.AuditEvent.details", owner),
        )

    def fill_field(self, owner: Person, client, day) -> None:
        """A call that is to be made again, a form that came twice, a key of the phone."""
        given = {"how": "call", "result": "reached", "next_on": day, "by": owner.user}
        at = timezone.now() - dt.timedelta(days=3)
        self.canaries.plant(record_contact(client=client, start=day, at=at, **given), owner)
        twice = SubmissionConflictFactory(user=owner.user, office_path=owner.office.path)
        for row in (twice, twice.submission):
            said = self.word(f"{row._meta.label}.body", owner)
            self.canaries.plant(row, owner, body={"note": [said]})
        self.canaries.plant(FieldKey.objects.create(user=owner.user, key="x"), owner)
        owner.rows["SubmissionConflict"] = twice

    def fill_leaving(self, owner: Person, client, day) -> None:
        """One who left: confirmed by staff, drawn, asked, with a type and a reason of the owner's own."""
        plant, at = self.canaries.plant, timezone.now()
        listed = {"starts_on": day, "by": owner.user}
        leaver_type = LeaverType.objects.create(code=f"t{owner.user.pk}", **listed)
        reason = Reason.objects.create(code=f"r{owner.user.pk}", **listed)
        for row in (leaver_type, reason):
            plant(row, owner, words={"en": self.word(f"{row._meta.label}.words", owner)})
        worded = InterviewWords.objects.create(language="qu", by=owner.user)
        plant(worded, owner, words={"consent": self.word("exits.InterviewWords.words", owner)})
        stay, made = {"client": client, "start": day}, {"by": owner.user, "at": at}
        kind = {"leaver_type": leaver_type, "initiative": "client", "tone": "neutral"}
        registered = RegisteredExit.objects.create(**stay, **made, **kind, staff_reason=reason)
        sample = LeaverSample.objects.create(
            office=owner.office,
            left_from=day,
            left_until=day,
            margin=0.1,
            size=1,
            reserve=0,
            seed=1,
            data_as_of=day,
            drawn_at=at,
            by=owner.user,
        )
        sampled = SampledLeaver.objects.create(sample=sample, **stay, state="drawn", interviewer=owner.user)
        interview = ExitInterview.objects.create(
            **stay, **made, sampled=sampled, own_officer=False, consent=True
        )
        given = GivenReason.objects.create(interview=interview, reason=reason, part="primary")
        for row in (registered, sample, sampled, interview, given):
            plant(row, owner)
        owner.rows["ReportSchedule"] = ReportScheduleFactory(office=owner.office, by=owner.user)
        owner.rows |= {"LeaverType": leaver_type, "Reason": reason, "RegisteredExit": registered}
        owner.rows |= {"LeaverSample": sample, "SampledLeaver": sampled, "ExitInterview": interview}

    def word(self, column: str, owner) -> str:
        return self.canaries.word(column, owner)

    def prepared(self, owner: Person) -> PreparedFile:
        """A file that a job made ready for the owner, with a word in it."""
        expires = timezone.now() + dt.timedelta(days=1)
        row = PreparedFile.objects.create(owner=owner.user, path="/jobs/", form="csv", expires_at=expires)
        name = f"prepared/{self.word('spm.PreparedFile.file', owner)}.csv"
        (self.folder / name).write_text(self.word("spm.PreparedFile.file", owner))
        told = {"form": "csv", "shown": self.word("spm.PreparedFile.told", owner)}
        self.canaries.plant(row, owner, file=name, told=told)
        return row

    def told(self, row, column: str, owner) -> dict:
        """Plain data as a job keeps it."""
        return {"url": "/jobs/", "link": self.word(f"{row._meta.label}.{column}", owner)}

    def fill_imports(self, owner: Person) -> None:
        named = ImportProfile.objects.create(name=f"p{owner.user.pk}", mapping={}, by=owner.user)
        self.canaries.plant(named, owner, mapping=self.mapping(owner))
        owner.rows["ImportProfile"] = named
        for state in (STATE.UNMAPPED, STATE.CHECKED, STATE.DONE):
            changes = ChangeSet.objects.create() if state == STATE.DONE else None
            made = ImportBatch.objects.create(
                source="x", state=state, by=owner.user, changes=changes, data_as_of=dt.date(2025, 12, 31)
            )
            self.canaries.plant(made, owner, report=self.report(owner), upload=self.upload(owner))
            owner.rows[state] = made
        image = BeforeImage.objects.create(
            changes=changes, model="client", row=owner.rows["Client"].pk, values={}
        )
        self.canaries.plant(image, owner, values={"name": self.word("clients.BeforeImage.values", owner)})

    def mapping(self, owner: Person) -> dict:
        label = self.word("clients.ImportProfile.mapping", owner)
        sheet = {"label": label, "header": [label], "to": "clients", "columns": {}, "values": {}}
        return {"dates": "iso", "decimal": ".", "sheets": [sheet]}

    def report(self, owner: Person) -> dict:
        """A report as a check leaves it, with people's names in the cells that hold some."""
        word = lambda: self.word("clients.ImportBatch.report", owner)  # noqa: E731
        name = lambda: self.word("clients.ImportBatch.report names", owner)  # noqa: E731
        row_name = self.word("clients.ImportBatch.upload names", owner)
        counts = {"read": 2, "created": 1, "updated": 1, "unchanged": 0, "rejected": 1}
        bad = {"sheet": "clients", "row": 2, "column": "name", "value": name(), "code": "required"}
        flow = {"before": 1, "created": 1, "begun": 1, "reopened": 1, "ended": 1, "went_on": 1, "after": 1}
        return {
            "form": "xlsx",
            "sheets": {"clients": counts},
            "kinds": {"clients": "clients"},
            "rejected": [bad | {"params": {}}],
            "warnings": [{"code": "unknown_file", "params": {"file": word()}}],
            "changes": {"clients": [{"key": word(), "cells": [["name", name(), name()]]}]},
            "rows": {"clients": {"headers": ["client_id", "name"], "rows": [[2, ["C1", row_name]]]}},
            "reconciliation": {
                "day": "2025-12-31",
                **dict.fromkeys(("clients", "loans", "outstanding"), flow),
                "odd": {"no-loan": 1},
            },
        }

    def upload(self, owner: Person) -> str:
        name = f"imports/{self.word('clients.ImportBatch.upload', owner)}.zip"
        cell = self.word("clients.ImportBatch.upload names", owner)
        with zipfile.ZipFile(self.folder / name, "w") as packed:
            packed.writestr("socios.csv", f"Codigo;Nombre;Agencia\n1;{cell};SA\n")
        return name

    # What belongs to all

    def finish(self) -> None:
        for pk, office in self.offices.items():
            self.canaries.plant(office, self.colleagues[pk])
        head = self.colleagues[HEAD]
        self.canaries.plant(self.product, head)
        Institution.objects.create(pk=1)
        self.canaries.plant(Institution.get(), head)
        definition = ExitDefinition.objects.create(starts_on=dt.date(2020, 1, 1))
        rebuild_spells(by=None)
        analyse_exits(by=None)
        windows = {self.word("exits.ExitDefinition.product_windows", head): 30}
        self.canaries.plant(definition, head, product_windows=windows)

    def row(self, route, person: Person, relation: Relation):
        """The row that stands in this relation to the person; None for a row that is not there."""
        near, branch, far = (self.colleagues[pk] for pk in (person.office.pk, 110, 111))
        owners = {Relation.SAME_OFFICE: near, Relation.OTHER_OFFICE: branch, Relation.OTHER_REGION: far}
        if relation is Relation.OWN:
            # Who holds no role has no row of it.
            return person.row(route) or near.row(route)
        return owners[relation].row(route) if relation in owners else None
