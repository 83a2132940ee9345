"""What the web server does before its workers start, wherever it is started from the project's folder.

Everything is imported once: the workers share it, and one that takes the place of another is there at once.
``spm.wsgi`` itself is not among it, as each worker looks by itself for what a killed one left.
"""

import gc
import os
from importlib import import_module

import django
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "spm.settings")

django.setup()
import_module(settings.ROOT_URLCONF)
# What was imported is not looked through for waste again, which would make each worker copy it.
gc.collect()
gc.freeze()
