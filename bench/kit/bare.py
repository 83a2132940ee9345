"""What the lists are measured by: the barest list that Django shows to whoever has signed in.

Fifty clients in a table, asked for in the simplest way, behind the middleware of a new Django project. A WSGI
application of its own, on the same settings and the same database.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import engines
from django.urls import path
from django.views.generic import ListView

from clients.models import Client

settings.MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
settings.ROOT_URLCONF = __name__

PAGE = engines["django"].from_string(
    "<!doctype html><html><body><table>{% for client in object_list %}<tr>"
    "<td>{{ client.name }}</td><td>{{ client.external_id }}</td><td>{{ client.office }}</td>"
    "<td>{{ client.officer }}</td><td>{{ client.joined_on }}</td><td>{{ client.get_status_display }}</td>"
    "</tr>{% endfor %}</table></body></html>"
)


class Bare(ListView):
    queryset = Client.objects.select_related("office", "officer").order_by("name", "pk")[:50]

    def render_to_response(self, context):
        return HttpResponse(PAGE.render(context))


urlpatterns = [path("", Bare.as_view())]
application = get_wsgi_application()
