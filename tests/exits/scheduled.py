"""What a person sends to set up a report by mail and to change it, for the tests of routes."""

from exits.models import ReportSchedule


def said(scene, **more) -> dict:
    """The board's page each month to the boss of the scene."""
    scene.boss.email = "boss@example.org"
    scene.boss.save()
    plain = {"kind": "board", "language": "en", "form": "pdf", "every": "month", "due_on": "2026-12-05"}
    return plain | {"office": scene.office.pk, "recipients": scene.boss.pk} | more


def add(scene) -> None:
    scene.post("exits:schedule-add", **said(scene))


def change(scene) -> None:
    add(scene)
    row = ReportSchedule.objects.get()
    scene.post("exits:schedule-change", row.pk, version=1, **said(scene, active="on"))


SCHEDULES = {
    "exits:schedule-add": (add, "schedule.added"),
    "exits:schedule-change": (change, "schedule.changed"),
}
