"""The walk over a JPEG's markers: one bare baseline photo has a size, whatever else is nothing."""

import pytest

from closure.evidence import jpeg
from closure.evidence.decode import encode
from tests.closure.evidence.drawing import encoded, picture, segment, with_segments

pytestmark = pytest.mark.row("J13")
BARE = encode(picture(1))
JFXX = segment(0xE0, b"JFXX\0\x10" + BARE[:100])


def test_bare_photo_has_its_size() -> None:
    assert jpeg.size_of(BARE) == (320, 240)
    assert jpeg.size_of(encode(picture(2, (17, 2400)))) == (17, 2400)


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"\xff\xd8",
        BARE[:-2],
        BARE[:-300],
        BARE + b"\0",
        BARE + BARE,
        b"\0" + BARE,
        encoded(picture(1), progressive=True),
        encoded(picture(1), comment=b"me"),
        encoded(picture(1), exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0"),
        encoded(picture(1), "PNG"),
        with_segments(BARE, JFXX),
        with_segments(BARE, segment(0xE2, b"ICC_PROFILE\0")),
        BARE[:2] + b"\xff\xe0\0\0" + BARE[2:],
        BARE.replace(b"\xff\xda", b"\xff\xfe", 1),
        BARE[:-2] + b"\xff\xe1" + BARE[-2:],
    ],
)
def test_anything_else_has_none(file: bytes) -> None:
    assert jpeg.size_of(file) is None
