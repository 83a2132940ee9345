"""Pictures to send: as people have them, and as nobody should."""

import io
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from spm.pictures import Picture

CANARY = b"<script>alert('Zzcanary')</script>"


def plain(kind="PNG", size=(60, 20), colour=(11, 110, 110), **saved) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind, **saved)
    return file.getvalue()


def sent(content: bytes, name="logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def noise(size, kind="PNG") -> bytes:
    """Of many colours, so that it packs badly."""
    file = io.BytesIO()
    image = Image.effect_noise(size, 200)
    Image.merge("RGB", [image, image.rotate(90), image.rotate(180)]).save(file, kind)
    return file.getvalue()


def annotated_png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", CANARY.decode())
    notes.add_itxt("XML:com.adobe.xmp", CANARY.decode())
    return plain(pnginfo=notes, exif=exif(), icc_profile=CANARY)


def exif(**tags) -> bytes:
    """With the script where the author's name stands, and the place where the picture was taken."""
    notes = Image.Exif()
    notes[0x013B], notes[0x8825] = CANARY.decode(), {1: "S", 2: (12.0, 3.0, 0.0)}
    notes.update({int(tag): value for tag, value in tags.items()})
    return notes.tobytes()


def chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_of(width, height, content=b"") -> bytes:
    """A PNG that says it is of this size."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(content)) + chunk(b"IEND", b"")


def with_text_bomb() -> bytes:
    """A picture with a remark that unpacks to 200 MB."""
    whole = plain()
    return whole[:33] + chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200 << 20), 9)) + whole[33:]


def webp_of(width, height) -> bytes:
    """A WebP that says it is of this size, and holds nothing."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    part = b"VP8X" + struct.pack("<I", 10) + bytes(4) + size
    return b"RIFF" + struct.pack("<I", 4 + len(part)) + b"WEBP" + part


def scanned_often(times: int) -> bytes:
    """A JPEG with so many scans that draw nothing."""
    whole = plain("JPEG", progressive=True)
    scan = bytes.fromhex("ffda0008010100013f0000") + bytes(4)
    return whole[:-2] + scan * times + whole[-2:]


PICTURE = Picture(plain(), 60, 20)
