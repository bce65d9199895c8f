"""Faces where the policy asks for one: staff compare with consent, or look at documents without, and say what they saw.

It is never a timed factor, and no photo and no template of a face is stored: the outcome alone is (docs/lifecycle.md).
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import journal
from accounts.actors import Actor
from closure.enums import ClosureState, FaceOutcome
from closure.exceptions import ReasonRequired, StaleDecision, TransitionRefused
from closure.lifecycle import lock
from closure.models import ClosureRequest
from closure.permissions import check_decide

RECORDED = "face.recorded"
DECIDED_IN = frozenset({ClosureState.IN_REVIEW, ClosureState.HELD})
COMPARED = frozenset({FaceOutcome.MATCH, FaceOutcome.NO_MATCH})


def record_face_outcome(
    request_id: UUID,
    outcome: FaceOutcome,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    seen_version: int | None = None,
) -> ClosureRequest:
    """Keep what staff found, in place of an earlier outcome; approving asks for it (guards.FACE_SEEN).

    Raises UnknownRequest, NotAllowed, StaleDecision where a version is named and it is old, ReasonRequired, and
    TransitionRefused where no face is due, where nothing is decided now, or for a comparison without consent.
    """
    with transaction.atomic():
        account, request = lock(request_id)
        check_decide(actor, request)
        if seen_version is not None and seen_version != request.version:
            raise StaleDecision
        _check_due(request, outcome)
        if not reason.strip():
            raise ReasonRequired
        columns = {"face_outcome": outcome.value, "face_recorded_at": now, "face_recorded_by": actor.account_id}
        ClosureRequest.objects.filter(pk=request.pk).update(**columns)
        data = {"closure": str(request.pk), "outcome": outcome.value, "consent": bool(request.face_consent)}
        journal.record(RECORDED, actor=actor, at=now, account=account, data=data, note=reason)
        request.refresh_from_db(fields=list(columns))
    return request


def _check_due(request: ClosureRequest, outcome: FaceOutcome) -> None:
    if not request.face_due or request.state not in DECIDED_IN:
        raise TransitionRefused(_("No face check is due for this request."), code="no_face_due")
    if outcome in COMPARED and not request.face_consent:
        raise TransitionRefused(
            _("The customer did not agree to a face check. Look at the documents instead."), code="no_consent"
        )
