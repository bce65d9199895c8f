"""What is kept shows what was sent: upright, in the right colors, on white, no larger than needed."""

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from closure.evidence.decode import decode, encode
from closure.evidence.enums import FileType, Refusal
from closure.evidence.exceptions import NotTaken
from tests.closure.evidence.drawing import encoded, picture

pytestmark = pytest.mark.row("J13")
RED, BLUE = (200, 30, 30), (30, 30, 200)


def two_halves() -> Image.Image:
    image = Image.new("RGB", (200, 120), RED)
    image.paste(BLUE, (100, 0, 200, 120))
    return image


def taken(file: bytes, kind: FileType = FileType.JPEG) -> Image.Image:
    return decode(file, kind).image


def is_near(image: Image.Image, at: tuple[int, int], color: tuple[int, int, int]) -> bool:
    found = image.getpixel(at)
    assert isinstance(found, tuple)
    return max(abs(one - two) for one, two in zip(found, color, strict=True)) < 12


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (200, 120), (10, 60)),
        (2, (200, 120), (190, 60)),
        (3, (200, 120), (190, 60)),
        (4, (200, 120), (10, 60)),
        (5, (120, 200), (60, 10)),
        (6, (120, 200), (60, 10)),
        (7, (120, 200), (60, 190)),
        (8, (120, 200), (60, 190)),
        (99, (200, 120), (10, 60)),
    ],
)
def test_photo_is_turned_as_its_camera_said(orientation: int, size: tuple[int, int], red_at: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = taken(encoded(two_halves(), exif=exif.tobytes()))
    assert (image.size, is_near(image, red_at, RED)) == (size, True)
    assert is_near(image, (size[0] - 1 - red_at[0], size[1] - 1 - red_at[1]), BLUE)


def test_colors_of_another_profile_become_those_of_every_screen() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = taken(encoded(two_halves(), icc_profile=lab))
    broken = taken(encoded(two_halves(), icc_profile=b"nonsense"))
    assert (is_near(same, (10, 10), RED), is_near(broken, (10, 10), RED)) == (True, True)
    assert taken(encoded(two_halves().convert("CMYK"))).mode == "RGB"


def test_what_is_transparent_becomes_white() -> None:
    image = two_halves().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))
    assert taken(encoded(image, "PNG"), FileType.PNG).getpixel((5, 5)) == (255, 255, 255)
    palette = Image.new("RGB", (100, 100), RED).quantize(4)
    assert taken(encoded(palette, "PNG", transparency=palette.getpixel((5, 5))), FileType.PNG).getpixel((5, 5)) == (
        255,
        255,
        255,
    )


@pytest.mark.parametrize("kind", list(FileType))
def test_large_photo_is_kept_with_2400_pixels_on_its_long_side(kind: FileType) -> None:
    sent = picture(1, (3200, 1600))
    photo = decode(encoded(sent, kind.value), kind)
    assert (photo.sent_width, photo.sent_height, photo.image.size) == (3200, 1600, (2400, 1200))
    difference = ImageChops.difference(photo.image, sent.resize((2400, 1200)))
    assert ImageStat.Stat(difference).mean[0] < 8


def test_photo_keeps_nothing_beside_its_pixels() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret"
    image = taken(encoded(picture(1), exif=exif.tobytes(), comment=b"secret", dpi=(72, 300)))
    assert (image.info, b"secret" in encode(image)) == ({}, False)
    assert set(Image.open(BytesIO(encode(image))).info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_file_of_another_type_than_its_first_bytes_say_is_broken() -> None:
    for kind in FileType:
        with pytest.raises(NotTaken) as refused:
            decode(encoded(picture(1), "GIF"), kind)
        assert refused.value.refusal is Refusal.BROKEN
