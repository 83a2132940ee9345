"""What the demo's leavers say, by the head of their main reason: invented, some of it in English."""

# Head of the main reason: how often elsewhere, how often at the branch that loses most, and how often there
# among young women.
HEADS = {
    "product": (21, 10, 4),
    "process": (10, 20, 44),
    "staff": (4, 30, 26),
    "group_trouble": (8, 7, 5),
    "business": (15, 8, 4),
    "household": (14, 8, 7),
    "debt": (7, 4, 2),
    "competition": (10, 6, 3),
    "shock": (4, 3, 2),
    "resting": (6, 3, 2),
    "other": (3, 2, 1),
}

# Under a head the reasons that are given more often than others.
OFTEN = {
    "product": ("loan_size", "loan_size", "interest", "interest", "loan_term", "instalments", "deductions"),
    "process": ("meetings", "meetings", "meetings", "delay", "paperwork", "distance"),
    "staff": ("disrespect", "recovery", "recovery", "turnover", "turnover"),
    "group_trouble": ("liability", "liability", "conflict", "leader", "dissolved"),
    "business": ("failed", "seasonal", "closed", "enough_capital"),
    "household": ("health", "school", "spouse", "migration", "birth", "bereavement"),
    "debt": ("too_much_debt", "too_much_debt", "other_lender"),
    "shock": ("weather", "market", "disaster"),
}

# What staff take it for, where they see it in another way than the client.
AS_STAFF_SEE_IT = {
    "product": ("competition", "business", "resting"),
    "process": ("household", "resting", "competition"),
    "staff": ("competition", "business", "household", "debt"),
    "group_trouble": ("household", "process", "business"),
    "household": ("business", "resting"),
    "competition": ("product", "resting"),
    "other": ("resting", "household"),
}
ALIKE = 0.45
"""How often staff name the head that the client names."""

# The type of leaver that staff confirm, by the head that they see.
TYPES = {
    "product": ("dissatisfied",),
    "process": ("dissatisfied",),
    "staff": ("dissatisfied",),
    "group_trouble": ("group",),
    "business": ("satisfied", "shock", "resting"),
    "household": ("moved", "shock", "resting"),
    "debt": ("dissatisfied", "unknown"),
    "competition": ("graduated_elsewhere", "dissatisfied"),
    "mfi_decision": ("mfi",),
    "shock": ("shock",),
    "resting": ("resting", "satisfied"),
    "other": ("unknown",),
}

PAID_WITH = ("business", "income", "savings", "sold", "borrowed", "family")
SAVINGS_USE = ("loan", "business", "household", "elsewhere", "none")

# Other lenders, the product there, and what is better: none of them exists.
LENDERS = (
    ("Banco Las Palmas", "Préstamo personal", "No pide grupo"),
    ("Banco Las Palmas", "Préstamo personal", "No pide grupo"),
    ("Financiera El Molino", "Crédito rápido", "Entrega el mismo día"),
    ("Financiera El Molino", "Crédito rápido", "Entrega el mismo día"),
    ("Financiera El Molino", "Crédito rápido", "Cuotas mensuales"),
    ("Cooperativa Luz del Valle", "Crédito de socia", "Interés más bajo"),
    ("Prestamista del mercado", "", "Sin papeles"),
)

# By head: what should change, and a complaint; each in Spanish, some also in English.
CHANGE = {
    "product": (
        ("es", "Que presten más desde el segundo crédito. Con ese monto no alcanza para comprar por mayor."),
        ("es", "Que las cuotas sean cada mes y no cada semana."),
        ("es", "Que expliquen bien cuánto se descuenta antes de firmar."),
        ("en", "A longer term, so that the payments fit what I earn in the slow months."),
    ),
    "process": (
        ("es", "Reuniones más cortas y a una hora en que pueda dejar a mi hijo con alguien."),
        ("es", "La reunión toma toda la mañana y yo pierdo la venta del día."),
        ("es", "Que el dinero llegue antes de la feria y no después."),
        ("es", "Menos fotocopias. Cada vez piden los mismos papeles."),
        ("en", "Hold the meeting nearer to the market, or let us pay by phone."),
    ),
    "staff": (
        ("es", "Que no cambien de asesor a cada rato. El nuevo no sabe nada de una."),
        ("es", "Que cobren con respeto, sin gritar delante de los vecinos."),
        ("es", "Que escuchen cuando una avisa que va a pagar dos días después."),
        ("en", "Send officers who greet people and explain things twice if needed."),
    ),
    "group_trouble": (
        ("es", "Que se pueda tener crédito sola después de tres ciclos buenos."),
        ("es", "Que no tengamos que pagar por quien se fue sin avisar."),
        ("en", "Let us choose who joins the group."),
    ),
    "competition": (
        ("es", "Que entreguen el dinero el mismo día, como en la otra entidad."),
        ("en", "The other lender asks for no group and charges a little less."),
    ),
    "household": (("es", "Que haya un descanso cuando alguien en la casa se enferma."),),
    "business": (("es", "Un crédito más pequeño para los meses flojos."),),
    "debt": (("es", "Que pregunten cuánto debe una antes de ofrecer más."),),
    "shock": (("es", "Que den plazo cuando se pierde la cosecha."),),
    "resting": (("es", "Nada. Volveré para la campaña."),),
}
COMPLAINT = (
    ("es", "El cobrador vino a mi casa de noche y habló de mi deuda con mi suegra."),
    ("es", "Tuve que ir tres veces por un papel que ya había entregado."),
    ("es", "Me trataron mal en la ventanilla."),
    ("en", "He shouted at me in front of my customers."),
)
BENEFITS = (
    ("es", "Con el primer crédito compré la máquina de coser."),
    ("es", "Aprendí a llevar mis cuentas."),
    ("es", "El ahorro me sirvió para el inicio de clases."),
    ("es", "Pude surtir la tienda para las fiestas."),
    ("en", "It let me buy stock when prices were low."),
)
MEETINGS = (
    ("es", "Largas, y casi siempre empezaban tarde."),
    ("es", "Buenas, nos conocíamos todas."),
    ("es", "Había que esperar a las que faltaban."),
    ("en", "Friendly, but two hours is too long."),
)
USES = ("Mercadería para la tienda", "Semillas y abono", "Una máquina de coser", "Animales de crianza")
OTHERS = ("No me gusta deber.", "Mi hija se hace cargo del negocio.", "Cambió el día del mercado.")
PLACES = ("En la casa", "En el mercado", "Por teléfono", "En la chacra")
