"""Names as people search for them."""

import unicodedata

# What the records hold of a name at most.
NAME_LENGTH = 200


def fold(text: str) -> str:
    """The text without accents, case and superfluous blanks: ``"  Muñoz   PEÑA"`` gives ``"munoz pena"``."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(text.casefold().split())


def search_name(name: str) -> str:
    """What a client recorded under this name is found by."""
    return fold(name)[:NAME_LENGTH]
