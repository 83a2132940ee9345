"""The report on paper: one page for a board, or that page with every table behind it."""

from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exits.queries.report import words
from exits.queries.report.book import agreements
from spm.models import Institution
from spm.papers import BLUE, PALE, SIDE, SOFT, Bar, Paper, Point

TOP_REASONS = 3


def write_paper(report: dict, file: BinaryIO) -> None:
    title = _("Client exit: %(institution)s, %(period)s") % {
        "institution": report["institution"],
        "period": report["period"]["words"],
    }
    paper = Paper(title, report["language"], words.definition(report))
    _first_page(paper, report)
    if report["kind"] == "full":
        paper.add_page()
        _formulas(paper, report)
        _groups(paper, report)
        _months(paper, report)
        _stays(paper, report)
        _reasons(paper, report["reasons"], most=None)
    paper.output(file)


def _first_page(paper, report):
    _head(paper, report)
    _headline(paper, report)
    paper.heading(_("From the first day to the last"))
    _roll_forward(paper, report)
    paper.heading(_("Exit rate by month"))
    if any(month["rate"] is not None for month in report["trend"]):
        points = [Point(words.short_month(m["month"]), m["rate"], m["provisional"]) for m in report["trend"]]
        paper.trend(points, 45, words.share)
    paper.say(f"{words.provisional(report)} {words.hidden(report)}".strip(), 7.5, SOFT)
    _branches(paper, report["tables"]["branch"]["groups"])
    _reasons(paper, report["reasons"], most=TOP_REASONS)
    paper.heading(_("What these figures cannot tell"))
    paper.points(report["limits"], 7)


def _head(paper, report):
    logo = Institution.get().picture
    if logo:
        paper.picture(bytes(logo.image), 13)
    paper.say(report["institution"], 10, SOFT, width=paper.epw - 50)
    paper.say(_("Who left, and why"), 17, bold=True, width=paper.epw - 50)
    told = _("%(office)s · %(period)s · data as of %(day)s") % {
        "office": words.office(report),
        "period": report["period"]["words"],
        "day": words.day(report["data_as_of"]),
    }
    paper.say(told, 8.5, SOFT)
    paper.ln(2)


def _headline(paper, report):
    found, y = report["headline"], paper.get_y()
    paper.set_fill_color(*PALE)
    paper.rect(SIDE, y, paper.epw, 19, style="F")
    paper.set_xy(SIDE + 3, y + 2)
    paper.letters(26, BLUE, bold=True)
    paper.cell(52, 15, words.share(found["value"]))
    paper.set_xy(SIDE + 58, y + 2.5)
    paper.letters(9.5, bold=True)
    paper.cell(0, 4.5, f"{found['label']}: {found['symbols']}")
    paper.set_xy(SIDE + 58, y + 7)
    paper.letters(8)
    paper.multi_cell(paper.epw - 60, 3.6, f"{found['meaning']} {_sureness(found)}", align="L")
    paper.set_xy(SIDE, y + 19)


def _sureness(found):
    n = f"n = {words.count(found['n'])}"
    if found["low"] is None:
        return f"({n})"
    interval = _("95 %% interval %(between)s") % {"between": words.between(found["low"], found["high"])}
    return f"({n}; {interval})"


def _roll_forward(paper, report):
    counts, y = report["counts"], paper.get_y()
    cells = [
        (_("Clients at the start (B)"), words.count(counts["B"])),
        (_("New or came back (N)"), f"+ {words.count(counts['N'])}"),
        (_("Left (X)"), f"− {words.count(counts['X'])}"),
        (_("Clients at the end (E)"), f"= {words.count(counts['E'])}"),
    ]
    width = paper.epw / len(cells)
    for place, (label, number) in enumerate(cells):
        paper.set_xy(SIDE + place * width, y)
        paper.letters(13, bold=True)
        paper.cell(width, 6, number)
        paper.set_xy(SIDE + place * width, y + 6)
        paper.letters(7, SOFT)
        paper.cell(width, 3.5, label)
    paper.set_xy(SIDE, y + 10.5)
    parts = {name: words.count(number) for name, number in counts["causes"].items()}
    parts |= {"new": words.count(counts["new"]), "returned": words.count(counts["returned"])}
    text = _(
        "Joined: %(new)s new, %(returned)s came back. Left: %(client)s by own choice, %(mfi)s ended by us,"
        " %(death)s died."
    )
    paper.say(text % parts, 8)


def _branches(paper, groups):
    told = sorted((g for g in groups if g["group"] is not None), key=lambda group: -group["rate"])
    if not told:
        return
    paper.heading(_("Branches with the highest and the lowest exit rate"))
    paper.bars([_bar(group) for group in ([told[0], told[-1]] if len(told) > 1 else told)])


