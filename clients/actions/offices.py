"""The office tree of a portfolio: who hangs under whom, and which head office it has."""

from clients.methods.parsing import Parsed
from clients.methods.sheets import SHEETS
from clients.methods.tree import in_circles
from clients.models import Office

CODE, NAME, KIND, PARENT = (SHEETS["offices"].index[name] for name in ("code", "name", "kind", "parent"))
# The head office that spm makes on first use waits under this code for its real one.
PLACEHOLDER = "HEAD"


def blame_offices(parsed: Parsed, rows: dict[int, tuple], *, head_by_name: bool) -> tuple[dict, str | None]:
    """The rows with kind and parent filled in; offices that cannot stand in the tree are blamed.

    Where the head office may be known by name only, that name comes second.
    """
    kept = dict(Office.objects.values_list("code", "parent__code"))
    head = next((code for code, parent in kept.items() if parent is None), PLACEHOLDER)
    kept.setdefault(head, None)
    blame_heads(parsed, rows, kept, head)
    heads = [row[CODE] for at, row in rows.items() if row[KIND] == "head" and at not in parsed.flaws]
    named = None
    if head_by_name and not heads and head == PLACEHOLDER:
        named = parent_of_all(rows, kept)
        kept |= {named: None} if named else {}
    top = heads[0] if heads else named or head
    settled = {at: settle(row, top, head) for at, row in rows.items()}
    blame_lost(parsed, settled, kept)
    return settled, named


def parent_of_all(rows: dict[int, tuple], kept: dict) -> str | None:
    """The one parent that is named and nowhere defined, if there is just one."""
    defined = kept.keys() | {row[CODE] for row in rows.values()}
    undefined = {row[PARENT] for row in rows.values()} - defined - {None}
    return undefined.pop() if len(undefined) == 1 else None


def blame_heads(parsed: Parsed, rows: dict[int, tuple], kept: dict, head: str) -> None:
    """There is one head office, and it stays what it is."""
    heads = [at for at, row in rows.items() if row[KIND] == "head"]
    for at, row in rows.items():
        if row[CODE] == head and row[KIND] in {"region", "branch"}:
            parsed.blame(at, "kind", "head_stays", row[KIND], head=head)
        if row[KIND] != "head":
            continue
        if len(heads) > 1:
            parsed.blame(at, "kind", "two_heads", "head")
        elif head not in {PLACEHOLDER, row[CODE]}:
            parsed.blame(at, "kind", "other_head", "head", head=head)
        elif row[CODE] != head and row[CODE] in kept:
            parsed.blame(at, "kind", "was_no_head", "head", code=row[CODE])


def settle(row: tuple, top: str, head: str) -> tuple:
    """Without a kind an office is a branch; without a parent it hangs under the head office."""
    code, name, kind, parent = row
    if code == top:
        return code, name, "head", None
    # The placeholder gives its place to the head office that the file names.
    parent = top if parent in {None, head} else parent
    return code, name, kind or "branch", parent


def blame_lost(parsed: Parsed, rows: dict[int, tuple], kept: dict) -> None:
    """Offices whose parent nobody knows, or whose way up never ends; those below such an office likewise."""
    while True:
        good = {row[CODE]: at for at, row in rows.items() if at not in parsed.flaws}
        known = kept.keys() | good.keys()
        circles = in_circles(kept | {code: rows[at][PARENT] for code, at in good.items()})
        lost = {
            at: "unknown_parent" for at in good.values() if (rows[at][PARENT] or rows[at][CODE]) not in known
        }
        lost |= {good[code]: "office_circle" for code in circles & good.keys()}
        if not lost:
            return
        for at, code in lost.items():
            parsed.blame(at, "parent", code, rows[at][PARENT])
