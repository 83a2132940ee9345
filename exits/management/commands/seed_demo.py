from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string, module_has_submodule

from clients.models import Client
from spm import jobs


class Command(BaseCommand):
    help = "Fill an empty database with a made-up institution; does nothing where there are clients already."

    def add_arguments(self, parser):
        parser.add_argument("--clients", type=int, default=5000, help="how many clients (default 5000)")
        parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same institution")
        parser.add_argument("--logins", action="store_true", help="print one login for each role")

    def handle(self, *, clients, seed, logins, **options):
        if Client.objects.exists():
            self.stdout.write("There are clients already: nothing was added.")
        else:
            self.fill(clients=clients, seed=seed, today=timezone.localdate())
            self.stdout.write(f"{clients} made-up clients are in.")
        if logins:
            self.print_logins()

    def fill(self, **what):
        # Each app's demo builds on those below it: the apps are listed from the lowest up.
        with transaction.atomic():
            for demo in self.demos():
                demo.load(**what)
        for name in settings.AFTER_IMPORT:
            jobs.run_now(name, by=None)
        for demo in self.demos():
            if hasattr(demo, "on_figures"):
                demo.on_figures(**what)

    def demos(self):
        """Each app's demo: ``load``, and perhaps ``on_figures``, which is called once these are counted."""
        return [
            import_module(f"{app.name}.demo")
            for app in apps.get_app_configs()
            if module_has_submodule(app.module, "demo")
        ]

    def print_logins(self):
        for username, password, role in import_string("clients.demo.logins")():
            self.stdout.write(f"  {username:<16} {password:<16} {role}")
