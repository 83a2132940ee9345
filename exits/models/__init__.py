from exits.models.analysis import Analysis
from exits.models.contact import Contact
from exits.models.definition import ExitDefinition
from exits.models.rollup import DecisionCount, ExitCount, Grain
from exits.models.spell import DecisionPoint, Spell, SpellBuild

__all__ = [
    "Analysis",
    "Contact",
    "DecisionCount",
    "DecisionPoint",
    "ExitCount",
    "ExitDefinition",
    "Grain",
    "Spell",
    "SpellBuild",
]
