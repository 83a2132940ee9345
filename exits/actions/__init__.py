from exits.actions.analyses import analyse_exits
from exits.actions.contacts import record_contact
from exits.actions.definitions import DayTaken, define_exit
from exits.actions.interviews import record_interview
from exits.actions.rebuild import rebuild_spells
from exits.actions.register import change_exit, confirm_exit
from exits.actions.samples import ask_again, assign_interviewer, draw_leavers, replace_leaver

__all__ = [
    "DayTaken",
    "analyse_exits",
    "ask_again",
    "assign_interviewer",
    "change_exit",
    "confirm_exit",
    "define_exit",
    "draw_leavers",
    "rebuild_spells",
    "record_contact",
    "record_interview",
    "replace_leaver",
]
