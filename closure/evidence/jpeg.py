"""Whether bytes are a JPEG of pixels and tables alone, told by walking its markers; nothing is decoded.

The portal's side asks it of what comes out of the limited process: even a process that was taken over gets nothing
else past (invariant 20).
"""

SOI, EOI, SOS, SOF0, APP0 = 0xD8, 0xD9, 0xDA, 0xC0, 0xE0
# With them: quantization tables, Huffman tables, restart interval.
_ALLOWED = frozenset({APP0, 0xDB, SOF0, 0xC4, 0xDD})
_JFIF = b"JFIF\x00"
_JFIF_LENGTH = 16  # without a thumbnail


def size_of(file: bytes) -> tuple[int, int] | None:
    """Return width and height of one baseline JPEG without metadata, from first byte to last; else None."""
    if file[:2] != bytes([0xFF, SOI]):
        return None
    at, size = 2, None
    while at + 4 <= len(file):
        marker, length = file[at + 1], int.from_bytes(file[at + 2 : at + 4], "big")
        if file[at] != 0xFF or length < 2:
            return None
        segment = file[at + 2 : at + 2 + length]
        if marker == SOS:
            return size if _ends_with_scan(file, at + 2 + length) else None
        if marker not in _ALLOWED or (marker == APP0 and not _is_plain_jfif(segment)):
            return None
        if marker == SOF0:
            size = int.from_bytes(segment[5:7], "big"), int.from_bytes(segment[3:5], "big")
        at += 2 + length
    return None


def _is_plain_jfif(segment: bytes) -> bool:
    return len(segment) == _JFIF_LENGTH and segment[2:7] == _JFIF and segment[14:16] == b"\x00\x00"


def _ends_with_scan(file: bytes, start: int) -> bool:
    """Tell whether what follows is one scan and the end: in a scan 0xFF stands before zero or a restart only."""
    at = file.find(b"\xff", start)
    while at != -1 and at + 1 < len(file):
        marker = file[at + 1]
        if marker == EOI:
            return at + 2 == len(file)
        if marker != 0 and not 0xD0 <= marker <= 0xD7:
            return False
        at = file.find(b"\xff", at + 2)
    return False
