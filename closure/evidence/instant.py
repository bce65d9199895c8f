"""What a page needs to look at a photo by itself, when it is chosen: the thresholds of `basics`, and the words (J18).

The page's look is a help and no more: it keeps nothing out, and the server looks at everything again.
"""

import json
from collections.abc import Sequence

from django.utils.translation import gettext as _

from closure.evidence import basics, words
from closure.evidence.enums import Fault, PhotoCheck, Refusal, Subject
from closure.evidence.limits import MOST_BYTES

# The faults of which static/js/photo.mjs finds signs; it measures as `basics` does.
SEEN = (Fault.TOO_SMALL, Fault.DARK, Fault.BRIGHT, Fault.BLURRED, Fault.GLARE, Fault.SCREENSHOT)


def attributes(*subjects: Subject) -> dict[str, str]:
    """Return the attributes of a file field whose photos are of one of these subjects."""
    return {"data-check": json.dumps({**_thresholds(subjects), "words": _words()}, separators=(",", ":"))}


def _thresholds(subjects: Sequence[Subject]) -> dict[str, float | None]:
    """Return the limits; where not every subject is looked at for reflections, none is."""
    for_glare = all(PhotoCheck.GLARE in basics.CHECKS[subject] for subject in subjects)
    return {
        "mostBytes": MOST_BYTES,
        "leastSide": basics.LEAST_SIDE,
        "lookSide": basics.LOOK_SIDE,
        "darkBelow": basics.DARK_BELOW,
        "whiteFrom": basics.WHITE_FROM,
        "brightShare": basics.BRIGHT_SHARE,
        "glareShare": basics.GLARE_SHARE if for_glare else None,
        "sharpFrom": basics.SHARP_FROM,
        "leastContrast": basics.LEAST_CONTRAST,
        "tiles": basics.TILES,
        "flatShare": basics.FLAT_SHARE,
        "plainShare": basics.PLAIN_SHARE,
        "plainSpread": basics.PLAIN_SPREAD,
    }


def _words() -> dict[str, str]:
    """Return what the page says, in the reader's language."""
    return {
        **{fault.value: str(words.RULES[fault]) for fault in SEEN},
        Refusal.TOO_MANY_BYTES.value: str(words.FILES[Refusal.TOO_MANY_BYTES]),
        "again": _("We look again when you send it."),
        "fine": _("As far as this page can tell, the photo is large, light and sharp enough."),
        "unread": _("This browser cannot show the file, so this page cannot look at it."),
    }
