"""What can be done with a complaint in each state, and where that leads."""

RECEIVED, OPEN, RESOLVED, CLOSED = "received", "open", "resolved", "closed"
STATES = (RECEIVED, OPEN, RESOLVED, CLOSED)

# Verb -> {state: the state after it}. A note and a telling change no state; nothing stops the clock.
MOVES = {
    "sort": {RECEIVED: OPEN, OPEN: OPEN},
    "assign": {RECEIVED: RECEIVED, OPEN: OPEN, RESOLVED: RESOLVED},
    "interim": {RECEIVED: RECEIVED, OPEN: OPEN},
    "escalate": {RECEIVED: RECEIVED, OPEN: OPEN},
    "resolve": {OPEN: RESOLVED},
    "resume": {RESOLVED: OPEN},
    "tell": {RESOLVED: RESOLVED, CLOSED: CLOSED},
    "close": {RESOLVED: CLOSED},
    "reopen": {CLOSED: OPEN},
    "appeal": {RESOLVED: OPEN, CLOSED: OPEN},
    "note": {state: state for state in STATES},
}


def verbs(state: str) -> list[str]:
    """What can be done in this state, in the order in which it usually is."""
    return [verb for verb, moves in MOVES.items() if state in moves]


def after(verb: str, state: str) -> str | None:
    """The state after it; None where it cannot be done."""
    return MOVES[verb].get(state)
