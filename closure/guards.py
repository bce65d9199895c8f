"""Conditions of the lifecycle. Each is named once, in words for docs/lifecycle.md, and refuses with a code.

A guard of rows (`claims`) is a condition in the database, which batches add to their query; the others are asked of
one locked request.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from accounts import clock, identity_check
from accounts.enums import ActorKind, CaseState
from accounts.models import Case
from accounts.verification.step_up import StepUpProof
from closure import desk, fresh_factor, notes, offers, queries
from closure.causes import legally_held, standing_causes, stopped, stops
from closure.enums import OPEN_STATES, FaceOutcome, HeldReason
from closure.exceptions import (
    BlockedBy,
    CaseRequired,
    MissingAcknowledgements,
    ReasonRequired,
    StaleDecision,
    TransitionRefused,
)
from closure.facts import Context, Guard
from closure.finalization import plan
from closure.mails import HELD_WORDS
from closure.models import ClosureRequest
from closure.permissions import Who, check_second_person
from closure.policy import loader
from closure.policy.schema import CancelBy

DRAFT_IDLE = timedelta(hours=24)
DRAFT_IDLE_WITH_CASE = timedelta(days=7)
QUESTION_OPEN = timedelta(days=14)
UNREACHABLE_AFTER = timedelta(minutes=60)
R = HeldReason


def _refuse(code: str, message: str) -> TransitionRefused:
    return TransitionRefused(message, code=code)


def _in_database(claims: Callable[[datetime], Q], code: str, message: str) -> Callable[[Context], None]:
    def check(context: Context) -> None:
        if not ClosureRequest.objects.filter(claims(context.now), pk=context.request.pk).exists():
            raise _refuse(code, message)

    return check


def _of_rows(words: str, code: str, message: str, claims: Callable[[datetime], Q]) -> Guard:
    return Guard(words=words, check=_in_database(claims, code, message), claims=claims)


def _has_open_case() -> Exists:
    return Exists(Case.objects.filter(account_id=OuterRef("account_id")).exclude(state=CaseState.RESOLVED))


IDLE = _of_rows(
    "24 h idle (7 d with an open case)",
    "not_idle",
    "This draft is still in use.",
    lambda now: (
        Q(touched_at__lte=now - DRAFT_IDLE) & (Q(touched_at__lte=now - DRAFT_IDLE_WITH_CASE) | ~Q(_has_open_case()))
    ),
)
DUE = _of_rows(
    "database time >= finalizes_after",
    "not_due",
    "The waiting time is not over.",
    queries.waited_enough,
)
TOLD = _of_rows(
    "its confirmation has left, or half an hour is over",
    "not_told",
    "The message that confirms this closing has not left yet.",
    queries.told,
)
NO_HOLD = _of_rows(
    "no hold",
    "on_hold",
    "A restriction stops closing.",
    lambda _now: ~stopped(),
)
LEGAL_HOLD = _of_rows("legal hold", "no_legal_hold", "No legal or risk hold stands.", lambda _now: legally_held())
NO_LEGAL_HOLD = _of_rows("no legal hold", "legal_hold", "A legal or risk hold stands.", lambda _now: ~legally_held())
FROZEN_TOO_LONG = _of_rows(
    "max_frozen",
    "not_too_long",
    "The longest time to keep an account frozen is not over.",
    lambda now: Q(release_at__lte=now) & Q(release_at__lte=clock.db_now()),
)
BEFORE_SEALING = _of_rows(
    "before sealing", "sealed", "It is too late: your data is sealed and being erased.", lambda _now: Q(sealed_at=None)
)
SEALED = _of_rows("sealed", "not_sealed", "The archive is not sealed yet.", lambda _now: Q(sealed_at__isnull=False))
PARKED = _of_rows("parked", "not_parked", "The plan is not parked.", lambda _now: Q(parked_at__isnull=False))
NOT_PARKED = _of_rows("not parked", "parked", "The plan is parked.", lambda _now: Q(parked_at=None))


def _in_book(context: Context) -> None:
    if context.facts.book is None:
        raise _refuse("not_in_book", "The book of closures does not say so.")


def _no_open_request(context: Context) -> None:
    if ClosureRequest.objects.filter(account=context.account, state__in=sorted(OPEN_STATES)).exists():
        raise _refuse("already_open", "A request to close this account is open already.")


def _check_allows(context: Context) -> None:
    run = context.facts.run
    if run is None or not notes.is_fresh(run, context.now):
        raise _refuse("check_missing", "The account was not checked just now.")
    if notes.allows(context.request, run):
        return
    if (lacking := notes.missing(context.request, run.result)) and run.verdict in {"clear", "warning"}:
        raise MissingAcknowledgements(lacking)
    raise BlockedBy(context.facts.check)


def _nothing_stops(context: Context) -> None:
    """What was placed since the check counts: the account is locked now. To its owner a legal hold is one sentence."""
    found = stops([context.account.pk]).get(context.account.pk, set())
    if found:
        raise _refuse("on_hold", str(HELD_WORDS[R.LEGAL if R.LEGAL in found else R.RESTRICTION]))


def _proven(context: Context) -> None:
    if context.facts.proof is None or context.facts.submission is None:
        raise _refuse("verification_required", "Verify first.")


def _seen_version(context: Context) -> None:
    if context.facts.seen_version != context.request.version:
        raise StaleDecision


def _seen_by_staff(context: Context) -> None:
    if context.actor.kind is ActorKind.STAFF:
        _seen_version(context)


def _desk_free(context: Context) -> None:
    desk.check_free(context.request, context.actor, context.now)


def _four_eyes_due(context: Context) -> None:
    if not context.request.four_eyes_due:
        raise _refuse("no_proposal_needed", "One person decides about this request.")


def _nobody_proposed(context: Context) -> None:
    if context.request.proposed_by is not None and not context.facts.check_changed:
        raise _refuse("already_proposed", "Somebody has proposed this already; a second person approves it.")


def _second_person(context: Context) -> None:
    if not context.request.four_eyes_due:
        return
    if context.request.proposed_by is None or context.facts.check_changed:
        raise _refuse("proposal_missing", "Two people decide about this request: propose it first.")
    check_second_person(context.actor, context.request)


def _face_seen(context: Context) -> None:
    request = context.request
    if request.face_due and request.face_outcome == FaceOutcome.NO_MATCH:
        raise _refuse("face_not_matched", "The face does not match. Reject the request, or record another outcome.")
    if request.face_due and not request.face_outcome:
        raise _refuse("face_outcome_missing", "Record the outcome of the face check first.")


def _reason_given(context: Context) -> None:
    if context.acting & {Who.A, Who.L, Who.X} and not context.reason.strip():
        raise ReasonRequired


def _question_open(context: Context) -> None:
    if R.QUESTION not in context.request.held_reasons:
        raise _refuse("no_question", "Nothing was asked.")


def _question_old(context: Context) -> None:
    held_at = context.request.held_at
    if held_at is None or context.now - held_at < QUESTION_OPEN:
        raise _refuse("question_open", "There is still time to answer.")


def _no_legal_or_restriction(context: Context) -> None:
    if standing_causes(context.request) & {R.LEGAL, R.RESTRICTION}:
        raise _refuse("on_hold", "A restriction stands, so the account is not released.")


# Who may hold for what; a question is asked by its own action, and only the system can say how long nobody answered.
_MAY_HOLD = {
    Who.SYS: frozenset(R) - {R.QUESTION},
    Who.CORE: frozenset({R.DEPOSIT, R.RESTRICTION, R.LEGAL}),
    Who.A: frozenset({R.DEPOSIT, R.BLOCKER, R.RESTRICTION}),
    Who.X: frozenset({R.RESTRICTION, R.LEGAL}),
}


def _cause_given(context: Context) -> None:
    causes = context.facts.causes
    may = {cause for who in context.acting for cause in _MAY_HOLD.get(who, ())}
    if not causes or not causes <= may:
        raise _refuse("no_cause", "Say what holds it; this cause is not yours to give.")
    stands = standing_causes(context.request)
    if not causes & {R.LEGAL, R.RESTRICTION} <= stands:
        raise _refuse("no_restriction", "No such restriction stands. Place it first.")
    since = context.facts.unknown_since
    if R.UNREACHABLE in causes and (since is None or context.now - since < UNREACHABLE_AFTER):
        raise _refuse("not_unreachable", "The account could not be checked for less than an hour.")


def _further_cause(context: Context) -> None:
    if context.facts.causes <= {R(reason) for reason in context.request.held_reasons}:
        raise _refuse("already_held", "It is held for that already.")


def _causes_gone(context: Context) -> None:
    if standing_causes(context.request) & {R.LEGAL, R.RESTRICTION, R.QUESTION}:
        raise _refuse("still_held", "Another cause still stands.")


def _cancel_allowed(context: Context) -> None:
    if Who.S in context.acting:
        if not offers.cancel(context.request):
            raise _refuse("cancel_not_offered", "This closure cannot be cancelled.")
        return
    if CancelBy.SUPPORT not in loader.from_pinned(context.request.policy).cancelling.by:
        raise _refuse("cancel_not_offered", "This closure cannot be cancelled.")
    mine = Case.objects.filter(reference=context.facts.case or "", account_id=context.account.pk)
    case = mine.exclude(state=CaseState.RESOLVED).first()
    if case is None or identity_check.has_opened(case):
        raise CaseRequired


def _fresh_factor(context: Context) -> None:
    actor, proof = context.actor, context.facts.proof
    if actor.kind is not ActorKind.STATUS_SESSION:
        return
    if not isinstance(proof, StepUpProof) or not fresh_factor.counts(proof.kinds, carried_by=actor.carried_by):
        raise _refuse("verification_required", "Give a fresh code first.")


def _every_step_done(context: Context) -> None:
    if plan.first_undone(context.request.plan) not in {None, plan.FinalStep.CLOSE}:
        raise _refuse("steps_undone", "A step of the plan is not done.")


IN_BOOK = Guard(words="closed by the book of closures", check=_in_book)
NO_OPEN_REQUEST = Guard(words="no open request", check=_no_open_request)
CHECK_CLEAR = Guard(words="check clear, warnings acknowledged", check=_check_allows)
NOTHING_STOPS = Guard(words="no hold", check=_nothing_stops)
PROVEN = Guard(words="proof", check=_proven)
SEEN = Guard(words="seen_version", check=_seen_version)
SEEN_BY_STAFF = Guard(words="seen_version of staff", check=_seen_by_staff)
DESK_FREE = Guard(words="on no other desk", check=_desk_free)
FOUR_EYES_DUE = Guard(words="four eyes due", check=_four_eyes_due)
NOBODY_PROPOSED = Guard(words="no proposal stands", check=_nobody_proposed)
SECOND_PERSON = Guard(words="where four eyes is due, L after a proposal by another", check=_second_person)
FACE_SEEN = Guard(words="where a face is due, its outcome", check=_face_seen)
REASON = Guard(words="reason of staff", check=_reason_given)
QUESTION_ASKED = Guard(words="question", check=_question_open)
QUESTION_OLD = Guard(words="14 d", check=_question_old)
RELEASABLE = Guard(words="no legal hold or restriction", check=_no_legal_or_restriction)
CAUSE = Guard(words="deposit, blocker, restriction, legal; unreachable for 60 min", check=_cause_given)
FURTHER_CAUSE = Guard(words="a further cause", check=_further_cause)
CAUSES_GONE = Guard(words="every cause gone", check=_causes_gone)
CANCEL_ALLOWED = Guard(
    words="cancel.by; A with case; S always while held for deposit, blocker or unreachable", check=_cancel_allowed
)
FRESH_FACTOR = Guard(words="S with a fresh factor of another channel", check=_fresh_factor)
EVERY_STEP_DONE = Guard(words="every step done", check=_every_step_done)
