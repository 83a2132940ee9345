"""The institution of the demo: its branches, products and officers, and how each of them keeps clients."""

from dataclasses import dataclass

INSTITUTION, CURRENCY = "Caja Horizonte", "PEN"
# Name, month and day.
HOLIDAYS = (
    ("Año Nuevo", 1, 1),
    ("Día del Trabajo", 5, 1),
    ("Fiestas Patrias", 7, 28),
    ("Navidad", 12, 25),
)
HEAD = ("CH", "Caja Horizonte")
REGIONS = (("NORTE", "Región Norte"), ("SUR", "Región Sur"))


@dataclass(frozen=True)
class Branch:
    """``leaves``: how readily clients leave, 1 being usual; ``second``: the same after the second loan."""

    code: str
    name: str
    region: str
    weight: float
    leaves: float
    second: float
    rural: float
    officers: tuple[str, ...]


VALLE_NORTE = ("Edgar Poma", "Sonia Arias", "Walter Cusi", "Irma Soto")
BRANCHES = (
    Branch("VN", "Valle Norte", "NORTE", 1.1, 1.55, 1.75, 0.7, VALLE_NORTE),
    Branch("PV", "Puerto Viejo", "NORTE", 1.0, 1.15, 1.1, 0.2, ("Nancy Torres", "Hugo Medina", "Delia Cruz")),
    Branch("SI", "San Isidro", "NORTE", 1.1, 1.0, 1.1, 0.4, ("Marco Zárate", "Luz Aguilar", "Simón Calle")),
    Branch("LM", "La Merced", "NORTE", 1.0, 0.98, 1.0, 0.5, ("Olga Paredes", "César Ortiz", "Flor Ramos")),
    Branch("SA", "Santa Ana", "SUR", 1.2, 0.6, 0.9, 0.4, ("Teresa Rojas", "Andrés Peña", "Gladys Colque")),
    Branch("ER", "El Rosario", "SUR", 0.8, 0.98, 1.1, 0.6, ("Rubén Castro", "Hilda Núñez", "Félix Layme")),
    Branch("AV", "Alto Verde", "SUR", 0.9, 1.02, 1.0, 0.8, ("Inés Montoya", "Germán Vargas", "Elsa Yujra")),
    Branch("TR", "Tres Ríos", "SUR", 0.9, 0.95, 1.1, 0.5, ("Pilar Chávez", "Tomás Apaza", "Nélida Guzmán")),
)  # fmt: skip


@dataclass(frozen=True)
class Product:
    code: str
    name: str
    days: int
    first_principal: int


GROUP = Product("GRP", "Crédito solidario", 180, 1200)
BUSINESS = Product("NEG", "Crédito negocio", 330, 3000)
HARVEST = Product("AGR", "Crédito cosecha", 270, 2500)
HOME = Product("VIV", "Crédito vivienda", 540, 6000)
LOAN_PRODUCTS = (GROUP, BUSINESS, HARVEST, HOME)
SAVINGS = ("AHO", "Ahorro a la vista")

# Month by month: how readily clients leave (school fees in December, the fair in July), and how many come.
LEAVING = dict(
    zip(range(1, 13), (0.9, 0.8, 0.85, 0.85, 0.95, 1.05, 1.6, 1.0, 0.8, 0.8, 0.95, 1.75), strict=True)
)
COMING = dict(zip(range(1, 13), (0.9, 1.1, 1.3, 1.1, 0.9, 0.8, 0.7, 1.1, 1.3, 1.2, 1.0, 0.6), strict=True))


def officer_code(branch: Branch, number: int) -> str:
    """Officers are numbered within their branch, from 1: ``VN-1``."""
    return f"{branch.code}-{number}"


def officers() -> dict[str, str]:
    """Every officer's code and name."""
    return {
        officer_code(branch, number): name
        for branch in BRANCHES
        for number, name in enumerate(branch.officers, start=1)
    }
