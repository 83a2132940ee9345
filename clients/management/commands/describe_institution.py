from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from clients.actions.institution import describe_institution


class Command(BaseCommand):
    help = "Name the institution and its currency, as every page shows them."

    def add_arguments(self, parser):
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", required=True, help="ISO 4217 code, for instance PEN")

    def handle(self, *, name, currency, **options):
        try:
            institution = describe_institution(name=name, currency=currency, by=None)
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from None
        self.stdout.write(_("%(name)s, in %(currency)s.") % {"name": institution, "currency": currency})
