"""Photos that Ana has taken, as the labelled set draws them: fine ones, and one with each fault."""

import json
import random
from functools import cache

from closure.evidence.enums import Fault, Subject
from tests.closure.evidence.drawing import encoded
from tests.closure.evidence.photos.labelled import FAULTY, GOOD
from tests.pages import Page


@cache
def photo_of(subject: Subject, fault: Fault | None = None, *, number: int = 2000) -> bytes:
    """Return a JPEG, drawn once: a fine one, or one with a fault."""
    make = GOOD[subject] if fault is None else FAULTY[subject, fault]
    return encoded(make(random.Random(f"{subject.value} {fault} {number}")), quality=90)


def looks_at_once(page: Page) -> bool:
    """Tell whether a page has all that its script needs to look at a photo when it is chosen (J18)."""
    fields = [each for each in page.every("input") if each.get("type") == "file"]
    previews = [each for each in page.every("canvas") if "data-preview" in each]
    said = [each for each in page.every("div") if "data-look" in each]
    scripts = [each["src"] for each in page.every("script")]
    named = all(each.get("aria-label") and each.get("role") == "img" and "hidden" in each for each in previews)
    spoken = all(each.get("role") == "status" for each in said)
    whole = named and spoken and all(json.loads(each["data-check"])["words"]["again"] for each in fields)
    return whole and len(fields) == len(previews) == len(said) > 0 and scripts == ["/static/js/photo.mjs"]
