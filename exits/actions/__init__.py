from exits.actions.analyses import analyse_exits
from exits.actions.contacts import record_contact
from exits.actions.definitions import DayTaken, define_exit
from exits.actions.rebuild import rebuild_spells

__all__ = ["DayTaken", "analyse_exits", "define_exit", "rebuild_spells", "record_contact"]
