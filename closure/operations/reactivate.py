"""What owners and staff do with a reactivation: choose, send, submit, withdraw; propose, approve, ask again, refuse."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import AccountStatus, DocumentType
from accounts.exceptions import NotAllowed, PortalError, SecondPersonRequired
from accounts.models import Account
from closure.enums import EvidenceKind, ReactivationAction, ReactivationState
from closure.evidence import store, upkeep
from closure.exceptions import StaleDecision, TransitionRefused, UnknownEvidence
from closure.models import Evidence, Reactivation
from closure.models.reactivation import OPEN_REACTIVATIONS
from closure.operations import evidence as photos_of_cases
from closure.reactivation import documents, guards, photos
from closure.reactivation.exceptions import NotAccepted, PhotoNotWanted, UnknownReactivation
from closure.reactivation.lifecycle import SYSTEM, apply, lock
from closure.reactivation.permissions import check_decide, is_owner
from closure.reactivation.photos import missing
from closure.reactivation.rules import Rule

A, S = ReactivationAction, ReactivationState
# The owner adds and replaces photos in these; what is submitted is what staff look at.
CHANGING = frozenset({S.DRAFT, S.NEEDS_MORE})
MOST_AT_ONCE = 200

__all__ = ["Decision", "choose_document", "decide", "lapse_due", "missing", "send_photo", "submit", "withdraw"]


class Decision(StrEnum):
    """What staff decide; "approve" means propose until somebody has."""

    APPROVE = "approve"
    REFUSE = "refuse"
    ASK = "ask"


def choose_document(reactivation_id: UUID, document_type: str, *, actor: Actor, now: datetime) -> Reactivation:
    """Say which document is photographed; photos of another one do not count any more.

    Raises NotAccepted for one that is not listed, NotAllowed, UnknownReactivation, TransitionRefused once submitted.
    """
    if document_type not in {each.type.value for each in documents.ACCEPTED}:
        raise NotAccepted
    with transaction.atomic():
        row = _lock_changing(reactivation_id, actor)
        if row.document_type != document_type:
            row.document_type, row.document_chosen_at = DocumentType(document_type), now
        row.touched_at = now
        row.save(update_fields=["document_type", "document_chosen_at", "touched_at"])
    return row


def send_photo(
    reactivation_id: UUID,
    kind: EvidenceKind,
    file: bytes,
    *,
    despite: bool = False,
    actor: Actor,
    now: datetime,
) -> Evidence:
    """Take in a photo and keep it; it takes the place of the one of its kind that nobody was shown yet.

    A photo that breaks rules is refused with them; `despite` sends it all the same, for staff to judge. Not inside a
    transaction. Raises NotAllowed, UnknownReactivation, TransitionRefused once submitted, PhotoNotWanted, and what
    `evidence.send` raises.
    """
    row = Reactivation.objects.filter(pk=reactivation_id).first()
    if row is None:
        raise UnknownReactivation
    _check_changing(row, actor)
    _check_wanted(row, kind)

    def beside(_account: Account) -> None:
        locked = _lock_changing(reactivation_id, actor)
        _check_wanted(locked, kind)
        _replace(locked, kind, actor=actor, now=now)
        locked.touched_at = now
        locked.save(update_fields=["touched_at"])

    return photos_of_cases.send(
        row.case_id,
        kind,
        file,
        despite=despite,
        actor=actor,
        now=now,
        beside=beside,
        leaving=_not_shown(row).filter(kind=kind).count(),
    )


def take_photo_away(reactivation_id: UUID, evidence_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Destroy a photo that nobody was shown yet; raises UnknownEvidence for any other, and as `choose_document`."""
    with transaction.atomic():
        row = _lock_changing(reactivation_id, actor)
        found = list(_not_shown(row).filter(pk=evidence_id))
        if not found:
            raise UnknownEvidence
        _remove(found, actor=actor, now=now)


def submit(reactivation_id: UUID, *, actor: Actor, now: datetime) -> Reactivation:
    """Hand it to staff; raises Incomplete with what is missing, NotAllowed, TransitionRefused."""
    return apply(reactivation_id, A.SUBMIT, actor=actor, reason="", now=now)


