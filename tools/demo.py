"""Bring the database up to date, fill a demo institution if there is nobody in it, and serve it.

    python -m tools.demo 127.0.0.1:8000

One process does all three, because most of a start is importing; that is why `make demo` is back in seconds.
"""

import os
import sys
import threading

import django
from django.core.management import call_command
from django.db import connections
from gunicorn.app.wsgiapp import WSGIApplication

SERVE = ["spm.wsgi", "--no-control-socket", "-w", "1", "--threads", "8", "--bind"]


def prepare() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_demo", "--logins")
    connections.close_all()


def serve(address: str) -> None:
    """Become the server. A process whose threads a fork would lose starts anew instead."""
    print(f"Open http://{address}/ - stop with Ctrl-C.", flush=True)
    if threading.active_count() > 1:
        os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *SERVE, address])  # noqa: S606 no shell wanted
    sys.argv = ["gunicorn", *SERVE, address]
    WSGIApplication("%(prog)s [OPTIONS] [APP_MODULE]", prog="gunicorn").run()


if __name__ == "__main__":
    prepare()
    serve(sys.argv[1])
