"""The lists an institution starts with: types of leavers, and reasons for leaving on two levels.

They are suggestions, to be made one's own: what is written of leaving elsewhere, in one list each.
"""

import datetime as dt

from django.db import migrations

FROM = dt.date(2000, 1, 1)

# Code, usual initiative, usual tone, words in English and Spanish.
TYPES = [
    ("resting", "client", "neutral", "Resting", "En descanso"),
    ("graduated_here", "client", "positive", "Moved up, with us", "Pasó a más, con nosotros"),
    ("graduated_elsewhere", "client", "positive", "Moved up, elsewhere", "Pasó a más, en otra entidad"),
    ("satisfied", "client", "positive", "Satisfied, needs no loan", "Satisfecho, no necesita préstamo"),
    ("dissatisfied", "client", "negative", "Dissatisfied", "Insatisfecho"),
    ("shock", "external", "negative", "Pushed out by a shock", "Empujado por un golpe"),
    ("group", "group", "negative", "Because of the group", "A causa del grupo"),
    ("mfi", "mfi", "negative", "Ended by us: default or rules", "Terminado por nosotros: mora o reglas"),
    ("moved", "external", "neutral", "Moved away", "Se mudó"),
    ("death", "external", "neutral", "Died", "Falleció"),
    ("unknown", "", "", "Not known", "No se sabe"),
]

# Code of the head, its words; under it each reason's code and words.
REASONS = [
    (
        ("product", "Product", "Producto"),
        [
            ("loan_size", "Loan too small or too large", "Préstamo muy pequeño o muy grande"),
            ("loan_term", "Term does not fit", "El plazo no conviene"),
            ("interest", "Interest or fees too high", "Intereses o comisiones muy altos"),
            ("instalments", "Instalments too often", "Cuotas demasiado seguidas"),
            ("savings_access", "Savings out of reach", "No puede usar sus ahorros"),
            ("deductions", "Deductions from the loan", "Descuentos del préstamo"),
        ],
    ),
    (
        ("process", "How it is done", "Trámite"),
        [
            ("delay", "Money comes too late", "El dinero llega tarde"),
            ("paperwork", "Too much paperwork", "Demasiados papeles"),
            ("meetings", "Meetings take too long", "Las reuniones quitan mucho tiempo"),
            ("distance", "Too far away", "Queda muy lejos"),
        ],
    ),
    (
        ("staff", "Our staff", "Nuestro personal"),
        [
            ("disrespect", "Lack of respect", "Falta de respeto"),
            ("recovery", "How debts are collected", "La forma de cobrar"),
            ("turnover", "Officer changed too often", "Cambio seguido de asesor"),
            ("fraud", "Fraud or favours", "Fraude o favores"),
        ],
    ),
    (
        ("group_trouble", "Group", "Grupo"),
        [
            ("conflict", "Conflict in the group", "Conflicto en el grupo"),
            ("liability", "Paying for others", "Pagar por otros"),
            ("leader", "Trouble with the leader", "Problemas con la directiva"),
            ("dissolved", "Group dissolved", "El grupo se disolvió"),
        ],
    ),
    (
        ("business", "Business", "Negocio"),
        [
            ("failed", "Business went badly", "El negocio fue mal"),
            ("seasonal", "Off season", "Fuera de temporada"),
            ("closed", "Business closed", "El negocio cerró"),
            ("enough_capital", "Has capital enough", "Ya tiene capital suficiente"),
        ],
    ),
    (
        ("household", "Household", "Hogar"),
        [
            ("health", "Illness", "Enfermedad"),
            ("bereavement", "A death in the family", "Una muerte en la familia"),
            ("birth", "A birth", "Un nacimiento"),
            ("school", "School expenses", "Gastos de escuela"),
            ("spouse", "Spouse or family against it", "La pareja o la familia se opone"),
            ("migration", "Moved or migrated", "Se mudó o migró"),
        ],
    ),
    (
        ("debt", "Debt", "Deuda"),
        [
            ("too_much_debt", "Too much debt", "Demasiada deuda"),
            ("other_lender", "Owes another lender", "Debe a otra entidad"),
        ],
    ),
    (("competition", "Better offer elsewhere", "Mejor oferta en otra entidad"), []),
    (("mfi_decision", "We refused or ended it", "Lo negamos o terminamos nosotros"), []),
    (
        ("shock", "Shock", "Golpe"),
        [
            ("weather", "Weather or harvest", "Clima o cosecha"),
            ("disaster", "Disaster", "Desastre"),
            ("market", "Market or prices", "Mercado o precios"),
            ("unrest", "Violence or unrest", "Violencia o disturbios"),
        ],
    ),
    (("resting", "Resting for now", "Descansa por ahora"), []),
    (("other", "Other", "Otro"), []),
]


def words(english, spanish):
    return {"en": english, "es": spanish}


def make(apps, _editor):
    leaver_types = [
        apps.get_model("exits", "LeaverType")(
            code=code, initiative=initiative, tone=tone, words=words(*said), position=place, starts_on=FROM
        )
        for place, (code, initiative, tone, *said) in enumerate(TYPES, start=1)
    ]
    apps.get_model("exits", "LeaverType").objects.bulk_create(leaver_types)
    listed = []
    for (head, *said), under in REASONS:
        listed.append((head, "", said))
        listed += [(code, head, under_said) for code, *under_said in under]
    reason = apps.get_model("exits", "Reason")
    reason.objects.bulk_create(
        reason(code=code, head=head, words=words(*said), position=place, starts_on=FROM)
        for place, (code, head, said) in enumerate(listed, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("exits", "0006_who_leaves_and_why")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
