"""What becomes of pictures that people hand in."""

import io

import pytest
from PIL import Image

from spm import pictures
from tests.spm.pictures import annotated_png, exif, noise, plain


def read(picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.png))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_small_picture_keeps_its_size_and_colours(kind):
    saved = {"lossless": True} if kind == "WEBP" else {}
    picture = pictures.drawn_anew(plain(kind, **saved))
    image = read(picture)
    assert (image.format, image.size, (picture.width, picture.height)) == ("PNG", (60, 20), (60, 20))
    red, green, blue, alpha = image.getpixel((30, 10))
    assert (red, green, blue, alpha) == (pytest.approx(11, abs=2), *[pytest.approx(110, abs=2)] * 2, 255)


@pytest.mark.parametrize(
    ("size", "kept"), [((4000, 1200), (400, 120)), ((4000, 400), (400, 40)), ((100, 1200), (10, 120))]
)
def test_a_large_one_becomes_as_large_as_is_shown(size, kept):
    assert read(pictures.drawn_anew(plain(size=size))).size == kept


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_mode_are_taken(mode):
    file = io.BytesIO()
    Image.new(mode, (30, 10)).save(file, "JPEG" if mode == "CMYK" else "PNG")
    assert read(pictures.drawn_anew(file.getvalue())).mode == "RGBA"


def test_what_is_transparent_stays_so():
    file = io.BytesIO()
    Image.new("RGBA", (30, 10), (255, 0, 0, 0)).save(file, "WEBP", lossless=True)
    assert read(pictures.drawn_anew(file.getvalue())).getpixel((5, 5))[3] == 0


def test_a_photograph_stands_upright_and_tells_nothing_of_its_making():
    turned = plain("JPEG", exif=exif(**{str(0x0112): 6}))
    image = read(pictures.drawn_anew(turned))
    assert (image.size, dict(image.getexif())) == ((20, 60), {})


def test_only_points_of_colour_go_over():
    content = annotated_png()
    assert content.count(b"Zzcanary") >= 3
    picture = pictures.drawn_anew(content)
    assert (read(picture).info, b"Zzcanary" in picture.png) == ({}, False)


@pytest.mark.parametrize("size", [(400, 120), (590, 590), (120, 400)])
def test_no_picture_becomes_heavy(size):
    picture = pictures.drawn_anew(noise(size))
    image = read(picture)
    assert (len(picture.png) <= pictures.HEAVIEST, image.size) == (True, (picture.width, picture.height))


def test_of_moving_pictures_the_first_one_is_taken():
    file = io.BytesIO()
    frames = [Image.new("RGB", (30, 10), colour) for colour in ("red", "blue")]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert read(pictures.drawn_anew(file.getvalue())).getpixel((5, 5)) == (255, 0, 0, 255)
