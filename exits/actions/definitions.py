import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from exits.models import ExitDefinition
from spm.models import AuditEvent, AuditHead


class DayTaken(ValidationError):
    """Another definition is in force from the same day: ``by_definition``."""

    def __init__(self, by_definition: ExitDefinition):
        words = _(
            "%(definition)s by %(by)s is in force from this day already: window of %(window)s days, headline"
            " “%(formula)s”. Send this again if yours shall count in its place."
        )
        facts = {
            "definition": by_definition,
            "by": by_definition.by or _("a command"),
            "window": by_definition.window,
            "formula": by_definition.get_formula_display(),
        }
        super().__init__(words % facts)
        self.by_definition = by_definition


@transaction.atomic
def define_exit(
    *,
    starts_on: dt.date,
    window: int,
    product_windows: dict[str, int] | None = None,
    counts_savings: bool = False,
    formula: str = ExitDefinition.Formula.EXIT_DEALT_WITH,
    in_place_of: int | None = None,
    by,
) -> ExitDefinition:
    """Add a version of the exit definition, in force from a day on; the ones before stay as they were.

    Of two that start on one day the later added counts; ``in_place_of`` is the id of the earlier one, which
    its author has seen. Figures follow with the next `rebuild_spells`. Raises ValidationError for a window
    out of range, DayTaken where a definition starts on that day that the author has not seen.
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
    AuditHead.locked()  # of two who add at once, the second finds the first's
    there = ExitDefinition.objects.select_related("by").filter(starts_on=starts_on).first()
    if there and there.pk != in_place_of:
        raise DayTaken(there)
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
        **({"in_place_of": there.pk} if there else {}),
    )
    return definition
