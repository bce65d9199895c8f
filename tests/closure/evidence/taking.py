"""Takes a file in as intake does, and tells how much the limited process used and what is wrong with the outcome."""

import io
from dataclasses import dataclass

from PIL import Image

from closure.evidence import intake, looks, sandbox, words
from closure.evidence.enums import Refusal, Subject
from closure.evidence.formats import type_of
from closure.evidence.limits import DECODING, KEPT_SIDE, LOOKING, MIB
from closure.exceptions import FileNotTaken
from tests.closure.evidence.corpus import GPS, Sample
from tests.closure.evidence.names import MARK, arrived

MOST_KB, MOST_SECONDS = 256 * MIB // 1024, 2.0
LEAKS = (
    GPS[:12],
    b"Exif",
    b"http://",
    b"<script",
    b"<?php",
    b"PK\x03\x04",
    b"Photoshop",
    b"%PDF",
    b"ICC_PROFILE",
    MARK.encode(),
)
NO_FILE = "no file"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a file: a refusal or a photo, what decoding it cost, and what is wrong with it."""

    refusal: str
    peak_kb: int = 0
    seconds: float = 0.0
    wrong: str = ""
    jpeg: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one process used: the most memory in KiB, and seconds of processor."""

    peak_kb: int
    seconds: float

    @property
    def is_over(self) -> bool:
        """Tell whether it is more than assurance.md allows."""
        return self.peak_kb > MOST_KB or self.seconds > MOST_SECONDS


def look(jpeg: bytes, subject: Subject) -> Cost:
    """Have a kept photo looked into by OpenCV as intake does; raises NoAnswer."""
    file = looks.model()
    assert file is not None, "the extra is not installed"
    told = sandbox.run("closure.evidence.looking", subject.value, str(file), file=jpeg, limits=LOOKING)
    return Cost(peak_kb=told.facts["peak_kb"], seconds=told.facts["seconds"])


def outcome(sample: Sample) -> Outcome:
    """Return what becomes of one file of the corpus."""
    file = arrived(sample.called, sample.file)
    if file is None:
        return Outcome(refusal=NO_FILE)
    if file != sample.file:
        return Outcome(refusal="", wrong="its name changed what arrived")
    file_type = type_of(file)
    if file_type is None:
        return Outcome(refusal=Refusal.UNKNOWN_TYPE)
    try:
        told = sandbox.run(
            "closure.evidence.taking", file_type.value, Subject.PERSON.value, file=sample.file, limits=DECODING
        )
    except sandbox.NoAnswer as error:
        return Outcome(refusal=Refusal.TOO_MUCH_WORK, wrong="" if error.args[0] == -9 else f"died: {error}")
    used = {"peak_kb": told.facts["peak_kb"], "seconds": told.facts["seconds"]}
    over = "more than the limits" if used["peak_kb"] > MOST_KB or used["seconds"] > MOST_SECONDS else ""
    try:
        photo = intake.understood(told, sample.file)
    except FileNotTaken as error:
        known = error.code in {each.value for each in Refusal} and error.message == str(
            words.FILES[Refusal(error.code)]
        )
        return Outcome(refusal=error.code, wrong=over if known else "no clear reason", **used)
    return Outcome(refusal="", wrong=over or dirt(photo.jpeg), jpeg=photo.jpeg, **used)


def dirt(jpeg: bytes) -> str:
    """Return what a kept photo has beside its pixels, as another reader of JPEG sees it; "" for none."""
    image = Image.open(io.BytesIO(jpeg))
    extra = set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    if image.format != "JPEG" or image.mode != "RGB" or max(image.size) > KEPT_SIDE:
        return "not a photo of ours"
    if extra or len(image.getexif()) or jpeg[-2:] != b"\xff\xd9":
        return f"metadata: {sorted(extra)}"
    found = [leak for leak in LEAKS if leak in jpeg]
    image.load()
    return f"leaks {found}" if found else ""
