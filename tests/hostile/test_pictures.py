"""Pictures that are none, or more than pictures, are answered and hurt nothing."""

import resource
import time
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from spm.models import AuditEvent, Logo
from tests.spm.pictures import (
    CANARY,
    annotated_png,
    exif,
    noise,
    plain,
    png_of,
    scanned_often,
    webp_of,
    with_text_bomb,
)

pytestmark = pytest.mark.django_db
PAGE = reverse("clients:logo-change")

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NOT_TAKEN = "This is no picture that we take. Send a PNG, JPEG or WebP file."
DRAWING = "An SVG drawing can hold programs, so it stays outside. Save it as PNG, and send that."
DAMAGED = "The picture is damaged or incomplete. Save it again, and send it anew."
TOO_MANY = "The picture has more than 4,000 points on a side. Make it smaller, and send it again."
TOO_LARGE = "The picture is larger than 1.0\xa0MB. Make it smaller, and send it again."


def zipped() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("index.html", CANARY)
    return file.getvalue()


REFUSED = {
    "an empty file": ("logo.png", b"", "The submitted file is empty."),
    "a text": ("logo.png", b"logo", NOT_TAKEN),
    "a page of a GIF that is a script too": ("logo.png", b"GIF89a/*" + CANARY + b"*/=1;", NOT_TAKEN),
    "a web page": ("logo.png", b"<html>" + CANARY, NOT_TAKEN),
    "a drawing": ("logo.svg", SVG, DRAWING),
    "a drawing called PNG": ("logo.png", SVG, DRAWING),
    "a drawing with a beginning": ("logo.png", b'\xef\xbb\xbf <?xml version="1.0"?>' + SVG, DRAWING),
    "a bitmap": ("logo.png", plain("BMP"), NOT_TAKEN),
    "a PNG that says it is an ICO": ("logo.ico", plain("ICO"), NOT_TAKEN),
    "sound in the wrapping of WebP": ("logo.webp", b"RIFF\x24\0\0\0WAVEfmt " + bytes(40), NOT_TAKEN),
    "a PNG cut short": ("logo.png", noise((90, 90))[:-3000], DAMAGED),
    "a JPEG cut short": ("logo.jpg", noise((90, 90), "JPEG")[:-1000], DAMAGED),
    "a WebP cut short": ("logo.webp", noise((90, 90), "WEBP")[:-1000], DAMAGED),
    "a WebP of 25 bytes": ("logo.webp", plain("WEBP")[:25], DAMAGED),
    "the first bytes of a PNG": ("logo.png", plain()[:8], DAMAGED),
    "a PNG without points": ("logo.png", png_of(10, 10), DAMAGED),
    "a PNG of no width": ("logo.png", png_of(0, 10), DAMAGED),
    "a PNG of 4,001 points": ("logo.png", plain(size=(4001, 2)), TOO_MANY),
    "a JPEG of 4,001 points": ("logo.jpg", plain("JPEG", size=(2, 4001)), TOO_MANY),
    "a WebP of 4,001 points": ("logo.webp", plain("WEBP", size=(2, 4001)), TOO_MANY),
    "a bomb of 60,000 by 60,000 points": ("logo.png", png_of(60_000, 60_000, bytes(1 << 20)), TOO_MANY),
    "a bomb of 10,000 by 9,500 points": ("logo.png", png_of(10_000, 9_500, bytes(1 << 20)), TOO_MANY),
    "a WebP of 16,777,216 points on a side": ("logo.webp", webp_of(1 << 24, 1 << 24), TOO_MANY),
    "a WebP of 13,000 points on a side": ("logo.webp", webp_of(13_000, 13_000), DAMAGED),
    "a bomb in a remark": ("logo.png", with_text_bomb(), DAMAGED),
    "a JPEG drawn 20,000 times": ("logo.jpg", scanned_often(20_000), DAMAGED),
    "a picture of more than a megabyte": ("logo.png", plain() + bytes(1 << 20), TOO_LARGE),
}
# These come in, and nothing but their points of colour does.
DRAWN_ANEW = {
    "a PNG with a web page behind it": plain() + CANARY,
    "a PNG with an archive behind it": plain() + zipped(),
    "a PNG with scripts in its remarks": annotated_png(),
    "a JPEG with a script as its author": plain("JPEG", exif=exif()),
    "a JPEG with a script as its remark": plain("JPEG", comment=CANARY),
    "a WebP with a script as its author": plain("WEBP", exif=exif(), xmp=CANARY),
    "a JPEG called SVG": plain("JPEG"),
}


@pytest.fixture
def browser(client, admin):
    client.force_login(admin)
    return client


def send(browser, name, content):
    return browser.post(PAGE, {"version": 1, "picture": SimpleUploadedFile(name, content)})


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_picture_is_refused_soon_with_a_reason_and_nothing_of_it_stays(case, browser):
    name, content, words = REFUSED[case]
    most, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    page = send(browser, name, content)
    took = time.process_time() - began
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most
    assert page.context["form"].errors == {"picture": [words]}
    assert (page.status_code, Logo.objects.count(), AuditEvent.objects.count()) == (200, 0, 0)
    assert (took < 2, grown < 150_000) == (True, True)  # seconds, kB


@pytest.mark.parametrize("case", DRAWN_ANEW)
def test_what_hides_in_a_picture_is_not_served(case, browser):
    assert send(browser, "logo.svg", DRAWN_ANEW[case]).status_code == 302
    answer = browser.get(Logo.get().get_absolute_url())
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")
    assert answer.content.endswith(b"IEND\xaeB`\x82")
    for trace in (b"Zzcanary", b"script", b"index.html", b"Exif", b"eXIf", b"tEXt", b"iCCP"):
        assert trace not in answer.content
