"""What a phone asks for: who is signed in and the key, today's list, the outbox, the service worker."""

import datetime as dt
import hashlib
import json
import secrets
from base64 import b64encode
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from spm import nav, views, work
from spm.access import Can, can
from spm.field import BLANK, as_json
from spm.models import FieldKey, Institution

SCRIPTS = ("asked", "form", "home", "leave", "list", "offline", "phone", "seal", "store", "today")
SHELL = (
    "vendor/bootstrap/bootstrap.min.css",
    "css/house.css",
    "vendor/htmx/htmx.min.js",
    "js/house.js",
    "img/mark.svg",
    "js/outbox.js",
    *(f"js/field/{name}.js" for name in SCRIPTS),
)
ICONS = ((192, "img/icon-192.png"), (512, "img/icon-512.png"))
THEME = "#0b6e6e"


class Hello(views.View):
    """Who is signed in, and the key that seals what their phone keeps; no key for whoever has no such work,
    from whose phone what it kept for them is taken away.
    """

    needs = Can.HOME_VIEW

    def get(self, request):
        told = {"spm": "hello", "user": request.user.pk, "csrf": get_token(request)}
        if can(request.user, Can.FIELD_WORK):
            told["key"] = key_of(request.user)
        return as_json(json.dumps(told))


def key_of(user) -> str:
    """In base64; drawn once for each person, so that any phone of theirs opens what another one saved."""
    drawn = b64encode(secrets.token_bytes(32)).decode()
    return FieldKey.objects.get_or_create(user=user, defaults={"key": drawn})[0].key


class Today(views.View):
    """The work due by today, with the names of those it is about, and the pages that go with it."""

    needs = Can.FIELD_WORK

    def get(self, request):
        now = timezone.localtime()
        midnight = (now + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        tasks = work.tasks_of(request.user, now.date())
        told = {
            "spm": "today",
            "user": request.user.pk,
            "ends_in": int((midnight - now).total_seconds()),
            "pages": pages(request.user),
            "items": [item_of(task) for task in tasks],
        }
        return as_json(json.dumps(told))


def item_of(task: work.Task) -> dict:
    listed = task.as_listed()
    return {
        "link": listed["url"],
        "title": listed["title"],
        "why": listed["why"],
        "due": listed["words"],
        "status": listed["status"],
        "facts": [[str(label), str(words)] for label, words in task.about.facts],
    }


def pages(user) -> list[str]:
    """The pages that the phone may keep, as they name nobody."""
    forms = [kind.form for kind in nav.WORK.values() if kind.form and can(user, kind.needs)]
    return [reverse(route) for route in ("field-offline", "field-outbox", *dict.fromkeys(forms))]


class Kept(views.TemplateView):
    """A page that names nobody, for a phone to keep."""

    needs = Can.FIELD_WORK

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        response.headers[BLANK] = "yes"
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"title": self.title}


class Outbox(Kept):
    needs = Can.FIELD_WORK
    template_name = "field/outbox.html"
    title = _("Outbox")


class Offline(Kept):
    needs = Can.FIELD_WORK
    template_name = "field/offline.html"
    title = _("No connection")


@login_not_required
@require_safe
def worker(request):
    """The service worker: its version is made of the files it brings, so that a new one comes with them."""
    answer = HttpResponse(worker_source(), content_type="text/javascript")
    answer.headers["Cache-Control"] = "no-cache, no-store"
    return answer


@cache
def worker_source() -> str:
    source = Path(finders.find("js/field/worker.js")).read_text(encoding="utf-8")
    shell = [static(name) for name in SHELL]
    told = {
        "VERSION": version(json.dumps(shell) + source),
        "SHELL": shell,
        "STATIC": settings.STATIC_URL,
        "OFFLINE": reverse("field-offline"),
    }
    return "".join(f"const {name} = {json.dumps(value)};\n" for name, value in told.items()) + source


def version(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:12]


@login_not_required
@require_safe
def manifest(request):
    """What makes it an application of the phone's own, under the institution's name."""
    name = str(Institution.get())
    icons = [
        {"src": static(path), "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any maskable"}
        for side, path in ICONS
    ]
    told = {
        "name": name,
        "short_name": name,
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": "#ffffff",
        "icons": [{"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml"}, *icons],
    }
    return HttpResponse(
        json.dumps(told), content_type="application/manifest+json", headers={"Cache-Control": "no-store"}
    )
