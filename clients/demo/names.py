"""Names for people who do not exist, as they sound in the Andes."""


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = words(
    "Rosa María Juana Luz Carmen Elena Julia Teresa Ana Gloria Norma Lidia Sonia Marta Flor Nélida Yolanda"
    " Irma Beatriz Delia Olga Silvia Gladys Nancy Elsa Victoria Felipa Bertha Hilda Inés Lourdes Martina"
    " Nieves Pilar"
)
MEN = words(
    "José Luis Juan Carlos Jorge Pedro Víctor Mario Julio Raúl Félix Hugo Óscar Rubén Walter Ángel Martín"
    " César Edgar Wilson Freddy Germán Marco Tomás Nicolás Andrés Simón Gregorio"
)
FAMILIES = words(
    "Quispe Mamani Flores Condori Huamán Rojas Ramos Choque Vargas Mendoza Apaza Ticona Castro Salazar"
    " Gutiérrez Chávez Cruz Torres Paredes Espinoza Soto Medina Aguilar Ortiz Poma Calle Layme Yujra Colque"
    " Arias Peña Núñez Zárate Ibáñez Guzmán Cáceres Montoya Villca Cusi Ñahui"
)
GROUPS = (
    "Las Flores",
    "Nueva Esperanza",
    "Santa Rosa",
    "El Progreso",
    "Virgen del Carmen",
    "Las Hormigas",
    "Tres Marías",
    "Buen Camino",
    "Sol Naciente",
    "Las Azucenas",
    "Unidos",
    "La Cosecha",
)


def person(rng, sex: str) -> str:
    """One or two given names and two family names."""
    given = rng.sample(WOMEN if sex == "F" else MEN, 2 if rng.random() < 0.3 else 1)
    return " ".join([*given, *rng.sample(FAMILIES, 2)])
