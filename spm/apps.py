from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SpmConfig(AppConfig):
    name = "spm"

    def ready(self):
        autodiscover_modules("models.trail")
        autodiscover_modules("checks")
        autodiscover_modules("tasks")
