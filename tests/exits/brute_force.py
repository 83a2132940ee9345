"""The exit definition counted day by day and client by client: slow, plain, independent of `exits.methods`.

Rows are dictionaries with the columns of the portfolio files, dates as `datetime.date` or None.
"""

import datetime as dt

ONE_DAY = dt.timedelta(days=1)
CAUSES = ["client", "mfi", "death"]


def window_of(product, window):
    if isinstance(window, int):
        return window
    if product in window:
        return window[product]
    return window.get(None, 90)


def end_of(loan, as_of):
    """The day the loan ended, None while it is open on `as_of`."""
    end = loan["closed_on"] if loan["closed_on"] is not None else loan["written_off_on"]
    return end if end is not None and end <= as_of else None


def written_off(loan, as_of):
    return loan["written_off_on"] is not None and loan["written_off_on"] <= as_of


def in_order(loans, as_of):
    begun = [loan for loan in loans if loan["disbursed_on"] <= as_of]
    return sorted(begun, key=lambda loan: (loan["disbursed_on"], loan["loan_id"]))


class Stay:
    """A spell while the days are walked: what has begun in it so far."""

    def __init__(self):
        self.things, self.latest, self.last_day = [], None, None

    def add(self, thing):
        """`latest` is the day all has ended, `last_day` the last on which more would still belong here."""
        self.things.append(thing)
        ends = [other["end"] for other in self.things]
        self.latest = None if None in ends else max(ends)
        window = max(other["window"] for other in self.final())
        self.last_day = None if self.latest is None else self.latest + window * ONE_DAY

    def final(self):
        return [thing for thing in self.things if thing["end"] == self.latest]

    def goes_on(self, day):
        return self.last_day is None or day <= self.last_day

    def loans(self):
        return [thing["loan"] for thing in self.things if thing["loan"]]


def things_of(client, portfolio, window, as_of, savings):
    """Loans in their order, then movements, each as something that starts and ends."""
    loans = [loan for loan in portfolio.loans if loan["client_id"] == client["client_id"]]
    things = [
        {
            "start": loan["disbursed_on"],
            "end": end_of(loan, as_of),
            "window": window_of(loan["product"], window),
            "written_off": written_off(loan, as_of),
            "product": loan["product"],
            "loan": loan,
        }
        for loan in in_order(loans, as_of)
    ]
    if savings:
        movements = [
            m for m in portfolio.movements if m["client_id"] == client["client_id"] and m["by_client"]
        ]
        things += [
            {
                "start": move["date"],
                "end": move["date"],
                "window": window_of(move["product"], window),
                "written_off": False,
                "product": move["product"],
                "loan": None,
            }
            for move in sorted(movements, key=lambda m: (m["date"], m["movement_id"]))
            if move["date"] <= as_of
        ]
    return things


def spells_of_client(client, portfolio, window, as_of, savings):
    things = things_of(client, portfolio, window, as_of, savings)
    spells, stay = [], None
    if not things:
        return spells
    gone = client["status_on"] if client["status"] in ("deceased", "expelled") else None
    day = min(thing["start"] for thing in things)
    begun = 0

    def close(left_on, cause):
        loans = stay.loans()
        last = loans[-1] if loans else {}
        spells.append(
            {
                "client_id": client["client_id"],
                "start": min(thing["start"] for thing in stay.things),
                "last_day": stay.latest,
                "left_on": left_on,
                "cause": cause,
                "first": not spells,
                "loans": len(loans),
                "product": last["product"] if loans else stay.things[-1]["product"],
                "officer": last.get("officer") or client["officer"] or "",
                "group": last.get("group") or client["group"] or "",
                "cycle": begun,
                "resting": left_on is None and stay.latest is not None,
                "last_loan_id": last.get("loan_id"),
                "loan_ids": [loan["loan_id"] for loan in loans],
            }
        )

    def lapse():
        mfi = any(thing["written_off"] for thing in stay.final())
        close(stay.latest, "mfi" if mfi else "client")

    while day <= as_of:
        if stay and not stay.goes_on(day):
            lapse()
            stay = None
        for thing in things:
            if thing["start"] == day:
                stay = stay or Stay()
                stay.add(thing)
                begun += thing["loan"] is not None
        if stay and day == gone:
            close(day, "death" if client["status"] == "deceased" else "mfi")
            stay = None
        day += ONE_DAY
    if stay:
        close(None, None)
    return spells


def spells(portfolio, window, as_of, savings):
    """All spells in order of client id and start."""
    clients = sorted(portfolio.clients, key=lambda client: client["client_id"])
    return [
        spell for client in clients for spell in spells_of_client(client, portfolio, window, as_of, savings)
    ]


def ignored(portfolio, window, as_of, savings):
    """Clients whose status no spell bears out."""
    found = []
    for client in sorted(portfolio.clients, key=lambda client: client["client_id"]):
        if client["status"] not in ("deceased", "expelled"):
            continue
        if client["status_on"] is not None and client["status_on"] > as_of:
            continue
        own = spells_of_client(client, portfolio, window, as_of, savings)
        cause = "death" if client["status"] == "deceased" else "mfi"
        # A spell that is left as written off on the very day would pass as well: it holds the day.
        if own and not any(s["left_on"] == client["status_on"] and s["cause"] == cause for s in own):
            found.append(client["client_id"])
    return found


