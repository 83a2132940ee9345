"""What this app records in the audit trail, in words."""

from django.utils.translation import gettext_lazy as _

from exits.models.contact import Contact
from exits.models.definition import ExitDefinition
from spm import trail

trail.name(
    verbs={
        "exit.defined": _("Exit defined"),
        "exit.rebuilt": _("Figures counted"),
        "exit.analysed": _("Analyses of leaving made"),
        "contact.recorded": _("Call or visit recorded"),
        "exit.emptied": _("Figures removed, as there are no data"),
    },
    targets={
        "exits.ExitDefinition": _("Exit definition"),
        "exits.SpellBuild": _("Figures"),
        "exits.Contact": _("Call or visit"),
        "exits:contact-add": _("What came of the call or visit?"),
        "exits:exit-rate": _("Who is leaving?"),
        "exits:counted-list": _("Clients behind a number"),
        "exits:watch-list": _("Watch list"),
        "exits:overdue-list": _("Loans long past due"),
        "exits:definition-list": _("Definitions of exit"),
        "exits:client-panel": _("Staying and leaving"),
        "exits.Analysis": _("Analyses of leaving"),
        "exits:stage-list": _("Leaving by loan cycle"),
        "exits:profile-list": _("Leavers and stayers"),
        "exits:stay-curve": _("How long clients stay"),
        "exits:cohort-list": _("Cohorts"),
        "exits:season-list": _("Seasons"),
        "exits:limit-chart": _("Control chart"),
        "exits:return-curve": _("Return curve"),
    },
    details={
        "starts_on": _("in force from"),
        "window": _("window in days"),
        "product_windows": _("windows of single products"),
        "counts_savings": _("savings keep a client"),
        "formula": _("headline formula"),
        "in_place_of": _("in place of definition"),
        "as_of": _("data as of"),
        "rows": _("rows"),
        "counted_anew": _("clients counted anew"),
        "spell": _("stays"),
        "decisionpoint": _("decisions"),
        "exitcount": _("counts of exits"),
        "decisioncount": _("counts of decisions"),
        "start": _("from month"),
        "end": _("to month"),
        "product": _("product"),
        "officer": _("officer"),
        "age": _("age at the start"),
        "area": _("area"),
        "cycle": _("loan cycle"),
        "causes": _("exits counted"),
        "by": _("table by"),
        "count": _("counted"),
        "table": _("table"),
        "period": _("period"),
        "client": _("client record"),
        "how": _("how"),
        "result": _("result"),
        "next_on": _("next time"),
    },
    values={
        "formula": dict(ExitDefinition.Formula.choices),
        "how": dict(Contact.How.choices),
        "result": dict(Contact.Result.choices),
    },
)
