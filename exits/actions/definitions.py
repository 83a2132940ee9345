import datetime as dt

from django.db import transaction

from exits.models import ExitDefinition
from spm.models import AuditEvent


@transaction.atomic
def define_exit(
    *,
    starts_on: dt.date,
    window: int,
    product_windows: dict[str, int] | None = None,
    counts_savings: bool = False,
    formula: str = ExitDefinition.Formula.EXIT_DEALT_WITH,
    by,
) -> ExitDefinition:
    """Add a version of the exit definition, in force from a day on; the ones before stay as they were.

    Of two that start on one day the later added counts. Figures follow with the next `rebuild_spells`.
    Raises ValidationError for a window out of range.
    """
    definition = ExitDefinition(
        starts_on=starts_on,
        window=window,
        product_windows=product_windows or {},
        counts_savings=counts_savings,
        formula=formula,
        by=by,
    )
    definition.full_clean()
    definition.save()
    AuditEvent.record(
        "exit.defined",
        definition,
        by=by,
        starts_on=starts_on.isoformat(),
        window=window,
        product_windows=definition.product_windows,
        counts_savings=counts_savings,
        formula=str(definition.formula),
    )
    return definition
