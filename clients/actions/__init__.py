from clients.actions.import_portfolio import (
    check_import,
    confirm_import,
    discard_import,
    import_portfolio,
    upload_import,
    write_import,
)
from clients.actions.uploads import sweep_uploads

__all__ = [
    "check_import",
    "confirm_import",
    "discard_import",
    "import_portfolio",
    "sweep_uploads",
    "upload_import",
    "write_import",
]
