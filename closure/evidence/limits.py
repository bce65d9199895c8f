"""How much a file may be, and how much the process that reads it may use.

Libraries are mapped before anything is read: Pillow and libheif take 54 MiB of addresses, OpenCV 310. So the process
that decodes has 256 MiB of addresses in all; the one that looks, at our own JPEG alone, 256 MiB of data.
"""

from dataclasses import dataclass

from closure.evidence.enums import FileType

MIB = 1024 * 1024
MOST_BYTES = 15 * MIB
MOST_SIDE = 12_000
# JPEG is decoded at a fraction of its size, the others whole.
MOST_PIXELS = {
    FileType.JPEG: 50_000_000,
    FileType.PNG: 12_600_000,
    FileType.WEBP: 12_600_000,
    FileType.HEIC: 25_000_000,
}
# What is kept: enough to read the small print of a document that fills the photo.
KEPT_SIDE = 2400
MOST_KEPT_BYTES = 8 * MIB


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a limited process may use: addresses and data in bytes, processor time and waiting in seconds."""

    addresses: int
    data: int
    seconds: int = 2
    # On a busy machine two seconds of work take longer.
    patience: float = 10.0
    output: int = MOST_KEPT_BYTES + 64 * 1024


DECODING = Limits(addresses=256 * MIB, data=256 * MIB)
LOOKING = Limits(addresses=512 * MIB, data=256 * MIB)
