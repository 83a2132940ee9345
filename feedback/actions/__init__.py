from feedback.actions.clock import escalate_overdue
from feedback.actions.deciding import appeal, close, reopen, resolve, resume, tell
from feedback.actions.handling import add_note, assign, escalate, send_interim, sort_complaint
from feedback.actions.intake import receive_complaint
from feedback.actions.rules import define_limits

__all__ = [
    "add_note",
    "appeal",
    "assign",
    "close",
    "define_limits",
    "escalate",
    "escalate_overdue",
    "receive_complaint",
    "reopen",
    "resolve",
    "resume",
    "send_interim",
    "sort_complaint",
    "tell",
]
