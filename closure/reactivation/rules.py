"""The rules of note and documents, by which staff refuse or ask again, in words for the customer (J09-J15)."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from closure.enums import EvidenceKind

K = EvidenceKind
NOTE = frozenset({K.NOTE})
DOCUMENT = frozenset({K.DOCUMENT_FRONT, K.DOCUMENT_BACK})


class Rule(models.TextChoices):
    """One rule; the label is what staff choose by, `words` what the customer reads."""

    NOTE_HANDWRITTEN = "note_handwritten", _("note is not handwritten")
    NOTE_EXACT = "note_exact", _("note does not say exactly the text")
    NOTE_SHEET = "note_sheet", _("note is not on a small sheet")
    NOTE_LEGIBLE = "note_legible", _("note cannot be read")
    HELD_BY_PERSON = "held_by_person", _("note is not held by the person")
    TAPED = "taped", _("note is taped or pinned")
    FINGERS = "fingers", _("fingers cover the note")
    TAKEN_BY_ANOTHER = "taken_by_another", _("photo is not taken by somebody else")
    BODY_VISIBLE = "body_visible", _("face, upper body, arms and hands are not all visible")
    ONLY_HEAD = "only_head", _("only the head is in the photo")
    FACE_HIDDEN = "face_hidden", _("something hides the face")
    LIGHT = "light", _("photo is dark, or not in natural light")
    DOCUMENT_ACCEPTED = "document_accepted", _("document is none of those accepted")
    DOCUMENT_SIDES = "document_sides", _("a side of the document is missing")
    REAL_ID = "real_id", _("state ID is not Real ID compliant")
    VISA_KIND = "visa_kind", _("visa is not B1, B2 or F1")
    VISA_YEAR = "visa_year", _("visa is valid for less than a year")
    DOCUMENT_LIVE = "document_live", _("document is not photographed itself, or it is a screenshot")
    DOCUMENT_EDGES = "document_edges", _("edges of the document are cut off")
    DOCUMENT_LEGIBLE = "document_legible", _("document cannot be read")
    DOCUMENT_COVERED = "document_covered", _("fingers cover the document")
    NAME = "name", _("name is not the one of the account")
    NOT_CONFIRMED = "not_confirmed", _("nothing shows that the account is theirs")


R = Rule
_WORDS: dict[Rule, str | Promise] = {
    R.NOTE_HANDWRITTEN: _("Write the note by hand."),
    R.NOTE_EXACT: _("Write exactly the text that we show, word for word, with that date."),
    R.NOTE_SHEET: _("Write the note on a small sheet of paper."),
    R.NOTE_LEGIBLE: _("Every word on the note must be easy to read in the photo."),
    R.HELD_BY_PERSON: _("Hold the note in your own hands. Nobody else holds it."),
    R.TAPED: _("Hold the note. Do not tape or pin it to something."),
    R.FINGERS: _("Keep your fingers off the words of the note."),
    R.TAKEN_BY_ANOTHER: _("Ask somebody else to take the photo."),
    R.BODY_VISIBLE: _("Show your face, upper body, arms and hands."),
    R.ONLY_HEAD: _("Step back. A photo of your head alone is not enough."),
    R.FACE_HIDDEN: _(
        "Take off sunglasses, a hat or a mask. A religious or medical head covering may stay if it shows your face."
    ),
    R.LIGHT: _("Take the photo in daylight, with nothing in the dark."),
    R.DOCUMENT_ACCEPTED: _("Send one of the documents that we list."),
    R.DOCUMENT_SIDES: _("Send the front and the back of the document."),
    R.REAL_ID: _("A state ID must be Real ID compliant: a star is on it. Send another document if yours is not."),
    R.VISA_KIND: _("A visa must be B1, B2 or F1. Send another document if yours is not."),
    R.VISA_YEAR: _("A visa must be valid for at least one more year. Send another document if yours is not."),
    R.DOCUMENT_LIVE: _("Photograph the document itself, now. We take no screenshots, copies or scans."),
    R.DOCUMENT_EDGES: _("Show the whole document, with all four edges."),
    R.DOCUMENT_LEGIBLE: _("Every word on the document must be easy to read in the photo."),
    R.DOCUMENT_COVERED: _("Keep your fingers off the details of the document."),
    R.NAME: _("The name on the document must be the name of the account. If it changed, contact us first."),
    R.NOT_CONFIRMED: _("What you sent does not show that this account is yours."),
}
_ABOUT_DOCUMENT = frozenset(
    {
        R.DOCUMENT_ACCEPTED,
        R.DOCUMENT_SIDES,
        R.REAL_ID,
        R.VISA_KIND,
        R.VISA_YEAR,
        R.DOCUMENT_LIVE,
        R.DOCUMENT_EDGES,
        R.DOCUMENT_LEGIBLE,
        R.DOCUMENT_COVERED,
        R.NAME,
    }
)


def words(rule: Rule) -> str:
    """Return what the customer reads of a rule that was broken: what to do, in the language of now."""
    return str(_WORDS[rule])


def about(rule: Rule) -> frozenset[EvidenceKind]:
    """Return the photos that a rule is about; of no photo in particular, all of them."""
    if rule is R.NOT_CONFIRMED:
        return NOTE | DOCUMENT
    return DOCUMENT if rule in _ABOUT_DOCUMENT else NOTE


def read(codes: list[str]) -> tuple[Rule, ...]:
    """Return the rules of these codes, in their order here; raises ValueError for one that is none."""
    named = {Rule(code) for code in codes}
    return tuple(rule for rule in Rule if rule in named)
