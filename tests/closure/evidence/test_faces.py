"""What is made of the faces that a detector finds: how many, how large, and which way they stand."""

import numpy as np
import pytest

from closure.evidence import faces
from closure.evidence.enums import Fault, PhotoCheck
from closure.evidence.faces import Face, Pixels
from closure.evidence.verdicts import Verdict, not_checked, ok, refused

pytestmark = pytest.mark.row("J11", "J12", "J18")
UPRIGHT = ok(PhotoCheck.UPRIGHT)
# An upright photo, marked at its top: its detector tells by the mark how the photo is turned.
PHOTO = np.zeros((640, 480, 3), np.uint8)
PHOTO[:40] = 255


def judged(*found: Face, on_its_head: float = 0.0, sideways: float = 0.0) -> tuple[Verdict, Verdict]:
    def detect(pixels: Pixels) -> list[Face]:
        if pixels.shape[0] < pixels.shape[1]:
            return [Face(top=50, height=60, certainty=sideways)] if sideways else []
        if pixels[:20].mean() > 200:
            return list(found)
        return [Face(top=100, height=100, certainty=on_its_head)] if on_its_head else []

    return faces.check(PHOTO, detect)


@pytest.mark.parametrize(
    ("found", "fault"),
    [
        ([Face(top=100, height=100, certainty=0.9)], None),
        ([Face(top=100, height=100, certainty=0.9), Face(top=90, height=39, certainty=0.95)], None),
        ([Face(top=100, height=100, certainty=0.9), Face(top=90, height=100, certainty=0.7)], None),
        ([Face(top=100, height=100, certainty=0.9), Face(top=90, height=41, certainty=0.85)], Fault.SEVERAL_FACES),
        ([Face(top=100, height=51, certainty=0.9)], Fault.FACE_SMALL),
        ([Face(top=20, height=289, certainty=0.9)], Fault.ONLY_HEAD),
        ([Face(top=430, height=100, certainty=0.9)], Fault.ONLY_HEAD),
    ],
)
def test_one_face_large_enough_with_a_body_below(found: list[Face], fault: Fault | None) -> None:
    expected = refused(PhotoCheck.FACE, fault) if fault else ok(PhotoCheck.FACE)
    assert judged(*found) == (expected, UPRIGHT)


def test_no_face_is_refused_and_nobody_knows_how_the_photo_stands() -> None:
    for found in ([], [Face(top=100, height=100, certainty=0.79)]):
        assert judged(*found) == (refused(PhotoCheck.FACE, Fault.NO_FACE), not_checked(PhotoCheck.UPRIGHT))


def test_photo_stands_as_its_face_is_clearest() -> None:
    turned = refused(PhotoCheck.UPRIGHT, Fault.UPSIDE_DOWN)
    assert judged(Face(top=100, height=100, certainty=0.85), on_its_head=0.95) == (ok(PhotoCheck.FACE), turned)
    assert judged(on_its_head=0.9) == (ok(PhotoCheck.FACE), turned)
    assert judged(sideways=0.9)[1] == turned
    assert judged(Face(top=100, height=100, certainty=0.88), on_its_head=0.91) == (ok(PhotoCheck.FACE), UPRIGHT)
