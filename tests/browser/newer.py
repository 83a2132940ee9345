"""The product in its next version: the service worker brings one file more."""

from spm.wsgi import application  # noqa: F401 first, as it sets all up

from spm import field_screens  # isort: skip

field_screens.SHELL += ("img/icon-192.png",)