def withdraw(reactivation_id: UUID, *, actor: Actor, now: datetime) -> Reactivation:
    """End it for its owner, whose account stays disabled; another one may begin at once. Raises as `submit`."""
    return apply(reactivation_id, A.WITHDRAW, actor=actor, reason="", now=now)


def decide(
    reactivation_id: UUID,
    decision: Decision | str,
    *,
    broken: Sequence[Rule] = (),
    text: str,
    seen_version: int | None,
    actor: Actor,
    now: datetime,
) -> Reactivation:
    """Decide for staff, on the version that they saw; returns the row as it stands then.

    `text` is the reason in the journal; of "ask" it is what the customer reads, beside the rules. Raises NotAllowed,
    SecondPersonRequired, StaleDecision (before anything that is wrong with the decision), OnAnotherDesk,
    ReasonRequired, TransitionRefused, UnknownReactivation.
    """
    row = Reactivation.objects.filter(pk=reactivation_id).first()
    if row is None:
        raise UnknownReactivation
    check_decide(actor, row)
    if row.version != seen_version:
        raise StaleDecision
    if Decision(decision) is Decision.APPROVE and row.proposed_by == actor.account_id:
        raise SecondPersonRequired
    facts: dict[str, Any] = {"seen_version": seen_version, "broken": tuple(broken)}
    chosen = Decision(decision)
    if chosen is Decision.ASK:
        facts["asked"] = text
    return apply(reactivation_id, _action(chosen, row), actor=actor, reason=text, now=now, **facts)


def _action(decision: Decision, row: Reactivation) -> ReactivationAction:
    if decision is Decision.APPROVE:
        return A.PROPOSE if row.proposed_by is None else A.APPROVE
    return A.REFUSE if decision is Decision.REFUSE else A.ASK


def lapse_due(now: datetime) -> int:
    """End drafts of 7 days, what nobody sent better photos for in 30, and what its account needs no more; how many."""
    idle = Q(state=S.DRAFT, touched_at__lte=now - guards.DRAFT_IDLE)
    unanswered = Q(state=S.NEEDS_MORE, asked_at__lte=now - guards.MORE_OPEN)
    needless = ~Q(account__status=AccountStatus.DISABLED)
    due = Reactivation.objects.filter(idle | unanswered | needless, state__in=sorted(OPEN_REACTIVATIONS))
    ended = 0
    for key, status in list(due.order_by("id").values_list("pk", "account__status")[:MOST_AT_ONCE]):
        reason = "idle" if status == AccountStatus.DISABLED else "not_disabled"
        try:
            apply(key, A.LAPSE, actor=SYSTEM, reason=reason, now=now)
        except PortalError:
            continue  # went on meanwhile
        ended += 1
    return ended


def _lock_changing(reactivation_id: UUID, actor: Actor) -> Reactivation:
    _account, row = lock(reactivation_id)
    _check_changing(row, actor)
    return row


def _check_changing(row: Reactivation, actor: Actor) -> None:
    if not is_owner(actor, row):
        raise NotAllowed(_("Open the link that we sent you, and show that it is you."))
    if row.state not in CHANGING:
        raise TransitionRefused(_("This is with our staff, or over: nothing of it can be changed."), code="submitted")


def _check_wanted(row: Reactivation, kind: EvidenceKind) -> None:
    if kind not in photos.wanted(row):
        raise PhotoNotWanted


def _not_shown(row: Reactivation) -> QuerySet[Evidence]:
    """Return the photos that came after the last submission, or before the first: staff have not seen them."""
    mine = Evidence.objects.filter(case_id=row.case_id, taken_away_at=None)
    return mine.filter(taken_at__gt=row.submitted_at) if row.submitted_at is not None else mine


def _replace(row: Reactivation, kind: EvidenceKind, *, actor: Actor, now: datetime) -> None:
    _remove(list(_not_shown(row).filter(kind=kind)), actor=actor, now=now)


def _remove(found: list[Evidence], *, actor: Actor, now: datetime) -> None:
    """Destroy photos; what a hold keeps is gone to its owner alone, who reads the same words (invariant 19)."""
    kept = upkeep.held(found)
    for each in found:
        if each.pk in kept:
            upkeep.set_aside(each, actor=actor, now=now)
            continue
        upkeep.remove([each], reason=upkeep.TAKEN_AWAY, actor=actor, now=now)
        transaction.on_commit(partial(store.remove, each.file))
