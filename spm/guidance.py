"""Guidance beside a step: short advice, and what each piece rests on. Each app tells its own.

Nothing is given out as official that is not: every piece bears a mark, and that from a source its name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class RestsOn(TextChoices):
    NOTE = "note", gettext_lazy("From the practice note")
    SOURCE = "source", gettext_lazy("From another source")
    COMPUTED = "computed", gettext_lazy("Computed here")
    OURS = "ours", gettext_lazy("Our suggestion")


@dataclass(frozen=True)
class Advice:
    """One piece; ``source`` names where it was read, for what rests on another source than the note."""

    text: str
    rests_on: RestsOn
    source: str = ""

    def __post_init__(self):
        if bool(self.source) != (self.rests_on == RestsOn.SOURCE):
            raise ValueError("a source is named for what rests on one, and for nothing else")

    @property
    def mark(self) -> str:
        return _("From: %(source)s") % {"source": self.source} if self.source else str(self.rests_on.label)


PAGES: dict[str, tuple[Advice, ...]] = {}
"""Name of a route -> what is told beside its title."""


def tell(pages: Mapping[str, Iterable[Advice]]) -> None:
    """Give pages their guidance. ValueError for a page that has some already."""
    for route, advice in pages.items():
        if route in PAGES:
            raise ValueError(f"{route} has its guidance already")
        PAGES[route] = tuple(advice)


def note(text) -> Advice:
    return Advice(text, RestsOn.NOTE)


def source(name: str, text) -> Advice:
    return Advice(text, RestsOn.SOURCE, name)


def computed(text) -> Advice:
    return Advice(text, RestsOn.COMPUTED)


def ours(text) -> Advice:
    return Advice(text, RestsOn.OURS)


def beside(request) -> dict:
    """For every template: the guidance of the page, if it has some."""
    match = getattr(request, "resolver_match", None)
    return {"guidance": PAGES.get(match.view_name, ()) if match else ()}
