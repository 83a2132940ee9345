"""What an institution starts with: categories of complaints on two levels, and limits.

The categories under fair practice are in use at Mitrata, those under service follow it and the classes of the
FSCA; who reads which and how severe it is are suggestions, as are the limits. All are to be made one's own.
"""

import datetime as dt

from django.db import migrations

from feedback.methods.limits import FIRST, TEMPLATES

FROM = dt.date(2000, 1, 1)
LOW, MEDIUM, HIGH = 1, 2, 3
ORDINARY, CONFIDENTIAL, RESTRICTED = 0, 1, 2

# Code of the head, its words; under it each category's code, severity, sensitivity and words.
CATEGORIES = [
    (
        ("fair_practice", "Fair practice", "Trato justo"),
        [
            ("fraud", HIGH, CONFIDENTIAL, "Fraud or theft", "Fraude o robo"),
            ("misrepresentation", MEDIUM, ORDINARY, "Told something untrue", "Le dijeron algo que no es cierto"),
            ("deception", HIGH, ORDINARY, "Made to sign without knowing what", "Le hicieron firmar sin saber qué"),
            ("commission", HIGH, CONFIDENTIAL, "Asked for money or a favour", "Le pidieron dinero o un favor"),
            ("recovery", HIGH, ORDINARY, "How debts are collected", "La forma de cobrar"),
            ("dignity", HIGH, ORDINARY, "Lack of respect", "Falta de respeto"),
            ("harassment", HIGH, RESTRICTED, "Harassment or violence", "Acoso o violencia"),
            ("privacy", HIGH, CONFIDENTIAL, "Personal data told to others", "Datos personales contados a otros"),
        ],
    ),
    (
        ("service", "Service", "Servicio"),
        [
            ("delay", MEDIUM, ORDINARY, "It takes too long", "Demora demasiado"),
            ("defect", MEDIUM, ORDINARY, "A mistake in the account", "Un error en la cuenta"),
            ("information", LOW, ORDINARY, "Too little information", "Falta de información"),
            ("product", LOW, ORDINARY, "Loan or savings do not fit", "El préstamo o el ahorro no le conviene"),
            ("access", LOW, ORDINARY, "Too far, closed, hard to reach", "Lejos, cerrado o difícil de alcanzar"),
            ("claims", MEDIUM, ORDINARY, "Insurance does not pay", "El seguro no paga"),
            ("handling", MEDIUM, ORDINARY, "How a complaint was handled", "Cómo se atendió un reclamo"),
            ("other", LOW, ORDINARY, "Other", "Otro"),
        ],
    ),
]


def listed():
    """Rows as (code, head, severity, sensitivity, words)."""
    for (head, *said), under in CATEGORIES:
        yield head, "", MEDIUM, ORDINARY, said
        for code, severity, sensitivity, *words in under:
            yield code, head, severity, sensitivity, words


def make(apps, _editor):
    category = apps.get_model("feedback", "Category")
    category.objects.bulk_create(
        category(
            code=code,
            head=head,
            severity=severity,
            sensitivity=sensitivity,
            words={"en": english, "es": spanish},
            position=place,
            starts_on=FROM,
        )
        for place, (code, head, severity, sensitivity, (english, spanish)) in enumerate(listed(), start=1)
    )
    limits = TEMPLATES[FIRST]
    rules = apps.get_model("feedback", "HandlingRules").objects.create(
        starts_on=FROM, template=FIRST, interim_days=limits.interim_days
    )
    level = apps.get_model("feedback", "HandlingLevel")
    level.objects.bulk_create(
        level(rules=rules, number=number, role=row.role, days=row.days, urgent_days=row.urgent_days)
        for number, row in enumerate(limits.levels, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
