"""What a page's first byte is compared with: an empty page, guarded and behind all middleware.

A WSGI application of its own, which answers all of spm's addresses as well.
"""

import time
import zlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import include, path

from spm import views
from spm.access import Can
from spm.checks import EXEMPT

EMPTY, OPEN = "/empty/", "/open/"
EXEMPT["open"] = "what the pages of a stranger are compared with"
GZIP = {"Accept-Encoding": "gzip"}
PAUSE = 0.02
"""Seconds before each question: who has just had the processor waits for it on a busy machine."""


class EmptyPage(views.View):
    needs = Can.HOME_VIEW

    def get(self, request):
        return HttpResponse("")


@login_not_required
def open_page(request):
    return HttpResponse("")


urlpatterns = [
    path(EMPTY[1:], EmptyPage.as_view(), name="empty"),
    path(OPEN[1:], open_page, name="open"),
    path("", include("spm.urls")),
]
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()


def first_byte(ask, *, to_its_end: bool = True) -> float:
    """Milliseconds until a browser has the first byte of a page, unpacked, from what `ask()` answers.

    That is its pieces as they were sent, and whether they are packed. Reads the answer to its end, or leaves
    there.
    """
    time.sleep(PAUSE)
    begun = time.perf_counter()
    pieces, is_packed = ask()
    unpacked = zlib.decompressobj(wbits=31)
    # What is packed begins with a few bytes that say so and nothing else.
    for piece in pieces:
        if unpacked.decompress(piece) if is_packed else piece:
            break
    first = time.perf_counter() - begun
    if to_its_end:
        for _rest in pieces:
            pass
    return first * 1000


def in_process(browser, address: str):
    """What `first_byte` takes of Django's test client."""

    def ask():
        response = browser.get(address, headers=GZIP)
        pieces = iter(response.streaming_content if response.streaming else [response.content])
        return pieces, response.has_header("Content-Encoding")

    return ask


def over_a_socket(link, cookie: str, address: str):
    """The same of a `http.client.HTTPConnection` to a server, signed in by the cookie."""

    def ask():
        link.request("GET", address, headers=GZIP | {"Cookie": cookie})
        answer = link.getresponse()
        return iter(lambda: answer.read1(65536), b""), answer.headers["Content-Encoding"] == "gzip"

    return ask
