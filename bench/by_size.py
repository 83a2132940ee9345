"""Cost by size: `python bench/by_size.py [--sizes 10000 100000 1000000] [--databases sqlite postgresql]`.

Runs the other benches for each size and database, each in a process of its own, and keeps what they found in
bench/results.json. From that it draws docs/images/cost-by-size.svg, one chart a job with the exponent of its
growth, writes the tables of docs/performance.md and prints that of cost by size. `--benches` runs some of
them; `--draw` draws what was found before and runs nothing.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench/results.json"
CHART = ROOT / "docs/images/cost-by-size.svg"
PAGE = ROOT / "docs/performance.md"
MARK = "<!-- measured: written by bench/by_size.py -->"
SIZES, DATABASES = [10_000, 100_000, 1_000_000], ["sqlite", "postgresql"]
BENCHES = ("portfolio_import", "portfolio_export", "rebuild", "analyses", "pages", "under_load")
# What a chart shows: its title, the bench, and the seconds in what the bench found.
JOBS = {
    "Import": ("portfolio_import", lambda found: found["first_seconds"]),
    "Import again": ("portfolio_import", lambda found: found["again_seconds"]),
    "Figures of everybody": ("rebuild", lambda found: found["whole_seconds"]),
    "Figures after 1 % changed": ("rebuild", lambda found: found["changed_seconds"]),
    "Analyses of leaving": ("analyses", lambda found: found["analyses_seconds"]),
    "Portfolio as files": ("portfolio_export", lambda found: found["export_seconds"]),
    "Slowest search or filter": ("pages", lambda found: max(found["search_ms"].values()) / 1000),
    "Slowest page": ("pages", lambda found: max(found["page_ms"].values()) / 1000),
}
COLOURS = {"sqlite": "#1f5f8b", "postgresql": "#b3541e"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def run(bench: str, database: str, size: int, more: list[str]) -> dict | None:
    """What the bench found, from its last line; None where it broke down."""
    command = [sys.executable, f"bench/{bench}.py", "--clients", str(size), *more]
    if database == "postgresql":
        command = [sys.executable, "tools/servers.py", "--", *command]
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else None


def machine() -> str:
    cores, memory = os.cpu_count(), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{cores} cores, {memory / 2**30:.0f} GB of memory, {system}"


def measure(sizes: list[int], databases: list[str], benches: list[str], seconds: int) -> None:
    """Run all benches; what was found before at other sizes stays."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for database in databases:
        for size in sizes:
            for bench in benches:
                more = ["--seconds", str(seconds)] if bench == "under_load" else []
                found = run(bench, database, size, more)
                print(bench, database, size, json.dumps(found), flush=True)
                if found:
                    kept[f"{bench} {database} {size}"] = found | {"machine": machine()}
                    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def points(kept: dict, job: str, database: str) -> list[tuple[int, float]]:
    """Clients and seconds, in order of size."""
    bench, seconds = JOBS[job]
    found = [row for key, row in kept.items() if key.startswith(f"{bench} {database} ")]
    return sorted((row["clients"], max(seconds(row), 0.001)) for row in found)


def exponent(pairs: list[tuple[int, float]]) -> float | None:
    """By which power of the size the time grows; None from fewer than two sizes."""
    if len(pairs) < 2:
        return None
    clients, seconds = np.log(np.array(pairs, dtype=float)).T
    return float(np.polyfit(clients, seconds, 1)[0])


# The chart: a small one for each job, both axes by powers of ten

WIDE, HIGH, LEFT, BELOW = 300, 230, 60, 34
DECADES = ((3, 6), (-2, 4))
ACROSS = 4


def place(column: int, row: int, clients: float, seconds: float) -> tuple[float, float]:
    (low, high), (short, long) = DECADES
    across = (np.log10(clients) - low) / (high - low) * (WIDE - LEFT - 16)
    up = (np.log10(seconds) - short) / (long - short) * (HIGH - BELOW - 64)
    return column * WIDE + LEFT + across, (row + 1) * HIGH - BELOW - up


