"""What the lists are measured by: a list as anybody writes one with Django, for whoever has signed in.

A generic ListView of every client, fifty a page, whose paginator counts them all; the columns of our list of
clients in an ordinary template, each name a link. Behind the middleware and the context processors of a new
Django project, so with its session and its user, and nothing else: no scope, no filter, no menu, no audit
trail. A WSGI application of its own, on the same settings otherwise and the same database.
"""

from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db.models import Prefetch
from django.urls import path
from django.views.generic import ListView

from clients.models import Client, Loan

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
settings.TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
settings.ROOT_URLCONF = __name__


class Bare(ListView):
    loans = Loan.objects.select_related("product").order_by("-disbursed_on", "-external_id")
    queryset = Client.objects.select_related("office", "officer").prefetch_related(
        Prefetch("loans", queryset=loans)
    )
    paginate_by = 50
    template_name = "bare.html"


urlpatterns = [path("", Bare.as_view(), name="list"), path("<int:pk>/", Bare.as_view(), name="client")]
application = get_wsgi_application()
