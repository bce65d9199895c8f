"""The photos of a reactivation: which of them count now, what is still missing, and who of staff looked at them."""

from typing import Literal

from accounts.actors import Actor
from closure.enums import EvidenceKind, ReactivationState
from closure.models import Evidence, Reactivation
from closure.operations.evidence import looked_at
from closure.reactivation import documents, rules

Missing = EvidenceKind | Literal["document"]
DOCUMENT: Literal["document"] = "document"


def wanted(reactivation: Reactivation) -> tuple[EvidenceKind, ...]:
    """Return what is photographed: the note, and the sides of the document that was chosen."""
    sides = documents.sides(reactivation.document_type)
    return tuple(kind for kind in EvidenceKind if kind is EvidenceKind.NOTE or kind in sides)


def counting(reactivation: Reactivation) -> dict[EvidenceKind, Evidence]:
    """Return the newest photo of each kind that counts, one query.

    Photos of another document than the chosen one do not, nor do those that staff asked to be taken again, nor those
    that their owner took away and a hold keeps.
    """
    again = _asked_again(reactivation)
    found: dict[EvidenceKind, Evidence] = {}
    mine = Evidence.objects.filter(case_id=reactivation.case_id, taken_away_at=None)
    for row in mine.order_by("taken_at", "id"):
        kind = EvidenceKind(row.kind)
        is_older = kind in again and reactivation.asked_at is not None and row.taken_at <= reactivation.asked_at
        if kind in wanted(reactivation) and not is_older and not _is_of_another_document(row, reactivation):
            found[kind] = row
    return found


def is_shown(reactivation: Reactivation, row: Evidence) -> bool:
    """Tell whether a photo was handed in: staff may have seen it, so its owner takes it away no more."""
    return reactivation.submitted_at is not None and row.taken_at <= reactivation.submitted_at


def missing(reactivation: Reactivation) -> list[Missing]:
    """Return what is still to be chosen or sent before it can be submitted, in the order of the pages."""
    found = counting(reactivation)
    lacking: list[Missing] = [kind for kind in wanted(reactivation) if kind not in found]
    return lacking if reactivation.document_type else [*lacking, DOCUMENT]


def unseen(reactivation: Reactivation, actor: Actor) -> list[Evidence]:
    """Return the photos that count and that this person did not look at, by the journal (L07)."""
    seen = looked_at(reactivation.account_id, actor)
    return [row for row in counting(reactivation).values() if row.pk not in seen]


def _asked_again(reactivation: Reactivation) -> frozenset[EvidenceKind]:
    if reactivation.state != ReactivationState.NEEDS_MORE:
        return frozenset()
    return frozenset(kind for rule in rules.read(reactivation.broken) for kind in rules.about(rule))


def _is_of_another_document(row: Evidence, reactivation: Reactivation) -> bool:
    chosen = reactivation.document_chosen_at
    return row.kind != EvidenceKind.NOTE and chosen is not None and row.taken_at < chosen
