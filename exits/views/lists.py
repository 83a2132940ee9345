from clients.models import Loan
from exits.models import Spell
from spm import views
from spm.access import Can


class CountedList(views.ListView):
    """The clients behind a number of the exit page."""

    needs = Can.EXITS_VIEW
    model = Spell


class OverdueList(views.ListView):
    """Open loans long past due without a payment: they keep their client active for ever."""

    needs = Can.EXITS_VIEW
    model = Loan
