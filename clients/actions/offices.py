"""The office tree of a portfolio: who hangs under whom, and which head office it has."""

from dataclasses import dataclass, replace

from clients.methods.names import NAME_LENGTH
from clients.methods.parsing import Parsed
from clients.methods.problems import ABSENT
from clients.methods.sheets import SHEETS
from clients.methods.tree import in_circles
from clients.models import Office

CODE, NAME, KIND, PARENT = (SHEETS["offices"].index[name] for name in ("code", "name", "kind", "parent"))
# The head office that spm makes on first use waits under this code for its real one.
PLACEHOLDER = "HEAD"


@dataclass(frozen=True)
class Top:
    """The head office after an import: ``code`` what it is called then, ``was`` what it is called now.

    ``named`` says that it is known only as the parent of others.
    """

    code: str = PLACEHOLDER
    was: str = PLACEHOLDER
    named: bool = False

    @classmethod
    def recorded(cls) -> "Top":
        code = Office.objects.filter(parent=None).values_list("code", flat=True).first() or PLACEHOLDER
        return cls(code, code)


def blame_offices(
    parsed: Parsed, rows: dict[int, tuple], top: Top, *, head_by_name: bool
) -> tuple[dict, Top]:
    """The rows with kind and parent filled in, and the head office to be; what cannot stand is blamed.

    Where the head office may be known by name only, one parent that nobody defines is it.
    """
    kept = dict(Office.objects.values_list("code", "parent__code"))
    kept.setdefault(top.was, None)
    blame_heads(parsed, rows, kept, top.was)
    heads = [row[CODE] for at, row in rows.items() if row[KIND] == "head" and at not in parsed.flaws]
    if heads:
        top = replace(top, code=heads[0])
    elif head_by_name and top.was == PLACEHOLDER:
        named = parent_of_all(rows, kept)
        top = replace(top, code=named, named=True) if named else top
    settled = {at: settle(row, top, said=parsed.rows[at][PARENT] is not ABSENT) for at, row in rows.items()}
    blame_circles(parsed, settled, kept | {top.code: None})
    return settled, top


def parent_of_all(rows: dict[int, tuple], kept: dict) -> str | None:
    """The one parent that is named and nowhere defined, if there is just one."""
    defined = kept.keys() | {row[CODE] for row in rows.values()}
    undefined = {row[PARENT] for row in rows.values()} - defined - {None}
    return undefined.pop() if len(undefined) == 1 else None


def blame_heads(parsed: Parsed, rows: dict[int, tuple], kept: dict, head: str) -> None:
    """There is one head office, and it stays what it is; the one of first use waits for its real code."""
    heads = {at: row[CODE] for at, row in rows.items() if row[KIND] == "head"}
    gives_way = head == PLACEHOLDER and len(heads) == 1 and head not in heads.values()
    for at, row in rows.items():
        if row[CODE] == head and row[KIND] in {"region", "branch"} and not gives_way:
            parsed.blame(at, "kind", "head_stays", row[KIND], head=head)
        if row[KIND] != "head":
            continue
        if len(heads) > 1:
            parsed.blame(at, "kind", "two_heads", "head")
        elif head not in {PLACEHOLDER, row[CODE]}:
            parsed.blame(at, "kind", "other_head", "head", head=head)
        elif row[CODE] != head and row[CODE] in kept and not is_made_up(row[CODE]):
            parsed.blame(at, "kind", "was_no_head", "head", code=row[CODE])


def is_made_up(code: str) -> bool:
    """Was this office made because a file named it, and never described by one?"""
    made = Office.objects.filter(code=code, name=code[:NAME_LENGTH], kind=Office.Kind.BRANCH)
    return made.filter(parent__parent=None).exists()


def settle(row: tuple, top: Top, *, said: bool) -> tuple:
    """Without a kind an office is a branch; without a parent it hangs under the head office.

    ``said`` tells whether the file names the parent: if not, the recorded head office goes by its new code.
    """
    code, name, kind, parent = row
    if code == top.code:
        return code, name, "head", None
    parent = top.code if parent is None or (parent == top.was and not said) else parent
    return code, name, kind or "branch", parent


def blame_circles(parsed: Parsed, rows: dict[int, tuple], kept: dict) -> None:
    """Offices whose way up never ends, and those below them. A parent whom nobody knows will be made."""
    good = {row[CODE]: at for at, row in rows.items() if at not in parsed.flaws}
    circles = in_circles(kept | {code: rows[at][PARENT] for code, at in good.items()})
    for code in circles & good.keys():
        parsed.blame(good[code], "parent", "office_circle", rows[good[code]][PARENT])
