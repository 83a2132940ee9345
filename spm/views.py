"""The base of every screen: guarded by a permission, and blind to rows out of scope."""

from collections.abc import Callable, Iterable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views import generic

from spm import exports, prepared, streamed, tables
from spm.access import Can, can
from spm.observed import observe


class Guarded:
    """A screen names, in its own class, the one permission it needs; without it the import fails."""

    needs: Can
    # Plotly styles its drawing by inline style; only a page with a chart allows that.
    has_chart = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.__module__ != __name__ and not isinstance(cls.__dict__.get("needs"), Can):
            raise TypeError(f"{cls.__qualname__} must set `needs` to a permission in its own class body")

    def dispatch(self, request, *args, **kwargs):
        if not can(request.user, self.needs):
            raise PermissionDenied
        response = super().dispatch(request, *args, **kwargs)
        if self.has_chart:
            style = [CSP.SELF, CSP.UNSAFE_INLINE]
            response._csp_config = {**settings.SECURE_CSP, "style-src": style}
        return response


def wants_part(request) -> bool:
    """Does htmx ask for a part of the page? Going back in the browser's history asks for all of it."""
    htmx = request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


class Scoped(Guarded):
    """Screens over a model only ever see the rows that this user may see; others are not found."""

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user)


class Shown(Guarded):
    """A screen that GET shows: it decides first, then its page is put together behind its head.

    The first byte waits for ``decide`` alone, so that makes no form and counts nothing.
    """

    def decide(self) -> HttpResponseBase | None:
        """Whatever refuses the request, by an exception, or the answer that leads elsewhere."""

    def show(self) -> HttpResponseBase:
        """The page, when nothing can refuse it any more."""
        return self.render_to_response(self.get_context_data(**self.kwargs))

    def get(self, request, *args, **kwargs):
        if elsewhere := self.decide():
            return elsewhere
        if wants_part(request):
            return self.show()
        return streamed.answer(request, self.show, has_chart=self.has_chart)


class View(Guarded, generic.View):
    pass


class TemplateView(Shown, generic.TemplateView):
    pass


class FormView(Shown, generic.FormView):
    pass


class DetailView(Scoped, Shown, generic.DetailView):
    def decide(self):
        self.object = self.get_object()

    def show(self):
        return self.render_to_response(self.get_context_data(object=self.object))


class ListView(Scoped, Shown, generic.ListView):
    """A list whose template wraps its rows in a partial named ``rows``, which htmx asks for alone."""

    paginate_by = 50

    def show(self):
        self.object_list = self.get_queryset()
        return self.render_to_response(self.get_context_data())

    def paginate_queryset(self, queryset, page_size):
        """Who asks for a page past the end gets the last: where that is, is known behind the head alone."""
        paginator = self.get_paginator(queryset, page_size)
        page = paginator.get_page(self.request.GET.get(self.page_kwarg))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_template_names(self):
        (name, *_) = super().get_template_names()
        return [f"{name}#rows" if wants_part(self.request) else name]


class Exported:
    """Answers ``?export=xlsx|csv-excel|csv`` with the screen's own table; put it before the base view.

    A screen writes ``export_table(self) -> exports.Table`` from what it shows, under the same filter and
    scope (a list from ``self.get_queryset()``); with several tables, ``export_tables`` instead. Each export
    leaves an audit line: who, what, which filter; what people wrote in a parameter named in ``personal`` is
    left out of it. A list that is long is made ready by a job, whose page the person is led to.
    """

    personal: frozenset[str] = frozenset()

    def get(self, request, *args, **kwargs):
        form = request.GET.get("export")
        if form is None:
            return super().get(request, *args, **kwargs)
        if form not in exports.FORMS:
            raise BadRequest("unknown form of export")
        told = {"form": form, "shown": self.filter_for_trail(), **self.kwargs_in_words()}
        if self.is_long():
            messages.info(request, self.long_words())
            return redirect(prepared.ask(request, form, told))
        response = exports.respond(request, self.export_table(), form)
        observe("exported", request.resolver_match.view_name, by=request.user, **told)
        return response

    @staticmethod
    def long_words() -> str:
        words = _("This table is long, so it is made ready here. It can be taken for %(days)s days.")
        return words % {"days": prepared.DAYS}

    def is_long(self) -> bool:
        """Would the page wait too long for the file?"""
        is_list = isinstance(self, generic.ListView) and prepared.may_ask(self.request.user)
        return is_list and prepared.is_long(self.get_queryset())

    def filter_for_trail(self) -> dict:
        """The filter for the audit trail."""
        return {
            name: ["•••" for _value in values] if name in self.personal else values
            for name, values in self.request.GET.lists()
            if name != "export"
        }

    def export_table(self) -> exports.Table:
        """The table that ``?table=`` names; the first where it names none."""
        makers = self.export_tables()
        name = self.request.GET.get("table") or next(iter(makers))
        if name not in makers:
            raise BadRequest("unknown table")
        return makers[name]()

    def export_tables(self) -> dict[str, Callable[[], exports.Table]]:
        """Each table of the screen by its name, put together when asked for."""
        raise NotImplementedError

    def write_file(self, file, form: str, progress) -> tuple[str, dict]:
        """What a job makes ready: what to call the file, and what the audit trail tells besides of it."""
        return prepared.write_table(self, file, form, progress), {}

    def kwargs_in_words(self) -> dict:
        return {name: str(value) for name, value in self.kwargs.items()}


class TableList(Exported, ListView):
    """A list that is a table: its columns make the screen, the order by ``?sort=``, and the file."""

    # What the file is called.
    table_name: str

    def get_columns(self) -> list[tables.Column]:
        raise NotImplementedError

    def about(self) -> list[tuple[str, str]]:
        """What travels with the file: see ``exports.Table``."""
        return []

    def shown_rows(self, rows, read=iter) -> Iterable:
        """What the columns look at, for each of these rows; ``read`` takes the query for them."""
        return read(rows)

    @property
    def sort(self) -> str:
        return self.request.GET.get("sort", "")

    def paginate_queryset(self, queryset, page_size):
        return super().paginate_queryset(tables.in_order(queryset, self.get_columns(), self.sort), page_size)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | tables.on_screen(self.get_columns(), context["object_list"], self.sort)

    def export_table(self) -> exports.Table:
        columns = self.get_columns()
        rows = self.shown_rows(tables.in_order(self.get_queryset(), columns, self.sort), tables.read_on)
        return tables.as_file(self.table_name, columns, rows, self.about())
