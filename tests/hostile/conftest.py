import tempfile

import pytest

from tests.hostile.by_web import Walk


@pytest.fixture
def walk(client, manager, run_jobs, tmp_path, settings, monkeypatch):
    """A manager with a browser; uploads and passing files have folders of their own."""
    for name in ("uploads", "passing"):
        (tmp_path / name).mkdir()
    settings.MEDIA_ROOT, settings.AFTER_IMPORT = tmp_path / "uploads", []
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "passing")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "passing"))
    client.force_login(manager)
    return Walk(client, run_jobs, tmp_path)
