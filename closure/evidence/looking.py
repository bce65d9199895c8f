"""The process that looks into our own JPEG with OpenCV: `main` is run by `sandbox.py` with subject and model."""

import sys

import cv2
import numpy as np

from closure.evidence import edges, faces, handwriting
from closure.evidence.child import Answer, run
from closure.evidence.enums import Refusal, Subject
from closure.evidence.exceptions import NotTaken
from closure.evidence.faces import Detector, Pixels
from closure.evidence.limits import LOOKING
from closure.evidence.verdicts import Verdict


def main() -> None:
    """Answer with what was found."""
    subject = Subject(sys.argv[1])
    cv2.setNumThreads(1)
    detect = faces.detector(sys.argv[2])
    run(lambda photo: look(photo, subject, detect), LOOKING)


def look(photo: bytes, subject: Subject, detect: Detector) -> Answer:
    """Return the verdicts of a photo; raises NotTaken for what is no photo of ours."""
    pixels = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise NotTaken(Refusal.BROKEN)
    return Answer(
        facts={"verdicts": [verdict.told() for verdict in verdicts(np.asarray(pixels, np.uint8), subject, detect)]}
    )


def verdicts(pixels: Pixels, subject: Subject, detect: Detector) -> list[Verdict]:
    """Return the checks of a subject, in the order of `looks.CHECKS`."""
    face, upright = faces.check(pixels, detect)
    if subject is Subject.PERSON:
        return [face, handwriting.check(pixels), upright]
    # A document without a picture of its holder does not tell how it stands.
    return [edges.check(pixels), upright]
