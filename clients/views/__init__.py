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

__all__ = [
    "ClientDetail",
    "ClientList",
    "ImportConfirm",
    "ImportDetail",
    "ImportDiscard",
    "ImportList",
    "ImportRejected",
    "ImportTemplate",
    "ImportUndo",
    "ImportUpload",
]
