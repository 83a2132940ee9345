"""What the client page shows of staying and leaving."""

from clients.models import Client
from clients.queries import shown_name
from exits import queries
from spm import views
from spm.access import Can


class ClientPanel(views.DetailView):
    """A part of the client page for htmx; a page of its own without."""

    needs = Can.EXITS_VIEW
    model = Client
    template_name = "exits/client_panel.html"

    def get_queryset(self):
        return Client.objects.visible_to(self.request.user, Can.EXITS_VIEW).select_related(
            "office", "officer"
        )

    def get_template_names(self):
        part = views.wants_part(self.request)
        return [f"{self.template_name}#panel" if part else self.template_name]

    def get_context_data(self, **kwargs):
        client = self.object
        return super().get_context_data(**kwargs) | {
            "spells": queries.spells_of(self.request.user, client),
            "build": queries.build(),
            "shown_name": shown_name(client, self.request.user),
        }
