"""Pictures that people hand in: read by Pillow under limits, and drawn anew as a small PNG.

Of the file nothing goes over but its points of colour: no place and time where a photograph was taken, no
script, no second file behind the first.
"""

import io
import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_BYTES = 1 << 20
LONGEST = 4000
"""Points that a side has at most."""
KEPT = (400, 120)
"""Points that are kept at most: twice as many as pages show, for screens that show them finer."""
HEAVIEST = 24_000
"""Bytes that the new picture has at most, so that pages stay light."""
SCANS = 100
"""A JPEG drawn over and over in more scans than this takes minutes to read."""

MARKS = {"PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "WEBP": b"RIFF"}
DRAWING = re.compile(rb"(\xef\xbb\xbf)?\s*<(\?xml|!--|!doctype|svg)", re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """A PNG that we have drawn; its size in points."""

    png: bytes
    width: int
    height: int


@dataclass
class Unsafe(Exception):
    """Why the picture is refused, in words for its sender."""

    words: str
    code: str


def drawn_anew(content: bytes) -> Picture:
    """The first picture of a PNG, JPEG or WebP, upright and no larger than `KEPT`; raises ``Unsafe``."""
    kind = _kind(content)
    if kind == "JPEG" and content.count(b"\xff\xda") > SCANS:
        raise _damaged()
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            _check_size(*image.size)
            upright = ImageOps.exif_transpose(image).convert("RGBA")
    except Unsafe:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_points() from None
    except Exception as flaw:  # decoders stumble in many ways
        raise _damaged() from flaw
    upright.thumbnail(KEPT, Image.Resampling.LANCZOS)
    return _light(_bare(upright))


def _kind(content: bytes) -> str:
    for kind, mark in MARKS.items():
        if content.startswith(mark) and (kind != "WEBP" or content[8:12] == b"WEBP"):
            return kind
    if DRAWING.match(content[:512]):
        words = _("An SVG drawing can hold programs, so it stays outside. Save it as PNG, and send that.")
        raise Unsafe(words, "drawing")
    raise Unsafe(_("This is no picture that we take. Send a PNG, JPEG or WebP file."), "wrong-kind")


def _check_size(width: int, height: int) -> None:
    if max(width, height) > LONGEST:
        raise _too_many_points()


def _too_many_points() -> Unsafe:
    words = _("The picture has more than 4,000 points on a side. Make it smaller, and send it again.")
    return Unsafe(words, "too-many-points")


def _damaged() -> Unsafe:
    return Unsafe(_("The picture is damaged or incomplete. Save it again, and send it anew."), "broken")


def _bare(image: Image.Image) -> Image.Image:
    """The points alone: what a file says beside them would else go along."""
    bare = Image.new("RGBA", image.size)
    bare.paste(image)
    return bare


def _light(image: Image.Image) -> Picture:
    """As it is if that is light enough; else in 256 colours, and then smaller and smaller."""
    png = _png(image)
    while len(png) > HEAVIEST:
        png = _png(image.quantize(256, method=Image.Quantize.FASTOCTREE))
        if len(png) > HEAVIEST:
            image = image.resize([max(1, side * 3 // 4) for side in image.size], Image.Resampling.LANCZOS)
    return Picture(png, *image.size)


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()