def is_active(spell, day):
    return spell["start"] <= day and (spell["left_on"] is None or spell["left_on"] > day)


def days(start, end):
    return [start + n * ONE_DAY for n in range((end - start).days + 1)]


def count(spells, start, end):
    """B, new, returned, causes and E of a period, by looking at each of its days."""
    counts = {"B": sum(is_active(spell, start - ONE_DAY) for spell in spells), "new": 0, "returned": 0}
    causes = dict.fromkeys(CAUSES, 0)
    for day in days(start, end):
        for spell in spells:
            if spell["start"] == day:
                counts["new" if spell["first"] else "returned"] += 1
            if spell["left_on"] == day:
                causes[spell["cause"]] += 1
    active = sum(is_active(spell, end) for spell in spells)
    return {**counts, "exits": sum(causes.values()), "causes": causes, "E": active}


def decisions(portfolio, window, start, end, as_of):
    """(loan, followed) of each client who had to decide in the period: the last time they had to."""
    daily = decided_daily(portfolio, window, start, end, as_of)
    return [own[max(own)] for own in daily if own]


def decided_daily(portfolio, window, start, end, as_of):
    """For each client {day: (loan, followed)} of the days of the period on which they had to decide."""
    found = []
    for client in portfolio.clients:
        own = in_order([loan for loan in portfolio.loans if loan["client_id"] == client["client_id"]], as_of)
        made = {day: decision(own, window, day, as_of) for day in days(start, end)}
        found.append({day: choice for day, choice in made.items() if choice})
    return found


def decision(own, window, day, as_of):
    ended = [loan for loan in own if loan["closed_on"] == day <= as_of and not written_off(loan, as_of)]
    if not ended:
        return None
    loan = ended[-1]
    place = own.index(loan)
    allowed = window_of(loan["product"], window)
    if (as_of - day).days <= allowed:
        return None
    for other_place, other in enumerate(own):
        begun = other["disbursed_on"] < day or (other["disbursed_on"] == day and other_place < place)
        ended_on = end_of(other, as_of)
        if other is not loan and begun and (ended_on is None or ended_on > day):
            return None
    later = [other["disbursed_on"] for other in own[place + 1 :]]
    return loan, any(day <= began <= day + allowed * ONE_DAY for began in later)


def share(above, below):
    return above / below if below else None


def seven_rates(counts, causes):
    entrants = counts["new"] + counts["returned"]
    left = sum(counts["causes"][cause] for cause in causes)
    at_start, at_end = counts["B"], counts["E"]
    return {
        "dropout_opening": share(left, at_start),
        "exit_dealt_with": share(left, at_start + entrants),
        "retention_dealt_with": share(at_end, at_start + entrants),
        "retention_opening": share(at_end - entrants, at_start),
        "exit_closing": share(left, at_end),
        "exit_average": share(left, (at_start + at_end) / 2),
        "follow_on_retention": share(counts["F"], counts["D"]),
    }


def age_band(born, day):
    if born is None:
        return ""
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    for limit, band in ((25, "<25"), (35, "25-34"), (45, "35-44"), (55, "45-54")):
        if age < limit:
            return band
    return "55+"


def spans(start, end, step):
    """(label, first day, last day) of each year or month, by walking the days."""
    found = {}
    for day in days(start, end):
        label = None if step is None else f"{day:%Y}" if step == "year" else f"{day:%Y-%m}"
        found.setdefault(label, [day, day])[1] = day
    return [(label, first, last) for label, (first, last) in found.items()]


def group_of(spell, by, portfolio):
    if by in ("product", "officer", "group", "cycle"):
        return spell[by]
    client = next(c for c in portfolio.clients if c["client_id"] == spell["client_id"])
    return age_band(client["birth_date"], spell["start"]) if by == "age" else client[by] or ""


def table(portfolio, window, start, end, as_of, savings=False, by=None):
    """Counts by group: `{(group, label): {"start", "end", "B", ..., "D", "F"}}`, without rows all 0.

    `by` is None, a dimension, year or month; `group` is None where there is no dimension.
    """
    return tables(portfolio, window, start, end, as_of, savings, [by])[by]


def tables(portfolio, window, start, end, as_of, savings, ways):
    """The table by each of several ways, of days walked through once."""
    everyone = spells(portfolio, window, as_of, savings)
    decided = decided_daily(portfolio, window, start, end, as_of)
    return {by: table_of(portfolio, everyone, decided, start, end, by) for by in ways}


def table_of(portfolio, everyone, decided, start, end, by):
    step = by if by in ("year", "month") else None
    by = None if step else by
    groups = {}
    for spell in everyone:
        groups.setdefault(group_of(spell, by, portfolio) if by else None, []).append(spell)
    rows = {}
    for label, first, last in spans(start, end, step):
        inside = [{day: made for day, made in own.items() if first <= day <= last} for own in decided]
        chosen = [own[max(own)] for own in inside if own]
        for group, members in groups.items():
            theirs = {loan_id for spell in members for loan_id in spell["loan_ids"]}
            made = [followed for loan, followed in chosen if loan["loan_id"] in theirs]
            counts = count(members, first, last) | {"D": len(made), "F": sum(made)}
            if any(counts[name] for name in ("B", "new", "returned", "exits", "E", "D", "F")):
                rows[group, label] = {"start": first, "end": last, **counts}
    return rows
