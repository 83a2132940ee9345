from clients.views.clients import ClientDetail, ClientList
from clients.views.imports import (
    ImportConfirm,
    ImportDetail,
    ImportDiscard,
    ImportList,
    ImportRejected,
    ImportTemplate,
    ImportUndo,
    ImportUpload,
)
from clients.views.institution import (
    HolidayAdd,
    HolidayChange,
    HolidayList,
    HolidayRemove,
    InstitutionChange,
    InstitutionLogo,
    InstitutionMail,
)
from clients.views.invitations import (
    InvitationAccept,
    InvitationList,
    InvitationNew,
    InvitationResend,
    InvitationWithdraw,
)
from clients.views.mappings import ImportColumns, ProfileFile, ProfileList
from clients.views.merges import DuplicateList, MergeClients, MergeList, MergeUndo
from clients.views.people import (
    PersonDeactivate,
    PersonDetail,
    PersonList,
    PersonPassword,
    PersonReactivate,
    PersonSecondStep,
)
from clients.views.portfolio import PortfolioExport
from clients.views.reconciliation import ImportBehind
from clients.views.roles import RoleAdd, RoleChange, RoleEnd

__all__ = [
    "ClientDetail",
    "ClientList",
    "DuplicateList",
    "HolidayAdd",
    "HolidayChange",
    "HolidayList",
    "HolidayRemove",
    "ImportBehind",
    "ImportColumns",
    "ImportConfirm",
    "ImportDetail",
    "ImportDiscard",
    "ImportList",
    "ImportRejected",
    "ImportTemplate",
    "ImportUndo",
    "ImportUpload",
    "InstitutionChange",
    "InstitutionLogo",
    "InstitutionMail",
    "InvitationAccept",
    "InvitationList",
    "InvitationNew",
    "InvitationResend",
    "InvitationWithdraw",
    "MergeClients",
    "MergeList",
    "MergeUndo",
    "PersonDeactivate",
    "PersonDetail",
    "PersonList",
    "PersonPassword",
    "PersonReactivate",
    "PersonSecondStep",
    "PortfolioExport",
    "ProfileFile",
    "ProfileList",
    "RoleAdd",
    "RoleChange",
    "RoleEnd",
]
