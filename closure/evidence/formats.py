"""What a file is, by its first bytes: its name and what its sender says of it are never asked."""

from closure.evidence.enums import FileType

HEAD = 32
_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1"})


def type_of(file: bytes) -> FileType | None:
    """Return the type of a file, or None for what is not taken in."""
    head = file[:HEAD]
    if head.startswith(b"\xff\xd8\xff"):
        return FileType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileType.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileType.WEBP
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS:
        return FileType.HEIC
    return None
