"""What the benches share. Importing it sets spm up, on DATABASE_URL or else on a SQLite of its own."""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm.settings")
FOLDER = tempfile.TemporaryDirectory(prefix="spm-bench-")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER.name}/bench.sqlite3")
os.environ.setdefault("UPLOAD_DIR", f"{FOLDER.name}/uploads")

import django  # noqa: E402  the address of the database comes first

django.setup()
