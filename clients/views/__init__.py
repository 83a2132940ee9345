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
from clients.views.reconciliation import ImportBehind

__all__ = [
    "ClientDetail",
    "ClientList",
    "ImportBehind",
    "ImportConfirm",
    "ImportDetail",
    "ImportDiscard",
    "ImportList",
    "ImportRejected",
    "ImportTemplate",
    "ImportUndo",
    "ImportUpload",
]
