"""Small pictures for files of every kind: no two alike, the same for the same number."""

import io
import random
import zlib
from typing import Any

import pillow_heif
from PIL import Image, ImageDraw, ImageFilter


def picture(seed: int, size: tuple[int, int] = (320, 240), mode: str = "RGB") -> Image.Image:
    """Draw something with shapes, slopes and grain."""
    chance = random.Random(seed)
    image = Image.linear_gradient("L").rotate(chance.randrange(4) * 90).resize(size).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _number in range(12):
        x, y, wide, high = (chance.randrange(size[0]) for _each in range(4))
        color = tuple(chance.randrange(256) for _each in range(3))
        draw.ellipse((x, y % size[1], x + wide // 3, y % size[1] + high // 3), fill=color)
    grain = Image.frombytes("L", (64, 64), chance.randbytes(64 * 64)).resize(size).filter(ImageFilter.GaussianBlur(1))
    return Image.blend(image, grain.convert("RGB"), 0.15).convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    """Return the picture as a file."""
    out = io.BytesIO()
    if kind == "HEIF":
        file = pillow_heif.from_pillow(image)
        for more in options.pop("append_images", ()):
            file.add_from_pillow(more)
        file.save(out, quality=options.pop("quality", 50), **options)
    else:
        image.save(out, kind, **options)
    return out.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    """Return a segment of a JPEG."""
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body


def with_segments(jpeg: bytes, *segments: bytes) -> bytes:
    """Return a JPEG with these behind its first marker."""
    return jpeg[:2] + b"".join(segments) + jpeg[2:]


def chunk(name: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """Return a PNG with these behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def header_only_png(width: int, height: int, *, depth: int = 8, color: int = 2, body: bytes = b"") -> bytes:
    """Return a PNG that claims these sides."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth, color, 0, 0, 0])
    data = chunk(b"IDAT", body or zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")
