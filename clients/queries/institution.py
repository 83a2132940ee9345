from clients.models import Loan


def has_amounts() -> bool:
    """Are there amounts on record, which are in the institution's currency?"""
    return Loan.objects.exists()
