from django.core.management.base import BaseCommand
from django.utils import translation

from spm.access import (
    GRANTS,
    MAY_GRANT,
    OWN_PORTFOLIO,
    SECOND_FACTOR,
    TERMS,
    WHOLE_INSTITUTION,
    Can,
    Role,
)
from spm.checks import EXEMPT, walk

HEAD = """# Who may do what

Made from `GRANTS` in `spm/access.py` by `manage.py access_table > docs/access.md`; a test compares the two.

A person holds roles at offices, from a day to a day. A role reaches the rows of its office and of every
office below. "own" reaches only the rows of the person's own portfolio; "whole" counts only for a role held
at the head office.
"""
GIVING = """
Who gives and takes away which role, at their own office and below; nobody gives anything to themselves:
"""
OPEN = """
Open to everybody who is signed in, or before that:
"""


class Command(BaseCommand):
    help = "Print who may do what, as the page docs/access.md."

    def handle(self, **options):
        with translation.override("en"):
            self.stdout.write(table(), ending="")


def table() -> str:
    """The page in Markdown: each permission with the reach of each role and the screens that need it."""
    screens = dict(walk())
    lines = [HEAD, row("", *(role.label for role in Role), "screens"), row("---", *["---"] * (len(Role) + 1))]
    for permission in Can:
        needing = [
            f"`{name}`" for name, view in screens.items() if name not in EXEMPT and needs(view) is permission
        ]
        reaches = (reach(role, permission) for role in Role)
        lines.append(row(f"`{permission.name}`", *reaches, ", ".join(needing)))
    lines += [GIVING, row("role", "given by", "held for", "second step"), row(*["---"] * 4)]
    lines += [row(role.label, givers(role), days(role), step(role)) for role in Role]
    exempt = [f"- `{name}`: {why}" for name, why in EXEMPT.items() if name in screens]
    return "\n".join([*lines, OPEN, *exempt, ""])


def needs(view) -> Can | None:
    return getattr(getattr(view, "view_class", None), "needs", None)


def reach(role: str, permission: Can) -> str:
    if permission not in GRANTS[role]:
        return ""
    if permission in WHOLE_INSTITUTION:
        return "whole"
    return "own" if role in OWN_PORTFOLIO else "yes"


def givers(role: str) -> str:
    return ", ".join(str(giver.label) for giver in Role if role in MAY_GRANT.get(giver, ()))


def days(role: str) -> str:
    term = TERMS.get(role)
    return f"{term.days} days unless one says, {term.most} at most" if term else "as long as one says"


def step(role: str) -> str:
    return "a must, where `REQUIRE_TOTP` is on" if role in SECOND_FACTOR else "free to use"


def row(*cells) -> str:
    return f"| {' | '.join(map(str, cells))} |"
