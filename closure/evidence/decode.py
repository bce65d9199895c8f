"""A file becomes a photo of ours: decoded, turned upright, in sRGB, no larger than needed, nothing else in it.

Runs in the limited process alone (closure.evidence.child).
"""

import io
from dataclasses import dataclass

import pillow_heif
from PIL import Image, ImageCms, ImageFile, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin

from closure.evidence.enums import FileType, Refusal
from closure.evidence.exceptions import NotTaken
from closure.evidence.limits import KEPT_SIDE, MOST_PIXELS, MOST_SIDE

QUALITY = 88
WHITE = (255, 255, 255)
# Others are refused: what has 16 bits a channel or measures light is no photo of a phone.
_MODES = frozenset({"1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr"})
# What Pillow would load when it is needed must be there before the limited process gives up opening files.
Image.preinit()
LOADED = (MpoImagePlugin, TiffImagePlugin, WebPImagePlugin)
# Our own limit, and by type, stands in its place (closure.evidence.limits).
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False
pillow_heif.register_heif_opener(thumbnails=False)
pillow_heif.options.DECODE_THREADS = 1


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo as it is kept, and the sides of the one that was sent."""

    image: Image.Image
    sent_width: int
    sent_height: int


def decode(file: bytes, file_type: FileType) -> Photo:
    """Return the photo in a file; raises NotTaken for whatever is not one whole, still photo of this type."""
    try:
        image = Image.open(io.BytesIO(file), formats=[file_type.value])
    except MemoryError as error:
        raise NotTaken(Refusal.TOO_MUCH_WORK) from error
    except Exception as error:
        raise NotTaken(Refusal.BROKEN) from error
    width, height = image.size
    _check_header(image, file_type)
    try:
        return Photo(image=_clean(image), sent_width=width, sent_height=height)
    except MemoryError as error:
        raise NotTaken(Refusal.TOO_MUCH_WORK) from error
    except Exception as error:
        raise NotTaken(Refusal.BROKEN) from error


def encode(image: Image.Image) -> bytes:
    """Return the JPEG of a cleaned photo: pixels and tables, and nothing else."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _check_header(image: Image.Image, file_type: FileType) -> None:
    """Refuse by what the header says, before a pixel is decoded."""
    width, height = image.size
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS[file_type]:
        raise NotTaken(Refusal.TOO_MANY_PIXELS)
    # A JPEG may carry further pictures behind the first, as phones write them: those are left out.
    if file_type is not FileType.JPEG and getattr(image, "n_frames", 1) > 1:
        raise NotTaken(Refusal.MOVING)
    if image.mode not in _MODES:
        raise NotTaken(Refusal.COLORS)


def _clean(image: Image.Image) -> Image.Image:
    profile, orientation = image.info.get("icc_profile"), _orientation(image)
    image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
    image.load()
    if image.mode in {"1", "P", "PA"}:
        image = image.convert("RGBA")
    image.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.BOX)
    image = _on_white(_in_srgb(image, profile))
    if orientation in _TURNS:
        image = image.transpose(_TURNS[orientation])
    # A picture of its own: what was read beside the pixels stays behind.
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    return clean


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(image: Image.Image) -> int:
    """Return how the photo has to be turned, by its EXIF; 1, as it is, where that cannot be read."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001  (metadata that cannot be read is dropped with the rest)
        return 1


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the colors as every screen shows them; a profile that cannot be read is dropped."""
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            converted = ImageCms.profileToProfile(
                image, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except Exception:  # noqa: BLE001  (as above)
            return image
        return converted if converted is not None else image
    return image


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA"}:
        under = Image.new("RGBA", image.size, (*WHITE, 255))
        under.alpha_composite(image.convert("RGBA"))
        image = under
    return image.convert("RGB")