def chart(kept: dict) -> str:
    parts = []
    for at, job in enumerate(JOBS):
        row, column = divmod(at, ACROSS)
        parts += frame(column, row, job)
        for number, database in enumerate(DATABASES):
            pairs = points(kept, job, database)
            parts += line(column, row, pairs, COLOURS[database], number)
    wide, high = ACROSS * WIDE, -(-len(JOBS) // ACROSS) * HIGH
    size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
    style = 'font-family="system-ui, sans-serif" font-size="11" fill="#333"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n' + "\n".join(parts) + "\n</svg>\n"


def frame(column: int, row: int, job: str) -> list[str]:
    (low, high), (short, long) = DECADES
    left, top = column * WIDE + LEFT, row * HIGH + 18
    parts = [f'<text x="{left}" y="{top}" font-weight="bold">{job}</text>']
    for power in range(short, long + 1, 2):
        x, y = place(column, row, 10**low, 10.0**power)
        end = place(column, row, 10**high, 10.0**power)[0]
        parts.append(f'<path d="M{x:.0f} {y:.0f}H{end:.0f}" stroke="#ddd"/>')
        parts.append(f'<text x="{x - 5:.0f}" y="{y + 4:.0f}" text-anchor="end">{10.0**power:,g} s</text>')
    for power, words in zip(range(low, high + 1), ("1,000", "10,000", "100,000", "million"), strict=True):
        x, y = place(column, row, 10**power, 10.0**short)
        anchor = {low: "start", high: "end"}.get(power, "middle")
        parts.append(f'<text x="{x:.0f}" y="{y + 16:.0f}" text-anchor="{anchor}">{words}</text>')
    return parts


def line(column: int, row: int, pairs, colour: str, number: int) -> list[str]:
    if not pairs:
        return []
    spots = [place(column, row, *pair) for pair in pairs]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
    parts = [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in spots]
    power, name = exponent(pairs), NAMES[DATABASES[number]]
    words = f"{name}: n^{power:.2f}" if power is not None else name
    x, y = column * WIDE + LEFT, row * HIGH + 34 + 13 * number
    return [*parts, f'<text x="{x}" y="{y}" fill="{colour}">{words}</text>']


# The tables


def table(heads: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows)]


def cost(kept: dict) -> list[str]:
    rows = []
    sizes = sorted({row["clients"] for row in kept.values()})
    for job in JOBS:
        for database in DATABASES:
            pairs = dict(points(kept, job, database))
            power = exponent(sorted(pairs.items()))
            cells = [f"{pairs[size]:.2f} s" if size in pairs else "–" for size in sizes]
            rows.append([job, NAMES[database], *cells, "–" if power is None else f"{power:.2f}"])
    return table(["job", "database", *(f"{size:,} clients" for size in sizes), "exponent"], rows)


PROMISES = (
    ("portfolio_import", "share_of_plain", "import, rows a second against the plain load", "at least 0.25"),
    ("portfolio_import", "again_share_of_first", "the same import again, against the first", "at most 0.5"),
    ("portfolio_import", "peak_bytes", "memory of the import in bytes", "under 1,000,000,000"),
    ("rebuild", "times_plain", "all figures, against out, pandas and in", "at most 3"),
    ("rebuild", "share_of_whole", "figures after 1 % changed, against all", "at most 0.1"),
    ("portfolio_export", "times_plain", "portfolio as CSV files, against a plain dump", "–"),
    ("analyses", "times_plain", "analyses of leaving, against pandas and statsmodels", "–"),
    ("pages", "search_ms", "slowest search or filter in ms", "at most 300"),
    ("pages", "times_empty", "slowest first byte, times an empty page's", "at most 5"),
    ("under_load", "shares_of_bare", "requests a second against a bare list", "at least 0.75"),
    ("under_load", "errors", "wrong answers under load", "0"),
    ("under_load", "memory_growth", "memory under load, after against before", "at most 1.05"),
)


def promised(kept: dict) -> list[str]:
    """At the largest size that was measured."""
    rows = []
    for bench, name, words, limit in PROMISES:
        for database in DATABASES:
            found = [row for key, row in kept.items() if key.startswith(f"{bench} {database} ")]
            if found:
                largest = max(found, key=lambda row: row["clients"])
                rows.append([words, limit, NAMES[database], shown(largest[name]), f"{largest['clients']:,}"])
    return table(["what", "promised", "database", "measured", "clients"], rows)


def shown(value) -> str:
    if isinstance(value, dict):
        return "<br>".join(f"{key}: {number:g}" for key, number in value.items())
    return f"{value:,}"


def draw() -> None:
    """The chart, the tables of the page, and the costs with their exponents on the screen."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    CHART.write_text(chart(kept), encoding="utf-8")
    before, _mark, _old = PAGE.read_text(encoding="utf-8").partition(MARK)
    machines = sorted({row["machine"] for row in kept.values()})
    tables = ["## What was promised", "", *promised(kept), "", "## Cost by size", "", *cost(kept)]
    print("\n".join(cost(kept)))
    tables += ["", f"Measured on: {'; '.join(machines)}."]
    PAGE.write_text(before + MARK + "\n\n" + "\n".join(tables) + "\n", encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--benches", nargs="+", choices=BENCHES, default=BENCHES)
    parser.add_argument("--seconds", type=int, default=600, help="of load on the lists")
    parser.add_argument("--draw", action="store_true")
    asked = parser.parse_args()
    if not asked.draw:
        measure(asked.sizes, asked.databases, asked.benches, asked.seconds)
    draw()
