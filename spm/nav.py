"""Where the menu leads, and which panels of other apps the client page shows: names only, no imports."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from spm.access import Can, permissions
from spm.models import Institution


@dataclass(frozen=True)
class Entry:
    route: str
    words: str
    needs: Can


MENU = (
    Entry("home", _("Home"), Can.HOME_VIEW),
    Entry("clients:client-list", _("Clients"), Can.CLIENTS_VIEW),
    Entry("exits:exit-rate", _("Leaving"), Can.EXITS_VIEW),
    Entry("clients:import-list", _("Data"), Can.PORTFOLIO_IMPORT),
)

# Panels that the client page loads after itself: route names that take the client's id.
CLIENT_PANELS = (Entry("exits:client-panel", _("Staying and leaving"), Can.EXITS_VIEW),)


def page_frame(request) -> dict:
    """For every template: the institution, what the user may do, and the menu with its current entry."""
    user = getattr(request, "user", None)
    held = permissions(user) if user else frozenset()
    match = request.resolver_match
    app = match.app_name if match else ""
    current = match.view_name if match else ""
    return {
        "institution": Institution.get(),
        "can": {permission.name: permission in held for permission in Can},
        "menu": [
            {
                "url": reverse(entry.route),
                "words": entry.words,
                "current": current == entry.route,
                "inside": bool(app) and entry.route.startswith(f"{app}:"),
            }
            for entry in MENU
            if entry.needs in held
        ],
    }
