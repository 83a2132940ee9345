from exits.actions.analyses import analyse_exits
from exits.actions.contacts import record_contact
from exits.actions.definitions import DayTaken, define_exit
from exits.actions.interviews import record_interview
from exits.actions.rebuild import rebuild_spells
from exits.actions.register import change_exit, confirm_exit
from exits.actions.samples import ask_again, assign_interviewer, draw_leavers, replace_leaver
from exits.actions.schedules import change_schedule, queue_due_reports, schedule_report, send_report
from exits.actions.wording import take_interview_words, word_interview

__all__ = [
    "DayTaken",
    "analyse_exits",
    "ask_again",
    "assign_interviewer",
    "change_exit",
    "change_schedule",
    "confirm_exit",
    "define_exit",
    "draw_leavers",
    "queue_due_reports",
    "rebuild_spells",
    "record_contact",
    "record_interview",
    "replace_leaver",
    "schedule_report",
    "send_report",
    "take_interview_words",
    "word_interview",
]
