from exits.views.contacts import ContactAdd
from exits.views.definitions import DefinitionAdd, DefinitionList
from exits.views.lists import CountedList, OverdueList
from exits.views.panels import ClientPanel
from exits.views.rates import ExitRate

__all__ = [
    "ClientPanel",
    "ContactAdd",
    "CountedList",
    "DefinitionAdd",
    "DefinitionList",
    "ExitRate",
    "OverdueList",
]
