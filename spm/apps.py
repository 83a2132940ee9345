from django.apps import AppConfig
from django.apps import apps as installed
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class SpmConfig(AppConfig):
    name = "spm"

    def ready(self):
        autodiscover_modules("models.trail")
        autodiscover_modules("checks")
        autodiscover_modules("tasks")
        autodiscover_modules("sign_ins")
        post_migrate.connect(begin_audit_trail, sender=self)


def begin_audit_trail(sender, using, apps=installed, **kwargs):
    """An empty database begins with a sealed head; one that has lines shows that its head is gone."""
    try:
        apps.get_model("spm", "AuditHead")
    except LookupError:  # migrated back to before it
        return
    head, event = sender.get_model("AuditHead"), sender.get_model("AuditEvent")
    if not (head.objects.using(using).exists() or event.objects.using(using).exists()):
        head.begin()
