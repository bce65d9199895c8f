"""Which documents are accepted, and the rule of each (J09)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import DocumentType
from closure.enums import EvidenceKind

D = DocumentType
FRONT = (EvidenceKind.DOCUMENT_FRONT,)
BOTH = (EvidenceKind.DOCUMENT_FRONT, EvidenceKind.DOCUMENT_BACK)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """One document: what is photographed of it, and what it has to be."""

    type: DocumentType
    sides: tuple[EvidenceKind, ...]
    rule: str | Promise


ACCEPTED: tuple[Accepted, ...] = (
    Accepted(type=D.PASSPORT, sides=FRONT, rule=_("The page with your photo.")),
    Accepted(type=D.PASSPORT_CARD, sides=BOTH, rule=_("Front and back.")),
    Accepted(type=D.DRIVING_LICENCE, sides=BOTH, rule=_("A licence or a learner’s permit, front and back.")),
    Accepted(type=D.STATE_ID, sides=BOTH, rule=_("Front and back. It must be Real ID compliant: a star is on it.")),
    Accepted(type=D.FEDERAL_ID, sides=BOTH, rule=_("Front and back.")),
    Accepted(type=D.VISA, sides=FRONT, rule=_("A B1, B2 or F1 visa that is valid for at least one more year.")),
    Accepted(type=D.EMPLOYMENT_AUTHORIZATION, sides=BOTH, rule=_("Front and back.")),
    Accepted(type=D.PERMANENT_RESIDENT, sides=BOTH, rule=_("Front and back.")),
)
BY_TYPE = {each.type: each for each in ACCEPTED}


def sides(document_type: str) -> tuple[EvidenceKind, ...]:
    """Return what is photographed of a document; nothing for one that is not chosen, or not accepted."""
    found = BY_TYPE.get(DocumentType(document_type)) if document_type else None
    return found.sides if found is not None else ()
