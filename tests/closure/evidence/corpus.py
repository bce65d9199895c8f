"""The upload corpus: files of 21 families, made by code, the same for the same seed (assurance.md).

A family is a function of a number that gives a file. One is of fine photos with hostile names: what a file is called
is of the form that carries it, and intake is given bytes.
"""

import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageCms

from tests.closure.evidence.drawing import (
    chunk,
    encoded,
    header_only_png,
    picture,
    segment,
    with_chunks,
    with_segments,
)
from tests.closure.evidence.names import NAMES

KINDS = ("JPEG", "PNG", "WEBP", "HEIF")
NAMED = "names"
GPS = b"GPS 52.3702N 4.8952E Canon EOS serial 0123456789"
Family = Callable[[int], bytes]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One file of the corpus."""

    family: str
    number: int
    file: bytes
    called: bytes = b"photo.jpg"

    @property
    def name(self) -> str:
        """Return what it is called where it is told of."""
        return f"{self.family} {self.number}"


def samples(each: int) -> Iterator[Sample]:
    """Yield so many files of each family."""
    for family in FAMILIES:
        yield from samples_of(family, each)


def samples_of(family: str, each: int) -> Iterator[Sample]:
    """Yield so many files of one family."""
    for number in range(each):
        called = {"called": NAMES[number % len(NAMES)]} if family == NAMED else {}
        yield Sample(family=family, number=number, file=FAMILIES[family](number), **called)


def _plain_jpeg(number: int) -> bytes:
    size = [(320, 240), (1600, 1200), (241, 799), (1, 1), (3000, 2200)][number % 5]
    return encoded(picture(number, size), quality=30 + number * 5 % 70, progressive=number % 2 == 1)


def _named(number: int) -> bytes:
    return encoded(picture(number, (320, 240)))


def _plain_png(number: int) -> bytes:
    mode = ("RGB", "RGBA", "L", "LA", "P", "1")[number % 6]
    return encoded(picture(number, mode=mode), "PNG", compress_level=1)


def _plain_webp(number: int) -> bytes:
    return encoded(picture(number, mode=("RGB", "RGBA")[number % 2]), "WEBP", lossless=number % 3 == 0, method=0)


def _plain_heic(number: int) -> bytes:
    return encoded(picture(number, (64 * (number % 4 + 1), 64)), "HEIF")


def _exif(number: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = number % 10, "Maker", GPS
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 22.0, 12.7), 29: "2026:11:29"})
    return encoded(picture(number), KINDS[number % 4], exif=exif.tobytes())


def _profiles(number: int) -> bytes:
    good = ImageCms.ImageCmsProfile(ImageCms.createProfile(("sRGB", "LAB", "XYZ")[number % 3])).tobytes()
    profile = (good, good[:100], b"not a profile" + GPS, good + GPS * 5000)[number % 4]
    return encoded(picture(number), KINDS[number % 3], icc_profile=profile)


def _segments(number: int) -> bytes:
    secret = GPS * (number + 1)
    inside = [
        segment(0xFE, secret),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + secret),
        segment(0xED, b"Photoshop 3.0\08BIM" + secret),
        segment(0xE0, b"JFXX\0\x10" + encoded(picture(number, (32, 24)))),
        segment(0xEF, bytes(60000)),
    ]
    return with_segments(encoded(picture(number)), *(inside * 3)[number % 5 :])


def _chunks(number: int) -> bytes:
    text = (
        chunk(b"tEXt", b"Comment\0" + GPS),
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(GPS)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + GPS),
        chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0\0\0\0\0"),
        chunk(b"prVt", GPS),
    )
    return with_chunks(encoded(picture(number), "PNG"), *text[number % 5 :])


def _trailing(number: int) -> bytes:
    behind = (b"PK\x03\x04" + GPS, b"<?php system($_GET[1]); ?>", encoded(picture(number + 1)), bytes(100_000), GPS)
    return encoded(picture(number), KINDS[number % 4]) + behind[number % 5]


def _polyglots(number: int) -> bytes:
    jpeg, script = encoded(picture(number)), b"*/=1;alert(document.domain);/*<script>alert(1)</script>"
    return (
        with_segments(jpeg, segment(0xFE, script)),
        b"GIF89a" + jpeg,
        b"%PDF-1.4\n%" + jpeg,
        with_segments(jpeg, segment(0xFE, b"%PDF-1.4\n1 0 obj<</JS(app.alert(1))>>endobj")) + b"%%EOF",
        with_chunks(encoded(picture(number), "PNG"), chunk(b"tEXt", b"a\0" + script)),
        encoded(picture(number), "WEBP")[:12] + jpeg,
        b"BM" + jpeg,
    )[number % 7]


def _other_types(number: int) -> bytes:
    return (
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<!doctype html><script>alert(1)</script>",
        encoded(picture(number), "GIF"),
        encoded(picture(number), "TIFF"),
        encoded(picture(number), "BMP"),
        encoded(picture(number), "ICO"),
        b"%PDF-1.7\n" + GPS,
        b"PK\x03\x04" + bytes(200),
        b"\x7fELF" + bytes(200),
        b"",
        b"\0\0\0\x1cftypavif" + bytes(200),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    )[number % 12]


def _pixel_bombs(number: int) -> bytes:
    jpeg, at = encoded(picture(number)), 0
    side = (65_000, 65_500, 30_000, 12_001)[number % 4]
    if number % 3 == 0:
        return header_only_png(65_535 if number % 2 else side, side)
    if number % 3 == 1:
        at = jpeg.index(b"\xff\xc0") + 5
        return jpeg[:at] + side.to_bytes(2, "big") * 2 + jpeg[at + 4 :]
    lossy = encoded(picture(number), "WEBP", method=0)
    at = lossy.index(b"\x9d\x01\x2a") + 3
    return lossy[:at] + (16_383).to_bytes(2, "little") * 2 + lossy[at + 4 :]


def _packed_bombs(number: int) -> bytes:
    wide = bytes((4001 * 3 + 1) * 3100)
    png = encoded(picture(number), "PNG")
    return (
        lambda: header_only_png(4001, 3100, body=zlib.compress(wide, 1)),
        lambda: with_chunks(png, chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(60_000_000), 1))),
        lambda: with_chunks(png, chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(60_000_000), 1))),
        lambda: header_only_png(3000, 4000, color=6, body=zlib.compress(bytes(12_001 * 4000), 1)),
        lambda: encoded(Image.new("RGB", (4096, 3072)), "WEBP", lossless=True, method=0),
        lambda: encoded(Image.new("RGB", (8000, 6000)), progressive=True),
        lambda: encoded(Image.new("CMYK", (8000, 6000))),
        lambda: header_only_png(100, 100, body=zlib.compress(bytes(50_000_000), 1)),
    )[number % 8]()


def _moving(number: int) -> bytes:
    frames = [picture(number + at, (160, 120)) for at in range(1, 4)]
    kind = ("PNG", "WEBP", "MPO", "HEIF")[number % 4]
    return encoded(picture(number, (160, 120)), kind, save_all=True, append_images=frames)


def _truncated(number: int) -> bytes:
    whole = encoded(picture(number), KINDS[number % 4])
    return whole[: max(13, len(whole) * (number * 7 % 97) // 100)]


def _flipped(number: int) -> bytes:
    chance, file = random.Random(number), bytearray(encoded(picture(number), KINDS[number % 4]))
    for _each in range(1 + number % 12):
        file[chance.randrange(16, len(file))] ^= 1 << chance.randrange(8)
    return bytes(file)


def _garbage(number: int) -> bytes:
    heads = (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\xff\xff\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic\0\0\0\0")
    return heads[number % 4] + random.Random(number).randbytes(20 + number * 997)


def _wrong_headers(number: int) -> bytes:
    png = encoded(picture(number), "PNG")
    return (
        header_only_png(0, 0),
        header_only_png(2**31 - 1, 1),
        header_only_png(50, 50, depth=3),
        header_only_png(50, 50, color=5),
        png[:29] + b"\0\0\0\0" + png[33:],
        png.replace(b"IEND", b"IENX"),
        with_segments(encoded(picture(number)), segment(0xDB, bytes(2))),
        with_segments(encoded(picture(number)), b"\xff\xe1\xff\xff"),
        encoded(picture(number), "WEBP").replace(b"VP8 ", b"VP8X"),
        encoded(picture(number), "HEIF").replace(b"hdlr", b"hdlx"),
    )[number % 10]


def _many_scans(number: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again: little to send, much to decode."""
    too_much = number % 10 == 9
    image = Image.new("RGB", (8000, 6000)) if too_much else picture(number, (1200 + 400 * (number % 6), 1600))
    jpeg = encoded(image, progressive=True, quality=50)
    start = jpeg.rindex(b"\xff\xda")
    return jpeg[:-2] + jpeg[start:-2] * (200 if too_much else 10 * (number % 8 + 1)) + jpeg[-2:]


