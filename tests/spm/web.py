"""Our web server with a door by which a test asks it for jobs: ``/ask?count=3&pause=0.1``."""

from urllib.parse import parse_qs

import django
from django.db import connection

django.setup()

# They are registered before the server looks for unfinished work.
from spm.wsgi import application as ours  # noqa: E402
from tests.spm import works  # noqa: E402


def application(environ, start_response):
    if environ["PATH_INFO"] != "/ask":
        return ours(environ, start_response)
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    works.ask_for(int(asked["count"]), float(asked["pause"]))
    connection.close()
    start_response("204 No Content", [])
    return []
