from clients.models import Client
from spm import views
from spm.access import Can


class ClientList(views.ListView):
    needs = Can.CLIENTS_VIEW
    model = Client


class ClientDetail(views.DetailView):
    needs = Can.CLIENTS_VIEW
    model = Client
