import argparse
import sys

from django.core.management.base import BaseCommand

from spm.audit_check import verify


class Command(BaseCommand):
    help = (
        "Walk the chain of the audit trail. Says in one sentence whether every line is as it was written;"
        " if not, names the first broken one and ends with code 1."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchor",
            type=anchor,
            metavar="NUMBER:SEAL",
            help="a line and its seal, noted outside of this database: the trail must hold it unchanged",
        )

    def handle(self, *, anchor, **options):
        verdict = verify(anchor)
        self.stdout.write(str(verdict))
        if not verdict.is_whole:
            sys.exit(1)


def anchor(text: str) -> tuple[int, str]:
    number, _colon, seal = text.partition(":")
    if not number.isdigit() or len(seal) != 64:
        raise argparse.ArgumentTypeError("it is written NUMBER:SEAL, the seal with 64 signs")
    return int(number), seal
