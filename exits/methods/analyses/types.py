"""How does one kind of leavers differ from another?"""

from collections import Counter

from exits.methods.analyses.seen import Seen
from exits.methods.analyses.traits import as_line, is_recorded, largest_first, of_the_year
from exits.methods.profile import difference


def leaver_types(seen: Seen, by: str) -> dict:
    """Of the latest year's leavers those whose exit is confirmed, by `leaver_type`, `initiative` or `tone`.

    `groups` counts them by the code of each group; each of `traits` has under `counts` those of a group with
    this value, and `known` by trait those of whom it is recorded. `sizes` are as in `profile`.
    """
    year = of_the_year(seen)
    said = year.rows[by].to_numpy()
    confirmed = year.gone & (said != "")
    said = said[confirmed]
    known, lines = {}, []
    for name, values in year.traits(confirmed).items():
        recorded = is_recorded(values)
        pairs = list(zip(values[recorded], said[recorded], strict=True))
        known[name] = dict(Counter(group for _value, group in pairs))
        lines += _lines(name, pairs)
    return {
        "start": year.start.isoformat(),
        "end": year.end.isoformat(),
        "leavers": int(year.gone.sum()),
        "groups": dict(Counter(said.tolist())),
        "sizes": year.sizes,
        "known": known,
        "traits": lines,
    }


def _lines(name, pairs):
    counts = {}
    for value, group in pairs:
        counts.setdefault(value, Counter())[group] += 1
    return [{"trait": name, "value": value, "counts": dict(counts[value])} for value in sorted(counts)]


def set_against(found: dict, first: str, second: str = "", *, fewest: int) -> list[dict]:
    """Two groups of `leaver_types` compared trait by trait, largest standardised difference first.

    `second` is a group's code, or "" for all confirmed leavers but the first. A value that fewer than
    `fewest` of both together have is left out.
    """
    others = [second] if second else [group for group in found["groups"] if group != first]
    lines = []
    for line in found["traits"]:
        n, m = (sum(line["counts"].get(group, 0) for group in groups) for groups in ([first], others))
        if n + m < fewest:
            continue
        known = found["known"][line["trait"]]
        of_n, of_m = (sum(known.get(group, 0) for group in groups) for groups in ([first], others))
        counts = {"first": n, "of_first": of_n, "second": m, "of_second": of_m}
        said = {"trait": line["trait"], "value": line["value"]}
        lines.append(said | counts | as_line(difference(n, of_n, m, of_m)))
    return sorted(lines, key=largest_first)
