"""What is wrong with a file or a photo, and what to do, in the words that page, API and staff show (J11-J13, J15)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from closure.evidence.enums import Fault, Outcome, PhotoCheck, Refusal
from closure.evidence.verdicts import Verdict

FILES: dict[Refusal, str | Promise] = {
    Refusal.EMPTY: _("The file is empty. Choose the photo again."),
    Refusal.TOO_MANY_BYTES: _(
        "The file is larger than 15 MB. Take the photo with a lower quality, or save it smaller."
    ),
    Refusal.UNKNOWN_TYPE: _("This is not a photo that we can read. Send a JPEG, PNG, WebP or HEIC file."),
    Refusal.BROKEN: _("The file is not whole, or is broken. Take the photo again, or save it again as JPEG."),
    Refusal.MOVING: _("The file has several pictures. Send one photo that does not move."),
    Refusal.COLORS: _("The photo has a kind of color that we cannot read. Save it as JPEG and send it again."),
    Refusal.TOO_MANY_PIXELS: _("The photo has too many pixels. Take it with a lower resolution, or save it smaller."),
    Refusal.TOO_MUCH_WORK: _("The photo takes too much to read. Save it as JPEG, or smaller, and send it again."),
}
RULES: dict[Fault, str | Promise] = {
    Fault.TOO_SMALL: _("The photo is too small to read. Take it with at least 720 pixels on its short side."),
    Fault.DARK: _("The photo is too dark. Take it in daylight, facing a window."),
    Fault.BRIGHT: _("The photo is too bright to read. Move out of direct sun, and switch the flash off."),
    Fault.BLURRED: _("The photo is blurred. Clean the lens, hold still, and wait until the picture is sharp."),
    Fault.GLARE: _("Light is reflected on the document and hides a part of it. Tilt it, and switch the flash off."),
    Fault.SCREENSHOT: _("This looks like a screenshot. Take a photo of the real thing, and send it as it is."),
    Fault.NO_FACE: _("We find no face. Show your whole face, without sunglasses or a hat."),
    Fault.SEVERAL_FACES: _("There is more than one face. Nobody else may be in the photo."),
    Fault.FACE_SMALL: _("Your face is too small. Have the photo taken from closer by."),
    Fault.ONLY_HEAD: _("Only your head is in the photo. Face, upper body, arms and hands must be in it."),
    Fault.EDGES: _(
        "We do not find all four edges of the document. Lay it on a dark, plain table, with space around it."
    ),
    Fault.TYPED: _("The note looks printed. Write it by hand, with a pen, on a small sheet."),
    Fault.UPSIDE_DOWN: _("The photo is upside down, or lies on its side. Turn it, and send it again."),
}
CHECKS: dict[PhotoCheck, str | Promise] = {
    PhotoCheck.SIZE: _("Size"),
    PhotoCheck.LIGHT: _("Light"),
    PhotoCheck.BLUR: _("Sharpness"),
    PhotoCheck.GLARE: _("Reflections"),
    PhotoCheck.SCREEN: _("A real photo"),
    PhotoCheck.FACE: _("One face, and not only a head"),
    PhotoCheck.EDGES: _("All four edges"),
    PhotoCheck.TYPED: _("Written by hand"),
    PhotoCheck.UPRIGHT: _("Upright"),
}


OUTCOMES: dict[Outcome, str | Promise] = {
    Outcome.OK: _("fine"),
    Outcome.REFUSED: _("against a rule"),
    Outcome.NOT_CHECKED: _("not checked"),
}


def rule(verdict: Verdict) -> str:
    """Return the rule that a photo breaks and what to do; "" where it breaks none."""
    return str(RULES[verdict.fault]) if verdict.fault is not None else ""
