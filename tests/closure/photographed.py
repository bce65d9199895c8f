"""Photos that Ana has taken, as the labelled set draws them: fine ones, and one with each fault."""

import random
from functools import cache

from closure.evidence.enums import Fault, Subject
from tests.closure.evidence.drawing import encoded
from tests.closure.evidence.photos.labelled import FAULTY, GOOD


@cache
def photo_of(subject: Subject, fault: Fault | None = None, *, number: int = 2000) -> bytes:
    """Return a JPEG, drawn once: a fine one, or one with a fault."""
    make = GOOD[subject] if fault is None else FAULTY[subject, fault]
    return encoded(make(random.Random(f"{subject.value} {fault} {number}")), quality=90)
