"""Faces in a photo: how many, how large, and whether they stand upright (J11, J12, J18).

Pure: an array in, verdicts out; which detector finds the faces is an argument. Needs the extra `photos`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from closure.evidence.enums import Fault, PhotoCheck
from closure.evidence.verdicts import Verdict, not_checked, ok, refused

Pixels = NDArray[np.uint8]
DETECT_SIDE = 640
CERTAIN = 0.8
# Of the largest face: a smaller one is a picture on the wall, or somebody far behind.
AS_LARGE = 0.4
# Of the height of the photo, and of the face below it: there are shoulders, arms and hands.
LEAST_FACE, MOST_FACE, LEAST_BELOW = 0.08, 0.45, 1.2
# A face on its head is found too, only less certainly.
CLEARER = 0.05
_TURNS = (None, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE)


@dataclass(frozen=True, kw_only=True)
class Face:
    """Where a face is, in pixels, and how certain that is."""

    top: float
    height: float
    certainty: float


Detector = Callable[[Pixels], list[Face]]


def detector(model: str) -> Detector:
    """Return the detector of a YuNet model file, loaded now."""
    net = cv2.FaceDetectorYN.create(model, "", (DETECT_SIDE, DETECT_SIDE), CERTAIN * 0.75)

    def detect(pixels: Pixels) -> list[Face]:
        net.setInputSize((pixels.shape[1], pixels.shape[0]))
        found: Any = net.detect(pixels)[1]  # None where there is no face
        return [
            Face(top=float(row[1]), height=float(row[3]), certainty=float(row[14]))
            for row in (() if found is None else found)
        ]

    return detect


def check(pixels: Pixels, detect: Detector) -> tuple[Verdict, Verdict]:
    """Return the verdicts of FACE and of UPRIGHT; without any face nobody knows how the photo stands."""
    scale = min(1.0, DETECT_SIDE / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    turned = [small if turn is None else cv2.rotate(small, turn) for turn in _TURNS]
    found = [detect(np.asarray(each, np.uint8)) for each in turned]
    best = [max((face.certainty for face in faces), default=0.0) for faces in found]
    if max(best) < CERTAIN:
        return refused(PhotoCheck.FACE, Fault.NO_FACE), not_checked(PhotoCheck.UPRIGHT)
    at = int(np.argmax(best))
    if best[at] < best[0] + CLEARER:
        at = 0
    upright = refused(PhotoCheck.UPRIGHT, Fault.UPSIDE_DOWN) if at else ok(PhotoCheck.UPRIGHT)
    fault = _fault([face for face in found[at] if face.certainty >= CERTAIN], turned[at].shape[0])
    return refused(PhotoCheck.FACE, fault) if fault else ok(PhotoCheck.FACE), upright


def _fault(faces: list[Face], photo_height: int) -> Fault | None:
    if not faces:
        return Fault.NO_FACE
    largest = max(faces, key=lambda face: face.height)
    if sum(face.height >= AS_LARGE * largest.height for face in faces) > 1:
        return Fault.SEVERAL_FACES
    if largest.height < LEAST_FACE * photo_height:
        return Fault.FACE_SMALL
    below = photo_height - largest.top - largest.height
    if largest.height > MOST_FACE * photo_height or below < LEAST_BELOW * largest.height:
        return Fault.ONLY_HEAD
    return None
