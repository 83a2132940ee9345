from clients.models import Client
from spm import views
from spm.access import Can


class ClientPanel(views.DetailView):
    """What the client page shows of staying and leaving."""

    needs = Can.EXITS_VIEW
    model = Client
    template_name = "exits/client_panel.html"
