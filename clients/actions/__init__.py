from clients.actions.import_portfolio import (
    check_import,
    confirm_import,
    discard_import,
    import_portfolio,
    upload_import,
    write_import,
)

__all__ = [
    "check_import",
    "confirm_import",
    "discard_import",
    "import_portfolio",
    "upload_import",
    "write_import",
]
