"""Proving who asks: the codes within one window, bound to this submission, and the document number."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import identifiers
from accounts.enums import IdentifierKind, Purpose
from accounts.exceptions import NotAllowed, TooManyAttempts, VerificationExpired
from accounts.models import StepUp
from accounts.verification import attempts, step_up
from closure import drafts, journey, verification
from closure.enums import Step
from closure.exceptions import WrongDocument
from closure.models import ClosureRequest
from closure.policy import loader

digest = verification.digest


def begin_verification(request_id: UUID, *, now: datetime) -> StepUp:
    """Open the verification of a draft, in place of one that is open; raises StepLocked, UnknownRequest (D01, D02)."""
    with transaction.atomic():
        request = drafts.lock_draft(request_id)
        journey.check_open(request, Step.VERIFY, now=now)
        policy = loader.from_pinned(request.policy)
        asked = policy.verification
        groups = verification.groups_of(policy, request.account)
        begun = step_up.begin(
            request.account,
            purpose=Purpose.CLOSE_ACCOUNT,
            digest=digest(request),
            kinds=asked.accepted - verification.NOT_CODES,
            needed=max(asked.needed, len(groups)),
            second_factor_required=True,
            window=asked.window,
            extensions=asked.extensions,
            now=now,
        )
        drafts.write(request, now=now)
    return begun


def send_needed(request: ClosureRequest, running: StepUp, *, now: datetime) -> None:
    """Send the codes without which this verification cannot be completed the nearest way; others wait to be asked for.

    What may not be sent now is left out: the page offers it again and says why.
    """
    wanted = verification.nearest(loader.from_pinned(request.policy), request.account)
    for factor in step_up.factors(running):
        if factor.kind in wanted & verification.SENT and factor.state == "open":
            try:
                step_up.challenge(running, factor.id, now=now)
            except (TooManyAttempts, NotAllowed):
                return


def current_verification(request: ClosureRequest) -> StepUp | None:
    """Return the verification open for exactly this submission, in time or run out; None when there is none."""
    return verification.open_verification(request)


def extend_verification(request_id: UUID, *, now: datetime) -> StepUp:
    """Add a window where the policy allows it; raises VerificationExpired, NotAllowed, UnknownRequest."""
    running = current_verification(drafts.draft_of(request_id))
    if running is None:
        raise VerificationExpired
    return step_up.extend(running, now=now)


def check_document(request_id: UUID, number: str, *, now: datetime) -> ClosureRequest:
    """Compare the number with the one given at identity verification; ignored where it is not asked (D03, D04).

    The attempt is spent before the comparing, so this must not be called inside a transaction. Raises WrongDocument,
    TooManyAttempts, StepLocked, UnknownRequest.
    """
    request = drafts.draft_of(request_id)
    if not verification.asks_document(loader.from_pinned(request.policy), request.account):
        return request
    journey.check_open(request, Step.DOCUMENT, now=now)
    attempts.spend(request.account_id, Purpose.DOCUMENT_NUMBER, now=now)
    if not identifiers.matches(request.account, IdentifierKind.DOCUMENT, number):
        raise WrongDocument
    attempts.give_back(request.account_id, Purpose.DOCUMENT_NUMBER, now=now)
    with transaction.atomic():
        locked = drafts.lock_draft(request_id)
        drafts.write(locked, now=now, progress={**locked.progress, journey.DOCUMENT_GIVEN: now.isoformat()})
    return locked
