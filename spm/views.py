"""The base of every screen: guarded by a permission, and blind to rows out of scope."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.csp import CSP
from django.views import generic

from spm.access import Can, can


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


class Scoped(Guarded):
    """Screens over a model only ever see the rows that this user may see; others are not found."""

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user)


class View(Guarded, generic.View):
    pass


class TemplateView(Guarded, generic.TemplateView):
    pass


class FormView(Guarded, generic.FormView):
    pass


class DetailView(Scoped, generic.DetailView):
    pass


class ListView(Scoped, generic.ListView):
    """A list whose template wraps its rows in a partial named ``rows``, which htmx asks for alone."""

    paginate_by = 50

    def get_template_names(self):
        (*_, name) = super().get_template_names()
        wants_rows = self.request.htmx and not self.request.htmx.boosted
        return [f"{name}#rows" if wants_rows else name]
