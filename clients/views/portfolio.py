from functools import cached_property

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from clients.actions import write_portfolio
from clients.forms.exports import FILES, PortfolioForm
from clients.methods.outgoing import SHEET_ROWS
from clients.queries import portfolio
from clients.queries.imports import sheet_words
from spm import prepared, views
from spm.access import Can, can
from spm.models import Institution, PreparedFile
from spm.observed import saw


class PortfolioExport(views.FormView):
    """The whole portfolio within reach, as the file that an import takes in; a job makes it."""

    needs = Can.PORTFOLIO_EXPORT
    form_class = PortfolioForm
    template_name = "clients/portfolio_export.html"

    @cached_property
    def counts(self) -> dict[str, int]:
        return portfolio.counts_within_reach(self.request.user)

    @cached_property
    def too_long(self) -> list[str]:
        return portfolio.too_long(self.counts)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"workbook": not self.too_long}

    def form_valid(self, form):
        chosen = form.cleaned_data["form"]
        words = _("The file is made ready here. It can be taken for %(days)s days.")
        messages.info(self.request, words % {"days": prepared.DAYS})
        return redirect(prepared.ask(self.request, chosen, {"form": chosen}))

    def write_file(self, file, form: str, progress) -> tuple[str, dict]:
        user = self.request.user
        counts = write_portfolio(file, form, user=user, progress=progress)
        if counts["clients"] and portfolio.names_go_out(user):
            saw(user, None)
        name = slugify(f"{_('portfolio')} {Institution.get().name}")[:80]
        ending = "zip" if form == FILES else form
        return f"{name}_{timezone.localdate()}.{ending}", {"rows": counts}

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "sheets": [
                {"words": sheet_words(name), "count": min(count, SHEET_ROWS), "more": name in self.too_long}
                for name, count in self.counts.items()
            ],
            "recorded": self.counts["clients"] or self.counts["loans"],
            "names": portfolio.names_go_out(user),
            "whole": portfolio.reaches_whole(user),
            "may_import": can(user, Can.PORTFOLIO_IMPORT),
            "ready": self.ready(user),
            "days": prepared.DAYS,
        }

    def ready(self, user) -> list[PreparedFile]:
        """Files made before that can be taken still, the latest first."""
        kept = PreparedFile.objects.visible_to(user).kept().filter(path=self.request.path)
        return [file for file in kept if prepared.is_open_to(file, user)]
