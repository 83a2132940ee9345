"""The seven formulas as they are written, and what each says in a sentence."""

from django.utils.translation import gettext_lazy

SYMBOLS = {
    "dropout_opening": "X / B",
    "exit_dealt_with": "X / (B + N)",
    "retention_dealt_with": "E / (B + N)",
    "retention_opening": "(E − N) / B",
    "exit_closing": "X / E",
    "exit_average": "X / ((B + E) / 2)",
    "follow_on_retention": "F / D",
}

MEANINGS = {
    "dropout_opening": gettext_lazy("Exits in the period for every 100 clients on its first day."),
    "exit_dealt_with": gettext_lazy(
        "Of all who were clients at some time of the period, the share that left."
    ),
    "retention_dealt_with": gettext_lazy(
        "Of all who were clients at some time of the period, the share that still are at its end."
    ),
    "retention_opening": gettext_lazy(
        "Clients at the end without the newcomers, for every 100 clients on the first day."
    ),
    "exit_closing": gettext_lazy("Exits in the period for every 100 clients on its last day."),
    "exit_average": gettext_lazy(
        "Exits for every 100 clients, taking the mean of the first and the last day."
    ),
    "follow_on_retention": gettext_lazy(
        "Of the clients who repaid a loan and had no other, the share that took a new one within the window."
    ),
}
