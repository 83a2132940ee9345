"""Files on their way through the web: the form, the check, the user's word, the writing."""

import hashlib
import html
from dataclasses import dataclass, field

from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import translation

from clients.models import ImportBatch
from clients.queries import imports
from spm.models import Job

UPLOAD = reverse("clients:import-upload")
# What every request and every try may write.
COMINGS_AND_GOINGS = {
    *("sessions.Session", "spm.AuditEvent", "spm.AuditHead", "spm.Job", "spm.JobEffect"),
    *("clients.ImportBatch", "spm.User"),
}


def digest() -> str:
    """Of all rows of all tables, but for those that are written even where a file is refused."""
    state = hashlib.sha256()
    tables = {
        model._meta.db_table for model in apps.get_models() if model._meta.label not in COMINGS_AND_GOINGS
    }
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            state.update(f"{table} {sorted(map(repr, cursor.fetchall()))}".encode())
    return state.hexdigest()


@dataclass
class Walk:
    """A person at the browser who sends one upload; ``run_jobs`` does what a worker would."""

    client: object
    run_jobs: object
    folder: object
    refused: list = field(default_factory=list)
    told: str = ""

    def send(self, files: list[tuple[str, bytes]], decimal: str = ".") -> ImportBatch | None:
        """The import that the upload led to; None where the form refused it."""
        uploads = [SimpleUploadedFile(name, content) for name, content in files]
        answer = self.client.post(UPLOAD, {"profile": "generic", "decimal": decimal, "files": uploads})
        if answer.status_code == 302:
            return ImportBatch.objects.latest("pk")
        assert answer.status_code == 200
        self.refused = answer.context["form"].errors.as_data()["files"]
        self.told = html.unescape(answer.text)
        return None

    def work(self, batch: ImportBatch) -> ImportBatch:
        """Let the jobs that wait come to their ends, and see the batch anew."""
        ended = [job.state for job in self.run_jobs()]
        assert ended == [Job.State.DONE] * len(ended)
        batch.refresh_from_db()
        return batch

    def confirm(self, batch: ImportBatch) -> ImportBatch:
        answer = self.client.post(reverse("clients:import-confirm", args=[batch.pk]))
        assert answer.status_code == 302
        return self.work(batch)

    def speak(self, language: str) -> None:
        self.client.post(reverse("set_language"), {"language": language, "next": "/"})

    def page(self, batch: ImportBatch, language: str) -> str:
        """What the import's page says, as its reader sees it."""
        self.speak(language)
        answer = self.client.get(batch.get_absolute_url())
        assert answer.status_code == 200
        return html.unescape(answer.text)

    def left_behind(self) -> list[str]:
        """Files that lie in the folders of uploads and of passing things."""
        places = [self.folder / "uploads", self.folder / "passing"]
        return sorted(str(file) for place in places for file in place.rglob("*") if file.is_file())


def words_of(batch: ImportBatch, language: str) -> list[tuple[str, ...]]:
    """Sheet, row, column and reason of the first bad cells, as the page in this language must say them."""
    with translation.override(language):
        entries = batch.report["rejected"][:20]
        return [
            (entry["sheet"], str(entry["row"]), entry["column"], imports.reason(entry)) for entry in entries
        ]
