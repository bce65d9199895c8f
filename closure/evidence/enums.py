"""Names that both sides of the limited process use; their words are in `words.py`."""

from enum import StrEnum


class FileType(StrEnum):
    """What is taken in, told by content; the values are Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIC = "HEIF"


class Refusal(StrEnum):
    """Why a file is not taken in."""

    EMPTY = "file_empty"
    TOO_MANY_BYTES = "file_too_large"
    UNKNOWN_TYPE = "file_type"
    BROKEN = "file_broken"
    MOVING = "file_moving"
    COLORS = "file_colors"
    TOO_MANY_PIXELS = "photo_too_large"
    TOO_MUCH_WORK = "file_too_much_work"


class Subject(StrEnum):
    """What a photo is of, which decides what is checked."""

    PERSON = "person"
    DOCUMENT = "document"


class PhotoCheck(StrEnum):
    """What is checked of a photo, in the order in which it is told (J18)."""

    SIZE = "size"
    LIGHT = "light"
    BLUR = "blur"
    GLARE = "glare"
    SCREEN = "screen"
    FACE = "face"
    EDGES = "edges"
    TYPED = "typed"
    UPRIGHT = "upright"


class Outcome(StrEnum):
    """What a check says; what cannot be checked is never taken for good."""

    OK = "ok"
    REFUSED = "refused"
    NOT_CHECKED = "not_checked"


class Fault(StrEnum):
    """The rule that a photo breaks (J11-J13, J15)."""

    TOO_SMALL = "too_small"
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"
    GLARE = "glare"
    SCREENSHOT = "screenshot"
    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    FACE_SMALL = "face_small"
    ONLY_HEAD = "only_head"
    EDGES = "edges"
    TYPED = "typed"
    UPSIDE_DOWN = "upside_down"
