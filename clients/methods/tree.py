"""The office tree as codes: who hangs under whom."""


def in_circles(parents: dict[str, str | None]) -> set[str]:
    """The codes from which the way up never ends. ``parents`` maps each code to its parent's or None."""
    safe: set[str] = set()
    lost: set[str] = set()
    for start in parents:
        way: list[str] = []
        at: str | None = start
        while at is not None and at not in safe and at not in lost and at not in way:
            way.append(at)
            at = parents.get(at)
        (lost if at in lost or at in way else safe).update(way)
    return lost


def top_down(parents: dict[str, str | None]) -> list[str]:
    """The codes ordered so that each comes after its parent, where that is among them."""
    ordered: dict[str, None] = {}

    def place(code):
        if code in ordered or code not in parents:
            return
        place(parents[code])
        ordered[code] = None

    for code in parents:
        place(code)
    return list(ordered)
