"""What clients say in the demo: the category, their words, complaint or suggestion."""

SAID = (
    ("delay", "El préstamo llegó tres semanas después de lo prometido.", "complaint"),
    ("recovery", "Vinieron a cobrar de noche y gritaron en la puerta.", "complaint"),
    ("information", "Nadie me explicó por qué la cuota cambió.", "complaint"),
    ("dignity", "En la ventanilla me trataron mal delante de todos.", "complaint"),
    ("product", "Quisiera cuotas cada quince días, como vendo.", "suggestion"),
    ("defect", "Pagué y en la cuenta no aparece.", "complaint"),
    ("misrepresentation", "Me dijeron que no había comisión, y sí hay.", "complaint"),
    ("access", "La oficina cierra cuando llego de la feria.", "complaint"),
    ("commission", "Me pidieron dinero para acelerar el préstamo.", "complaint"),
    ("delay", "Esperé dos horas para pagar una cuota.", "complaint"),
    ("claims", "El seguro no pagó cuando murió mi esposo.", "complaint"),
    ("access", "Podrían atender los sábados en la mañana.", "suggestion"),
    ("fraud", "Mi firma está en un préstamo que no pedí.", "complaint"),
    ("information", "Envíen un mensaje antes de cada cuota.", "suggestion"),
    ("privacy", "Contaron mi deuda a mi vecina.", "complaint"),
)
