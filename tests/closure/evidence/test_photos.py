"""The checks against labelled photos, a few of each; `python -m tests.campaigns.photos` takes more (docs/photos.md)."""

import cv2
import numpy as np
import pytest

from closure.evidence import basics, faces, looking, looks
from closure.evidence.decode import decode, encode
from closure.evidence.enums import Fault, PhotoCheck, Subject
from closure.evidence.formats import type_of
from tests.closure.evidence.photos.judging import Judgement
from tests.closure.evidence.photos.labelled import FAULTY, labelled

pytestmark = pytest.mark.row("J11", "J12", "J13", "J18")


def test_checks_agree_with_the_labels() -> None:
    model = looks.model()
    assert model is not None
    detect, judgement = faces.detector(str(model)), Judgement()
    for photo in labelled(good=2, faulty=1):
        file_type = type_of(photo.file)
        assert file_type is not None
        kept = decode(photo.file, file_type)
        pixels = cv2.imdecode(np.frombuffer(encode(kept.image), np.uint8), cv2.IMREAD_COLOR)
        found = looking.verdicts(np.asarray(pixels, np.uint8), photo.subject, detect)
        judgement.add(photo, [*basics.check(kept, photo.subject), *found])
    assert (judgement.missed, judgement.false_refusals, judgement.total) == ([], [], 23)


def test_every_rule_has_its_photos() -> None:
    assert {fault for _subject, fault in FAULTY} == set(Fault)
    assert {subject for subject, _fault in FAULTY} == set(Subject)
    assert len(set(PhotoCheck)) == 9
