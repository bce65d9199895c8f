"""Submitting: the last check, the proof and the dates, then freeze; refused whole or done whole (A16, C09, E04)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import Purpose
from accounts.exceptions import ProofRefused
from accounts.models import StepUp
from accounts.sign_in import confirm_password
from accounts.verification import step_up as step_ups
from accounts.verification.step_up import StepUpProof
from closure import drafts, effects, flags, journey, lifecycle, verification
from closure.brake import brake_due, recent_changes
from closure.enums import ClosureAction, Moment, RequestChannel, Step
from closure.exceptions import BlockedBy, MissingAcknowledgements, StepLocked, TransitionRefused
from closure.exports import upkeep
from closure.facts import Submission
from closure.models import CheckRun, ClosureRequest
from closure.notes import missing
from closure.operations.check import check_request
from closure.operations.start import check_channel
from closure.permissions import check_close
from closure.policy import loader
from closure.policy.schema import Policy, Review
from closure.preflight import runner


def submit(
    request_id: UUID,
    *,
    step_up_id: UUID | None,
    password: str | None,
    channel: RequestChannel,
    actor: Actor,
    now: datetime,
    face_consent: bool | None = None,
) -> ClosureRequest:
    """Submit a draft and freeze the account.

    Needs every step done, a complete verification of this very submission and, where the policy asks, the password.
    Where a face is due, only True is consent to comparing it; anything else is the route by documents.
    Asks the core and spends attempts before its transaction opens, so it must not be called inside one. Raises
    UnknownRequest, NotAllowed, BlockedBy, MissingAcknowledgements, StepLocked, ProofRefused, WrongPassword,
    TooManyAttempts; then nothing changed.
    """
    request = drafts.draft_of(request_id, actor=actor)
    check_close(actor, request.account)
    policy = _pin_current(request, now=now)
    check_channel(policy, channel)
    run = check_request(request, Moment.SUBMIT, now=now)
    _check_ready(request, run, now=now)
    proof = _prove(request, step_up_id, now=now)
    if verification.asks_password(policy):
        confirm_password(request.account, password or "", now=now)
    decided = submission(request, policy, run, now=now, face_consent=face_consent)
    with transaction.atomic():
        # One lock order everywhere: account and request first, then the verification.
        done = lifecycle.apply(
            request_id,
            ClosureAction.SUBMIT,
            actor=actor,
            reason="",
            now=now,
            run=run,
            check=runner.load_check(run),
            proof=proof,
            submission=decided,
            channel=channel,
        )
        step_ups.consume(proof, now=now)
        upkeep.follow_submission(done, now=now)
        # What changed while the core was asked counts too: the account's row is locked only now.
        if brake_due(request.account, policy, now) is not (flags.BRAKE in decided.flags):
            raise TransitionRefused(_("Your account changed meanwhile. Look at the dates again."), code="changed_since")
    effects.perform_for(request_id, now=now)
    return done


def _pin_current(request: ClosureRequest, *, now: datetime) -> Policy:
    """Pin the policy in force (E08); what was proven under another one has to be proven again."""
    policy = loader.current()
    if request.policy_version != loader.version(policy):
        with transaction.atomic():
            drafts.write(drafts.lock_draft(request.pk), now=now, **lifecycle.pin(policy))
        request.refresh_from_db()
    return policy


def _check_ready(request: ClosureRequest, run: CheckRun, *, now: datetime) -> None:
    check = runner.load_check(run)
    if not check.may_submit:
        raise BlockedBy(check)
    if lacking := missing(request, run.result):
        raise MissingAcknowledgements(lacking)
    first_open = journey.first_open(request, now)
    if first_open is Step.VERIFY:
        raise ProofRefused
    if first_open is not Step.CONFIRM:
        raise StepLocked(first_open)


def _prove(request: ClosureRequest, step_up_id: UUID | None, *, now: datetime) -> StepUpProof:
    given = StepUp.objects.filter(pk=step_up_id).first() if step_up_id else None
    if given is None:
        raise ProofRefused
    digest = verification.digest(request)
    return step_ups.prove(given, account=request.account, purpose=Purpose.CLOSE_ACCOUNT, digest=digest, now=now)


def submission(
    request: ClosureRequest, policy: Policy, run: CheckRun, *, now: datetime, face_consent: bool | None = None
) -> Submission:
    """Return dates, flags and who must look (E01, D08, L06); what is not known counts as above every line.

    May ask the core for deposits, so it belongs outside of any transaction.
    """
    account, waiting, review = request.account, policy.waiting, policy.review
    changes = recent_changes(account, policy, now)
    adds = waiting.brake_adds if changes else waiting.wait * 0
    found = flags.of_submission(request, account, policy, run, changes=changes, now=now)
    face = verification.asks_face(policy, account)
    consents = bool(face_consent) if face else None
    found += [flags.FACE_DECLINED] * (consents is False)
    by_amount = review.four_eyes_above is not None and flags.above(flags.withdrawn(run), review.four_eyes_above)
    four_eyes = by_amount or (review.four_eyes_under_brake and bool(changes))
    flagged = flags.reviews_flagged(policy) and bool(found)
    return Submission(
        finalizes_after=now + waiting.wait + adds,
        finalizes_before=now + waiting.due + adds,
        release_at=now + waiting.max_frozen,
        flags=tuple(found),
        review_due=four_eyes or flagged or face or review.mode is Review.ONE_AGENT,
        four_eyes_due=four_eyes,
        face_due=face,
        face_consent=consents,
    )
