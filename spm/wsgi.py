"""The web application for gunicorn; it refuses to start while a system check fails."""

import os

from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm.settings")

application = get_wsgi_application()

errors = [check for check in run_checks(tags=[Tags.urls, Tags.security, Tags.database]) if check.is_serious()]
if errors:
    raise ImproperlyConfigured("\n".join(str(error) for error in errors))

# What a killed server left in the job table is found when the next one starts, not at its next job.
# By name, as the models that it imports are there only now.
import_string("spm.jobs.sweeping.look_after_start")()
connections.close_all()
