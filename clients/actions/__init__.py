from clients.actions.export_portfolio import export_portfolio, write_portfolio
from clients.actions.import_portfolio import (
    check_import,
    confirm_import,
    discard_import,
    import_portfolio,
    upload_import,
    write_import,
)
from clients.actions.mappings import map_import, save_profile
from clients.actions.merges import merge_clients, undo_merge
from clients.actions.undo import ask_undo_import, undo_import
from clients.actions.uploads import sweep_uploads

__all__ = [
    "ask_undo_import",
    "check_import",
    "confirm_import",
    "discard_import",
    "export_portfolio",
    "import_portfolio",
    "map_import",
    "merge_clients",
    "save_profile",
    "sweep_uploads",
    "undo_import",
    "undo_merge",
    "upload_import",
    "write_import",
    "write_portfolio",
]
