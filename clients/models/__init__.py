from clients.models.changes import BeforeImage, ChangeSet, Recorded
from clients.models.client import Client, ClientPosting
from clients.models.imports import ImportBatch, ImportProfile
from clients.models.invitations import Invitation
from clients.models.loans import Loan, Repayment
from clients.models.memberships import Membership
from clients.models.merges import ClientAlias, ClientMerge
from clients.models.offices import Office
from clients.models.people import Group, Officer
from clients.models.products import Product
from clients.models.savings import Attendance, SavingsAccount, SavingsMovement

__all__ = [
    "Attendance",
    "BeforeImage",
    "ChangeSet",
    "Client",
    "ClientAlias",
    "ClientMerge",
    "ClientPosting",
    "Group",
    "ImportBatch",
    "ImportProfile",
    "Invitation",
    "Loan",
    "Membership",
    "Office",
    "Officer",
    "Product",
    "Recorded",
    "Repayment",
    "SavingsAccount",
    "SavingsMovement",
]
