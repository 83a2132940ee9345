from exits.views import guidance  # noqa: F401  it tells each page its own
from exits.views.analyses import Cohorts, Limits, Profile, Returns, Seasons, Stages, Stays, Types
from exits.views.contacts import ContactAdd
from exits.views.cost import CostOfExit
from exits.views.definitions import DefinitionAdd, DefinitionList
from exits.views.interviews import InterviewAdd, InterviewDetail, InterviewList
from exits.views.lists import CountedList, OverdueList
from exits.views.panels import ClientPanel
from exits.views.rates import ExitRate
from exits.views.reasons import ReasonList, VerbatimList
from exits.views.reference import (
    ReasonEntryAdd,
    ReasonEntryBringBack,
    ReasonEntryChange,
    ReasonEntryList,
    ReasonEntryMove,
    ReasonEntryWithdraw,
    TypeEntryAdd,
    TypeEntryBringBack,
    TypeEntryChange,
    TypeEntryList,
    TypeEntryMove,
    TypeEntryWithdraw,
)
from exits.views.register import ExitChange, ExitConfirm, ExitRegister
from exits.views.report import ExitReport
from exits.views.samples import LeaverReplace, SampleAdd, SampleDetail, SampleList
from exits.views.schedules import ScheduleAdd, ScheduleChange, ScheduleList
from exits.views.watch import WatchList
from exits.views.winback import WinBackList
from exits.views.word_files import ReasonEntryTake, TypeEntryTake, WordingTake
from exits.views.wording import WordingAdd, WordingList

__all__ = [
    "ClientPanel",
    "Cohorts",
    "ContactAdd",
    "CostOfExit",
    "CountedList",
    "DefinitionAdd",
    "DefinitionList",
    "ExitChange",
    "ExitConfirm",
    "ExitRate",
    "ExitRegister",
    "ExitReport",
    "InterviewAdd",
    "InterviewDetail",
    "InterviewList",
    "LeaverReplace",
    "Limits",
    "OverdueList",
    "Profile",
    "ReasonEntryAdd",
    "ReasonEntryBringBack",
    "ReasonEntryChange",
    "ReasonEntryList",
    "ReasonEntryMove",
    "ReasonEntryTake",
    "ReasonEntryWithdraw",
    "ReasonList",
    "Returns",
    "SampleAdd",
    "SampleDetail",
    "SampleList",
    "ScheduleAdd",
    "ScheduleChange",
    "ScheduleList",
    "Seasons",
    "Stages",
    "Stays",
    "TypeEntryAdd",
    "TypeEntryBringBack",
    "TypeEntryChange",
    "TypeEntryList",
    "TypeEntryMove",
    "TypeEntryTake",
    "TypeEntryWithdraw",
    "Types",
    "VerbatimList",
    "WatchList",
    "WinBackList",
    "WordingAdd",
    "WordingList",
    "WordingTake",
]
