import datetime as dt
import sys

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.actions.people import add_user, identify_officer
from clients.actions.roles import grant_role
from clients.models import Office, Officer
from spm.access import TERMS, Role
from spm.accounts import reset_path
from spm.models import User


class Command(BaseCommand):
    help = (
        "Make an account and grant it a role, or grant a role more to the person who has it."
        " Prints a link by which the person chooses a password, unless one is handed in."
    )

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="full name")
        parser.add_argument("--email", default="")
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--office", metavar="CODE", help="where the role holds, and so in all below")
        parser.add_argument(
            "--until",
            metavar="YYYY-MM-DD",
            type=dt.date.fromisoformat,
            help="last day of the role; an assessor's is 14 days from now unless you say",
        )
        parser.add_argument("--officer", metavar="CODE", help="who the person is in core banking")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from one line")

    def handle(self, *, username, role, **options):
        try:
            with transaction.atomic():
                office, officer = self.office(options["office"]), self.officer(options["officer"])
                user, made = self.account(username, options)
                self.grant(user, role, office, options["until"])
                if officer:
                    identify_officer(officer=officer, user=user, by=None)
        except ValidationError as refused:
            raise CommandError("\n".join(in_words(refused))) from None
        said = _("%(user)s is now: %(role)s, %(office)s.")
        self.stdout.write(said % {"user": username, "role": Role(role).label, "office": office})
        if role == Role.OFFICER and not officer:
            self.stdout.write(
                _("Say with --officer who this is in core banking; until then they see no client.")
            )
        if made and not user.has_usable_password():
            self.stdout.write(_("To choose a password, within three days:"))
            self.stdout.write(site() + reset_path(user))

    def account(self, username, options) -> tuple[User, bool]:
        """The person's account, and whether it is new."""
        known = User.objects.filter(username=username).first()
        if known and (options["name"] or options["email"] or options["password_stdin"]):
            raise CommandError(
                _("%(user)s has an account. A further role needs no name, email or password.")
                % {"user": username}
            )
        if known:
            return known, False
        password = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else None
        return add_user(
            username=username,
            password=password,
            full_name=options["name"],
            email=options["email"],
            by=None,
        ), True

    def grant(self, user, role, office, until):
        today = timezone.localdate()
        if not user.memberships.in_force(today).filter(role=role, office=office).exists():
            term = TERMS.get(role)
            until = until or (today + dt.timedelta(days=term.days) if term else None)
            grant_role(user=user, role=role, office=office, valid_from=today, valid_to=until, by=None)

    def office(self, code) -> Office:
        if code is None and Office.objects.count() > 1:
            raise CommandError(_("There are several offices. Say with --office which one."))
        found = Office.objects.filter(code=code).first() if code else Office.head()
        if found is None:
            raise CommandError(_("No office has the code %(code)s.") % {"code": code})
        return found

    def officer(self, code) -> Officer | None:
        found = Officer.objects.filter(code=code).first()
        if code and not found:
            raise CommandError(
                _("No officer has the code %(code)s. Import the portfolio first.") % {"code": code}
            )
        return found


def in_words(refused: ValidationError) -> list[str]:
    """Each reason, with the field where there is one."""
    if not hasattr(refused, "error_dict"):
        return refused.messages
    return [f"{field}: {reason}" for field, reasons in refused.message_dict.items() for reason in reasons]


def site() -> str:
    """Where the product is reached: the first address that settings name, else that of `make demo`."""
    return next(iter(settings.CSRF_TRUSTED_ORIGINS), "http://localhost:8000")
