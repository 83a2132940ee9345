"""What leavers say in their own words, without their names."""

from django.db.models import F, OuterRef, Q, Subquery
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clients.models import Client
from exits.models import ExitInterview, GivenReason
from exits.queries import reasons
from exits.views.reasons.page import OfReasons
from spm import views
from spm.access import Can
from spm.numbers import count_words
from spm.tables import Column, field

SAID = ("change", "benefits", "meetings", "complaint")


class VerbatimList(OfReasons, views.TableList):
    needs = Can.EXITS_VERBATIM
    model = ExitInterview
    template_name = "exits/listed.html"
    table_name = gettext_lazy("What leavers say")
    paginate_by = 25

    def get_queryset(self):
        if not self.build:
            return self.model.objects.none()
        reached = Client.objects.visible_to(self.request.user, Can.EXITS_VERBATIM).order_by()
        given = GivenReason.objects.filter(interview=OuterRef("pk"))
        main = given.filter(part=reasons.PRIMARY).values("reason__code")[:1]
        text = given.exclude(text="").order_by("part", "pk").values("text")[:1]
        rows = self.rows.filter(client__in=reached).annotate(
            left_on=F("stay__left_on"),
            office=F("stay__office__name"),
            main=Subquery(main),
            text=Subquery(text),
        )
        spoken = Q(text__isnull=False)
        for name in SAID:
            spoken |= ~Q(**{name: ""})
        return rows.filter(spoken).order_by("-left_on", "pk")

    def get_columns(self):
        def main(row):
            return self.listed[row.main].label if row.main else ""

        return [
            field(_("Left on"), "left_on", "date"),
            field(_("Office"), "office"),
            Column(_("Main reason"), code="reason", value=main, order="main"),
            field(_("Reason in own words"), "text", "prose", order=None),
            field(_("What we should change"), "change", "prose", order=None),
            field(_("What was good"), "benefits", "prose", order=None),
            field(_("What the meetings were like"), "meetings", "prose", order=None),
            field(_("Complaint"), "complaint", "prose", order=None),
        ]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        n = context["paginator"].count
        words = ngettext("What %(n)s client says", "What %(n)s clients say", n) % {"n": count_words(n)}
        context |= {
            "heading": _("What leavers say"),
            "figures_route": "exits:reason-list",
            "count_words": words,
            "none": _("Nobody has said anything here yet"),
            "none_words": _("Choose a longer period, or take a filter away."),
        }
        return context | (self.filter_context() if self.build else self.before_figures())

    def export_table(self):
        if not self.build:
            raise Http404
        return super().export_table()
