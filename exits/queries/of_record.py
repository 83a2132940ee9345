"""What the records know of a stay that ended, and nobody is asked: how its last loan ended, what was paid on
it last, and what became of the savings.
"""

from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.models import Loan, Repayment, SavingsAccount
from exits.models import Spell
from spm.numbers import count_words, money_words

ENDED = {
    Loan.Status.REPAID: "closed_on",
    Loan.Status.WRITTEN_OFF: "written_off_on",
}
OF_RECORD = ("last_paid_on", "last_paid", "saved_out", "saved_here")
"""What `with_record` adds; where the records have no savings, the last two are None."""


def with_record(spells):
    """Each with the day and the amount of the last payment on its last loan, with what the client has taken
    out of savings since that loan, and with what is saved here now. None where there is nothing.
    """
    paid = Repayment.objects.filter(loan=OuterRef("last_loan")).order_by("-on", "-pk")
    out = Q(
        movements__by_client=True,
        movements__amount__lt=0,
        movements__on__gte=OuterRef("last_loan__disbursed_on"),
    )
    taken = -Coalesce(Sum("movements__amount", filter=out), Value(Decimal(0)))
    accounts = SavingsAccount.objects.filter(client=OuterRef("client")).order_by().values("client")
    return spells.annotate(
        last_paid_on=Subquery(paid.values("on")[:1]),
        last_paid=Subquery(paid.values("amount")[:1]),
        saved_out=Subquery(accounts.values(sum=taken)),
        saved_here=Subquery(accounts.values(sum=Sum("balance"))),
    )


def record_facts(stay: Spell) -> list[tuple[str, str]]:
    """The same of one stay `with_record` in words, "" for what is not known: whoever asks need not ask it."""
    paid = ""
    if stay.last_paid is not None:
        said = {
            "amount": money_words(stay.last_paid),
            "day": date_format(stay.last_paid_on, "SHORT_DATE_FORMAT"),
        }
        paid = _("%(amount)s on %(day)s") % said
    return [
        (_("Last loan"), loan_ended(stay.last_loan) if stay.last_loan else ""),
        (_("Last payment on it"), paid),
        (_("Savings taken out since that loan"), _money(stay.saved_out)),
        (_("Savings still here"), _money(stay.saved_here)),
    ]


def _money(amount) -> str:
    return "" if amount is None else money_words(amount)


def loan_ended(loan: Loan) -> str:
    """How and when a loan ended, and how late."""
    words = loan.get_status_display()
    if loan.status in ENDED:
        day = date_format(getattr(loan, ENDED[loan.status]), "SHORT_DATE_FORMAT")
        words = _("%(ended)s on %(day)s") % {"ended": words, "day": day}
    late = days_late(loan)
    if not late:
        return words
    said = ngettext("%(n)s day late", "%(n)s days late", late) % {"n": count_words(late)}
    return f"{words}, {said}"


def days_late(loan: Loan) -> int:
    """The days between the day that the loan was due and that on which it was repaid; as core banking counts
    them where it is not.
    """
    if loan.closed_on and loan.due_on and loan.status == Loan.Status.REPAID:
        return max((loan.closed_on - loan.due_on).days, 0)
    return loan.days_late or 0
