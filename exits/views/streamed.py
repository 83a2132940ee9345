"""A page that computes much sends its frame first: the browser fetches style and scripts meanwhile."""

import logging

from django.http import StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils import translation

HERE = "<!--rest-->"
"""Where in `template_name` the rest of the page goes."""

log = logging.getLogger(__name__)


class Streamed:
    """The frame is `template_name`, without anything computed; `rest_template` takes `get_rest()`.

    Whatever refuses the request (permission, not found) must do so before: the frame is sent with status 200.
    """

    rest_template: str

    def get(self, request, *args, **kwargs):
        frame = render_to_string(self.template_name, self.get_context_data(**kwargs), request)
        head, tail = frame.split(HERE)
        return StreamingHttpResponse(self._pieces(head, tail, translation.get_language()))

    def get_rest(self) -> dict:
        """The context of `rest_template`."""
        raise NotImplementedError

    def _pieces(self, head, tail, language):
        yield head
        # The middleware has gone when this runs, and the page's language perhaps with it.
        with translation.override(language):
            rest = self._rest()
        yield rest
        yield tail

    def _rest(self):
        try:
            return render_to_string(self.rest_template, self.get_rest(), self.request)
        except Exception:
            # It is too late for an error page: say it where the figures would be.
            log.exception("%s could not be put together", self.request.path)
            return render_to_string("exits/_went_wrong.html", {}, self.request)
