"""What the gallery of components shows: invented figures, in every state that a component has."""

import datetime as dt

from django import forms
from django.core.paginator import Paginator
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from spm import charts, exports, guidance, tables
from spm.forms import CrispyMixin
from spm.models import Job
from spm.numbers import count_words, share_words
from spm.tables import Cell, Column
from spm.worded import WordedForm


class SampleForm(WordedForm, CrispyMixin, forms.Form):
    """One field of each kind that the screens use."""

    worded = {"reason": gettext_lazy("Reason, as clients are asked")}

    name = forms.CharField(
        label=gettext_lazy("Name of the view"), help_text=gettext_lazy("As colleagues will see it.")
    )
    start = forms.DateField(
        label=gettext_lazy("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    window = forms.IntegerField(label=gettext_lazy("Days without a loan"), min_value=1, max_value=1000)
    formula = forms.ChoiceField(
        label=gettext_lazy("Formula"),
        choices=[
            ("dealt_with", gettext_lazy("Exits / clients served")),
            ("opening", gettext_lazy("Exits / opening clients")),
        ],
        widget=forms.RadioSelect,
    )
    shared = forms.BooleanField(label=gettext_lazy("Colleagues may open it"), required=False)


class SampleFilter(CrispyMixin, forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or number"), required=False)
    year = forms.ChoiceField(
        label=gettext_lazy("Year"), choices=[("2025", "2025"), ("2024", "2024")], required=False
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        choices=[("", gettext_lazy("Everyone")), ("f", gettext_lazy("Women")), ("m", gettext_lazy("Men"))],
        required=False,
    )


def guidance_shown() -> list[guidance.Advice]:
    """A piece of each kind."""
    return [
        guidance.note(_("Exit may be good or bad.")),
        guidance.source("A. Author, 2006", _("Follow clients, not loans.")),
        guidance.computed(_("Months whose window still runs are marked.")),
        guidance.ours(_("Look at a few clients before you act on the number.")),
    ]


def headline() -> list[dict]:
    return [
        {
            "label": _("Exit rate, of clients served"),
            "value": share_words(0.183),
            "url": "#figure",
            "note": _("%(low)s to %(high)s · n %(n)s")
            % {"low": share_words(0.174), "high": share_words(0.192), "n": count_words(6579)},
            "change": _("%(points)s points more than 2024") % {"points": formats.number_format(2.1, 1)},
            "direction": "worse",
        },
        {
            "label": _("Left by their own choice"),
            "value": count_words(1031),
            "url": "#figure",
            "note": _("86 % of exits"),
        },
        {
            "label": _("Took a follow-on loan"),
            "value": share_words(0.719),
            "url": "#figure",
            "change": _("%(points)s points more than 2024") % {"points": formats.number_format(0.4, 1)},
            "direction": "better",
        },
        {
            "label": _("Resting now"),
            "value": count_words(412),
            "url": "#figure",
            "note": _("loan repaid, window of 90 days running"),
            "status": "wait",
            "words": _("provisional"),
        },
    ]


def roll_forward() -> list[dict]:
    return [
        {"value": count_words(5081), "words": _("clients at the start"), "url": "#figure"},
        {"sign": "+", "value": count_words(1312), "words": _("new"), "url": "#figure"},
        {"sign": "+", "value": count_words(186), "words": _("came back"), "url": "#figure"},
        {"sign": "−", "value": count_words(1204), "words": _("left"), "url": "#figure"},
        {"sign": "=", "value": count_words(5375), "words": _("clients at the end"), "url": "#figure"},
    ]


# branch, exit rate, its interval, clients served, mark and words of its state
BRANCHES = (
    ("Valle Norte", 0.274, 0.246, 0.304, 893, "act", gettext_lazy("above limits")),
    ("Puerto Viejo", 0.210, 0.183, 0.239, 842, "wait", gettext_lazy("watch")),
    ("San Isidro", 0.188, 0.164, 0.215, 917, "", ""),
    ("Santa Ana", 0.135, 0.115, 0.158, 954, "ok", gettext_lazy("below target")),
)


def branches() -> dict:
    """A table in which one row is bad, one is watched, one plain, one good and one hidden."""
    rows = [
        [
            Cell(branch, url="#figure"),
            Cell(share_words(rate), url="#figure"),
            Cell(f"{share_words(low)} – {share_words(high)}"),
            Cell(count_words(served)),
            Cell(status=kind, words=words),
        ]
        for branch, rate, low, high, served, kind, words in BRANCHES
    ]
    hidden = Cell(_("hidden"))
    columns = [
        exports.Column(_("Branch")),
        exports.Column(_("Exit rate"), kind="share"),
        exports.Column(_("95 % interval"), kind="share"),
        exports.Column(_("Clients served"), kind="count"),
        exports.Column(_("State")),
    ]
    return {
        "columns": columns,
        "rows": [*rows, [Cell("El Rosario"), hidden, hidden, Cell(_("fewer than 5")), Cell()]],
    }


def branches_as_file() -> exports.Table:
    return exports.Table(
        name=_("Components"),
        columns=[
            exports.Column(gettext_lazy("Branch")),
            exports.Column(gettext_lazy("Exit rate"), kind="share"),
            exports.Column(gettext_lazy("Clients served"), kind="count"),
        ],
        rows=[(branch, rate, served) for branch, rate, _low, _high, served, _kind, _words in BRANCHES],
    )


CLIENTS = [("San Isidro", 917), ("Santa Ana", 954)]
CLIENT_COLUMNS = [
    Column(gettext_lazy("Branch"), value=lambda row: row[0], order=lambda row: row[0]),
    Column(
        gettext_lazy("Clients"),
        kind="count",
        value=lambda row: row[1],
        cell=lambda row: Cell(count_words(row[1]), note=_("provisional")),
        order=lambda row: row[1],
    ),
]


def clients(sort: str) -> dict:
    """A table that sorts."""
    return tables.on_screen(CLIENT_COLUMNS, tables.sorted_rows(CLIENTS, CLIENT_COLUMNS, sort), sort)


def clients_as_file() -> exports.Table:
    return tables.as_file(_("Components"), CLIENT_COLUMNS, CLIENTS)


def tasks() -> list[dict]:
    return [
        {
            "title": _("Visit Rosa Mamani"),
            "url": "#tasks",
            "why": _("Her savings fell two months in a row, and she missed 2 of 4 meetings."),
            "status": "act",
            "words": _("4 days late"),
        },
        {
            "title": _("Centro Las Flores"),
            "url": "#tasks",
            "why": _("Three households drawn."),
            "status": "wait",
            "words": _("1 of 3"),
        },
        {"title": _("Write down what clients said"), "url": "#tasks", "status": "ok", "words": _("done")},
    ]


def events() -> list[dict]:
    return [
        {
            "date": dt.date(2025, 7, 4),
            "title": _("Left"),
            "text": _("90 days without a loan."),
            "kind": "act",
        },
        {
            "date": dt.date(2025, 4, 5),
            "title": _("Second loan repaid"),
            "text": _("Three days late."),
            "kind": "wait",
        },
        {"date": dt.date(2024, 6, 10), "title": _("Second loan taken"), "url": "#timeline", "kind": "ok"},
        {
            "date": dt.date(2024, 1, 15),
            "title": _("Moved to another office"),
            "text": "San Isidro → Santa Ana",
        },
    ]


def figure() -> dict:
    """Bars with an interval each, the last one provisional, and a target."""
    names, rates, low, high, *_rest = zip(*BRANCHES, strict=True)
    return charts.bars(
        names,
        rates,
        title=_("Valle Norte is the only branch outside its limits"),
        subtitle=_("Exits per cent of clients served, with 95 % interval"),
        footer=_("Definition 3: a client has left after 90 days without a loan. n 6,579."),
        texts=[share_words(rate) for rate in rates],
        low=low,
        high=high,
        provisional=[False, False, False, True],
        provisional_words=_("provisional"),
        target=charts.Target(0.135, _("target")),
    )


def jobs() -> list[Job]:
    """One in each state, none of them kept."""
    state = Job.State
    return [
        Job(work=_("Import of a portfolio"), state=state.QUEUED),
        Job(work=_("Import of a portfolio"), state=state.RUNNING, done=1200, total=5000, message=_("Loans")),
        Job(work=_("Import of a portfolio"), state=state.RUNNING, cancel_asked=True),
        Job(
            work=_("Import of a portfolio"),
            state=state.DONE,
            result={"url": "#jobs", "link": _("See the report")},
        ),
        Job(work=_("Import of a portfolio"), state=state.FAILED, error=_("The file could not be read.")),
        Job(work=_("Import of a portfolio"), state=state.CANCELLED),
    ]


def samples(asked) -> dict:
    """Everything the gallery's template needs; ``asked`` is the address's query, which the samples obey."""
    return {
        "form": SampleForm(asked if "check" in asked else None),
        "filter_form": SampleFilter(asked if "q" in asked else {"year": "2025", "sex": "f"}),
        "chips": [{"label": _("Year"), "value": "2025"}, {"label": _("Who"), "value": _("women")}],
        "figures": headline(),
        "steps": roll_forward(),
        "figure": figure(),
        "jobs": jobs(),
        "branches": branches(),
        "clients": clients(asked.get("sort", "branch")),
        "tasks": tasks(),
        "events": events(),
        "page_obj": Paginator(range(120), 50).get_page(asked.get("page", 2)),
        "guidance_shown": guidance_shown(),
        "messages_shown": [
            ("success", _("Saved. The figures follow in a minute.")),
            ("info", _("A newer file is being read.")),
            ("warning", _("Three rows were left out.")),
            ("error", _("The file could not be read. Nothing was changed.")),
        ],
    }