def _bar(group):
    said = f"{words.share(group['rate'])} · n = {words.count(group['n'])}"
    return Bar(group["label"], group["rate"], group["low"], group["high"], said)


def _reasons(paper, found, most):
    paper.heading(_("Reasons that clients gave"))
    if found["interviews"]:
        paper.say(_asked(found), 8)
    if not found["top"]:
        paper.say(_("There are not enough interviews to tell reasons."), 8, SOFT)
        return
    rows = [row for row in found["top"] if row["code"]][:most] if most else found["top"]
    said = ((row, f"{words.share(row['share'])} · n = {words.count(row['n'])}") for row in rows)
    paper.bars([Bar(words.reason(r), r["share"], r["low"], r["high"], text) for r, text in said], 75)
    if most is None:
        _agreement(paper, found["agreement"])


def _asked(found):
    text = ngettext(
        "%(n)s interview; response rate %(rate)s; %(own)s asked by the own officer.",
        "%(n)s interviews; response rate %(rate)s; %(own)s asked by the own officer.",
        found["interviews"],
    )
    return text % {
        "n": words.count(found["interviews"]),
        "rate": words.share(found["response_rate"]),
        "own": words.share(found["own_officer_share"]),
    }


def _agreement(paper, found):
    for name, label in agreements().items():
        if found[name]:
            told = found[name]
            paper.say(f"{label}: {words.decimal(told['kappa'])} (n = {words.count(told['n'])})", 8)


def _formulas(paper, report):
    paper.heading(_("Seven formulas for the same clients"))
    columns = [
        "",
        "n",
        _("All exits"),
        _("Without deaths"),
        _("Without those we ended"),
        _("Own choice only"),
    ]
    rows = [
        [
            f"{row['label']}: {row['symbols']}",
            words.count(row["n"]),
            *map(words.share, words.rates(row).values()),
        ]
        for row in report["formulas"]
    ]
    paper.grid(columns, rows)


def _groups(paper, report):
    titles = words.table_titles()
    columns = ["", "B", "N", "X", "E", _("Exit rate"), _("95 % interval")]
    for name, table in report["tables"].items():
        paper.heading(titles[name])
        if not table["groups"]:
            paper.say(_("The groups are too small to be told apart."), 8, SOFT)
            continue
        paper.bars([_bar(group) for group in table["groups"]])
        paper.ln(1)
        paper.grid(columns, [_line(group["label"], group) for group in table["groups"]], 0.3)


def _line(label, row):
    counts = [words.count(row[name]) for name in ("B", "N", "X", "E")]
    return [label, *counts, words.share(row["rate"]), words.between(row["low"], row["high"])]


def _months(paper, report):
    paper.heading(_("By month"))
    columns = ["", "B", "N", "X", "E", _("Exit rate"), _("95 % interval")]
    rows = [_line(_month(row), row) for row in report["trend"]]
    if any(not row["hidden"] for row in report["trend"]):
        paper.grid(columns, rows, 0.3)
    if hidden := words.hidden(report):
        paper.say(hidden, 7.5, SOFT)


def _month(row):
    name = words.month(row["month"])
    return _("%(month)s, still provisional") % {"month": name} if row["provisional"] else name


def _stays(paper, report):
    paper.heading(_("After which loan clients leave"))
    columns = ["", _("Repaid a loan"), _("Took no other"), _("Share"), _("95 % interval")]
    rows = [
        [
            _("Loan %(cycle)s") % {"cycle": words.cycles(row)},
            words.count(row["finished"]),
            words.count(row["left"]),
            words.share(row["share"]),
            words.between(row["low"], row["high"]),
        ]
        for row in report["stages"]
    ]
    if rows:
        paper.grid(columns, rows, 0.25)
    else:
        paper.say(_("The groups are too small to be told apart."), 8, SOFT)
    paper.heading(_("How long clients stay, and how soon they come back"))
    for row in report["survival"]["after"]:
        if row["share"] is not None:
            paper.say(_still(row), 8)
    if report["returns"]["days_95"] is not None:
        paper.say(_came_back(report["returns"]), 8)


def _came_back(found):
    text = ngettext(
        "Of %(n)s return, 95 %% came within %(days)s days.",
        "Of %(n)s returns, 95 %% came within %(days)s days.",
        found["returned"],
    )
    return text % {"n": words.count(found["returned"]), "days": words.count(found["days_95"])}


def _still(row):
    text = ngettext(
        "After %(years)s year %(share)s are still clients (%(between)s).",
        "After %(years)s years %(share)s are still clients (%(between)s).",
        row["years"],
    )
    between = words.between(row["low"], row["high"])
    return text % {"years": row["years"], "share": words.share(row["share"]), "between": between}
