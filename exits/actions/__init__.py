from exits.actions.analyses import analyse_exits
from exits.actions.contacts import record_contact
from exits.actions.definitions import DayTaken, define_exit
from exits.actions.interviews import record_interview
from exits.actions.rebuild import rebuild_spells
from exits.actions.register import change_exit, confirm_exit

__all__ = [
    "DayTaken",
    "analyse_exits",
    "change_exit",
    "confirm_exit",
    "define_exit",
    "rebuild_spells",
    "record_contact",
    "record_interview",
]
