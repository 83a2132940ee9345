"""Pages in two pieces: the head at once, so that the browser fetches style and scripts, then the rest."""

import logging
from collections.abc import Callable
from functools import wraps

from django.contrib.messages import get_messages
from django.core.signals import got_request_exception
from django.http import HttpResponseBase, StreamingHttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.template.response import SimpleTemplateResponse
from django.utils import translation

HEAD = "_components/head.html"
"""With what every page begins: it depends on the language and on whether there is a chart alone."""
FAILED = "spm/page_failed.html"

log = logging.getLogger(__name__)


class Page(StreamingHttpResponse):
    """A page whose status is decided; `whole` puts it together, while the browser reads its head.

    Nothing of the rest leaves before all of it is put together and `before_rest` is done. If that fails, a
    page that says so follows instead, and the failure is logged: the status is sent by then.
    """

    def __init__(self, request, whole: Callable[[], HttpResponseBase], *, has_chart: bool = False):
        self._request, self._whole = request, whole
        self._for_head = {"has_chart": has_chart}
        self._head = render_to_string(HEAD, self._for_head).lstrip().encode()
        # The middleware has gone when the rest is put together, and the page's language perhaps with it.
        self._language = translation.get_language()
        self._before_rest: list[Callable[[], None]] = []
        # The rest will show them: what that changes of cookies goes along with the headers.
        get_token(request)
        list(get_messages(request))
        # nginx would else wait for more than the head.
        super().__init__(self._pieces(), headers={"X-Accel-Buffering": "no"})

    def before_rest(self, act: Callable[[], None]) -> None:
        """Do this when the rest is put together; it leaves only if that succeeds."""
        self._before_rest.append(act)

    @property
    def content(self) -> bytes:
        """All pieces together, for whoever needs no part sooner, such as tests; they may be read again."""
        pieces = list(self.streaming_content)
        self.streaming_content = pieces
        return b"".join(pieces)

    @property
    def text(self) -> str:
        return self.content.decode(self.charset or "utf-8")

    def _pieces(self):
        yield self._head
        with translation.override(self._language):
            rest = self._rest()
        yield rest

    def _rest(self) -> bytes:
        try:
            rest = self._behind_head(self._whole())
            for act in self._before_rest:
                act()
        except Exception:
            log.exception("%s could not be put together", self._request.path)
            got_request_exception.send(sender=type(self), request=self._request)
            return self._failed()
        return rest

    def _behind_head(self, response) -> bytes:
        if response.status_code != 200 or response.cookies:
            raise ValueError("what decides about status and cookies comes before the page begins")
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        return self._cut(response.content)

    def _cut(self, page: bytes) -> bytes:
        before, head, rest = page.partition(self._head)
        if not head or before.strip():
            raise ValueError(f"the page does not begin with {HEAD}")
        return rest

    def _failed(self) -> bytes:
        try:
            page = render_to_string(FAILED, self._for_head, self._request)
        except Exception:  # what broke the page may break its frame as well
            page = render_to_string(FAILED, self._for_head)
        return self._cut(page.encode())


def answer(request, whole: Callable[[], HttpResponseBase], *, has_chart: bool = False) -> HttpResponseBase:
    """A `Page` to whoever asks for it; what only asks about it, by HEAD, is answered as ever."""
    return Page(request, whole, has_chart=has_chart) if request.method == "GET" else whole()


def in_two_pieces(view):
    """For views that are not ours: their page as a `Page`, with the headers and cookies that they gave it."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        is_page = isinstance(response, SimpleTemplateResponse) and response.status_code == 200
        if request.method != "GET" or not is_page:
            return response
        page = Page(request, lambda: response)
        for name, value in response.items():
            page.headers[name] = value
        page.cookies, response.cookies = response.cookies, type(response.cookies)()
        return page

    return wrapped
