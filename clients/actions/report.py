"""What an import tells: plain data, kept in the batch; words are found when it is read."""

import math
from dataclasses import asdict

from clients.actions.planned import Plan
from clients.methods.cells import as_text
from clients.methods.problems import Problem, Unreadable
from clients.methods.reading import Source

# Rejected rows that are kept to be handed back; a file with more of them wants another export first.
KEPT = 20_000


def report_of(plan: Plan, seconds: float) -> dict:
    return {
        "sheets": {label: asdict(counts) for label, counts in plan.counts.items()},
        "kinds": plan.kinds,
        "rejected": [asdict(problem) for problem in plan.problems],
        "warnings": [asdict(notice) for notice in plan.notices],
        "changes": {
            label: [
                {
                    "key": change.key,
                    "cells": [[name, as_text(old), as_text(new)] for name, old, new in change.cells],
                }
                for change in sample
            ]
            for label, sample in plan.changes.items()
        },
        "seconds": round(seconds, 3),
        "rows_per_second": round(plan.rows / seconds) if seconds else plan.rows,
    }


def report_of_unreadable(flaw: Unreadable, seconds: float) -> dict:
    return {
        "sheets": {},
        "rejected": [asdict(flaw.problem)],
        "warnings": [],
        "changes": {},
        "seconds": round(seconds, 3),
        "rows_per_second": 0,
    }


def rejected_rows(source: Source, problems: list[Problem]) -> dict:
    """The rejected rows as they came, by sheet: ``{"headers": [...], "rows": [[number, cells], ...]}``."""
    wanted: dict[str, set[int]] = {}
    for problem in problems[:KEPT]:
        wanted.setdefault(problem.sheet, set()).add(problem.row)
    kept = {}
    for table in source.tables:
        numbers = wanted.get(table.label)
        if numbers:
            rows = [[at, [plain(cell) for cell in cells]] for at, cells in table.originals() if at in numbers]
            kept[table.label] = {"headers": table.headers, "rows": rows}
    return kept


def storable(value):
    """As both databases keep it: without NUL in texts and without numbers that have no end."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {storable(name): storable(inner) for name, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list) else value


def plain(cell):
    """Texts stay as they came, and numbers numbers: they read back alike, whatever the decimal sign."""
    return cell if isinstance(cell, int | float | str) else as_text(cell)