def _colors(number: int) -> bytes:
    image = picture(number)
    return (
        lambda: encoded(image.convert("CMYK")),
        lambda: encoded(image.convert("L").convert("I").point(lambda value: value * 200).convert("I;16"), "PNG"),
        lambda: encoded(image.convert("YCbCr")),
        lambda: encoded(image.convert("P", palette=Image.Palette.ADAPTIVE, colors=4), "PNG", transparency=1),
        lambda: encoded(image.convert("L"), quality=5),
        lambda: encoded(image.convert("LA"), "PNG"),
    )[number % 6]()


FAMILIES: dict[str, Family] = {
    "plain jpeg": _plain_jpeg,
    "plain png": _plain_png,
    "plain webp": _plain_webp,
    "plain heic": _plain_heic,
    "exif": _exif,
    "color profiles": _profiles,
    "jpeg segments": _segments,
    "png chunks": _chunks,
    "trailing data": _trailing,
    "polyglots": _polyglots,
    "other types": _other_types,
    "pixel bombs": _pixel_bombs,
    "packed bombs": _packed_bombs,
    "moving": _moving,
    "truncated": _truncated,
    "flipped bits": _flipped,
    "garbage": _garbage,
    "wrong headers": _wrong_headers,
    "many scans": _many_scans,
    "colors": _colors,
    NAMED: _named,
}
