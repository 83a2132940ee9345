"""Names as people search for them."""

import unicodedata


def fold(text: str) -> str:
    """The text without accents, case and superfluous blanks: ``"  Muñoz   PEÑA"`` gives ``"munoz pena"``."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(text.casefold().split())
