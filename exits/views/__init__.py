from exits.views.analyses import Cohorts, Limits, Profile, Returns, Seasons, Stages, Stays
from exits.views.contacts import ContactAdd
from exits.views.definitions import DefinitionAdd, DefinitionList
from exits.views.lists import CountedList, OverdueList
from exits.views.panels import ClientPanel
from exits.views.rates import ExitRate
from exits.views.watch import WatchList

__all__ = [
    "ClientPanel",
    "Cohorts",
    "ContactAdd",
    "CountedList",
    "DefinitionAdd",
    "DefinitionList",
    "ExitRate",
    "Limits",
    "OverdueList",
    "Profile",
    "Returns",
    "Seasons",
    "Stages",
    "Stays",
    "WatchList",
]
