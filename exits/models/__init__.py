from exits.models.analysis import Analysis
from exits.models.contact import Contact
from exits.models.definition import ExitDefinition
from exits.models.interview import ExitInterview, GivenReason
from exits.models.reference import Initiative, LeaverType, Reason, Tone
from exits.models.register import RegisteredExit
from exits.models.rollup import DecisionCount, ExitCount, Grain
from exits.models.sample import LeaverSample, SampledLeaver
from exits.models.schedule import ReportSchedule
from exits.models.spell import DecisionPoint, Spell, SpellBuild
from exits.models.wording import InterviewWords

__all__ = [
    "Analysis",
    "Contact",
    "DecisionCount",
    "DecisionPoint",
    "ExitCount",
    "ExitDefinition",
    "ExitInterview",
    "GivenReason",
    "Grain",
    "Initiative",
    "InterviewWords",
    "LeaverSample",
    "LeaverType",
    "Reason",
    "RegisteredExit",
    "ReportSchedule",
    "SampledLeaver",
    "Spell",
    "SpellBuild",
    "Tone",
]
