"""What an action writes beside the state: where it leads, which columns change, what the journal says."""

from collections.abc import Callable
from typing import Any

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce

from accounts.enums import ActorKind
from closure import flags, shown
from closure.causes import standing_causes
from closure.enums import FINAL_STATES, ClosureAction, ClosureState, HeldReason
from closure.exceptions import TransitionRefused
from closure.facts import Context
from closure.policy import loader
from closure.transitions import Transition

S, A = ClosureState, ClosureAction
Columns = dict[str, Any]
NOT_HELD: Columns = {"held_from": "", "held_reasons": [], "held_at": None}
# Who decided has done their part: the next one is another person's, or nobody's.
CLEAR_DESK: Columns = {"desk_by": None, "desk_until": None}
NOBODYS: Columns = {"assigned_to": None, **CLEAR_DESK}
NO_PROPOSAL: Columns = {"proposed_at": None, "proposed_by": None}


def route(context: Context, action: ClosureAction, transition: Transition) -> ClosureState:
    """Return the state it leads to, one of those the table lists; raises TransitionRefused for any other."""
    to = _pick(context, action, transition)
    if to not in transition.to:
        raise TransitionRefused("The table has no such move.")
    return to


def _pick(context: Context, action: ClosureAction, transition: Transition) -> ClosureState:
    if action is A.SUBMIT and context.facts.submission is not None:
        submission = context.facts.submission
        return S.IN_REVIEW if submission.review_due else _waiting(submission.finalizes_after <= context.now)
    if action is A.APPROVE:
        after = context.request.finalizes_after
        return _waiting(after is not None and after <= context.now)
    if action is A.ANSWER:
        return S.HELD if standing_causes(context.request) - {HeldReason.QUESTION} else S.IN_REVIEW
    if action is A.RESUME:
        return S(context.request.held_from)
    return transition.to[0]


def _waiting(is_over: bool) -> ClosureState:
    return S.APPROVED if is_over else S.COOLING_OFF


def columns(context: Context, action: ClosureAction, to: ClosureState) -> Columns:
    """Return the columns that change with the state."""
    changed = dict(_COLUMNS[action](context)) if action in _COLUMNS else {}
    if action is A.ANSWER and to is S.IN_REVIEW:
        changed = dict(NOT_HELD)
    if to in FINAL_STATES:
        changed |= {
            **NOT_HELD,
            **NOBODYS,
            "ended_at": _ended_at(context, action),
            "end_reason": end_reason(context, action),
        }
    return changed


def _ended_at(context: Context, action: ClosureAction) -> object:
    """Return when it ends; what closes again after a restore had ended before. One expression serves a whole batch."""
    if action is A.FINISH:
        return Coalesce(F("first_ended_at"), Value(context.now, output_field=DateTimeField()))
    return context.now


def end_reason(context: Context, action: ClosureAction) -> str:
    """Return the code of how a request ended."""
    if action is A.REJECT and context.facts.template:
        return context.facts.template
    if action is A.CANCEL:
        return "cancelled_by_staff" if context.actor.kind is ActorKind.STAFF else "cancelled_by_customer"
    return _END_REASONS[action]


_END_REASONS = {
    A.DISCARD: "discarded",
    A.LAPSE: "lapsed",
    A.TIME_OUT: "timed_out",
    A.REJECT: "rejected",
    A.DISPUTE: "disputed",
    A.FINISH: "closed",
    A.REPLACE: "replaced",
}


def _submit(context: Context) -> Columns:
    submission = context.facts.submission
    if submission is None:
        raise TransitionRefused("A submission brings its dates.")
    return {
        "channel": context.facts.channel or context.request.channel,
        "submitted_at": context.now,
        "touched_at": context.now,
        "finalizes_after": submission.finalizes_after,
        "finalizes_before": submission.finalizes_before,
        "release_at": submission.release_at,
        "flags": list(submission.flags),
        "review_due": submission.review_due,
        "four_eyes_due": submission.four_eyes_due,
        "face_due": submission.face_due,
        "face_consent": submission.face_consent,
    }


def _hold(context: Context) -> Columns:
    causes = {*context.request.held_reasons, *(cause.value for cause in context.facts.causes)}
    flagged = _flagged_by_deposit(context)
    if context.state is S.HELD:
        return {"held_reasons": sorted(causes), **flagged}
    held: Columns = {"held_from": context.state.value, "held_reasons": sorted(causes), "held_at": context.now}
    if context.state is S.FINALIZING:
        # Deposits are unlocked again, so what the plan saw is no longer so: it runs again from its first step.
        held |= {"held_from": S.APPROVED.value, "plan": {}, "parked_at": None, "next_try_at": None}
    return held | NO_PROPOSAL | flagged


def _flagged_by_deposit(context: Context) -> Columns:
    """Flag what received a deposit while it was open; where flags are reviewed it resumes into the review."""
    request = context.request
    if HeldReason.DEPOSIT not in context.facts.causes or flags.DEPOSIT in request.flags:
        return {}
    marked: Columns = {"flags": [*request.flags, flags.DEPOSIT]}
    reviewed = flags.reviews_flagged(loader.from_pinned(request.policy))
    if reviewed and request.reviewed_at is None:
        marked |= {"review_due": True, "held_from": S.IN_REVIEW.value}
    return marked


def _ask(context: Context) -> Columns:
    question = [HeldReason.QUESTION.value]
    return {
        "held_from": context.state.value,
        "held_reasons": question,
        "held_at": context.now,
        **NO_PROPOSAL,
        **CLEAR_DESK,
    }


def _answer(context: Context) -> Columns:
    left = set(context.request.held_reasons) - {HeldReason.QUESTION.value}
    left |= {cause.value for cause in standing_causes(context.request) - {HeldReason.QUESTION}}
    return {"held_reasons": sorted(left)}


def _replay(context: Context) -> Columns:
    """Take over what the book says; its plan says which steps are done, and the runner goes on from there."""
    return {**NOT_HELD, **(context.facts.book or {}), "parked_at": None, "next_try_at": context.now}


_COLUMNS: dict[ClosureAction, Callable[[Context], Columns]] = {
    A.SUBMIT: _submit,
    A.PROPOSE: lambda context: {"proposed_at": context.now, "proposed_by": context.actor.account_id, **NOBODYS},
    A.APPROVE: lambda context: {"reviewed_at": context.now, "reviewed_by": context.actor.account_id, **NOBODYS},
    A.ASK: _ask,
    A.ANSWER: _answer,
    A.BEGIN: lambda context: {"plan": {}, "next_try_at": context.now},
    A.HOLD: _hold,
    A.RESUME: lambda _context: dict(NOT_HELD),
    A.PARK: lambda context: {"parked_at": context.now},
    A.UNPARK: lambda context: {"parked_at": None, "next_try_at": context.now},
    A.REPLAY: _replay,
}


def story(context: Context, action: ClosureAction, to: ClosureState) -> dict[str, Any]:
    """Return what the journal keeps: codes and opaque ids only."""
    request, facts = context.request, context.facts
    told: dict[str, Any] = {
        "request": str(request.pk),
        "from": request.state,
        "to": to.value,
        "version": request.version + 1,
    }
    if facts.run is not None:
        told["check"] = str(facts.run.pk)
    if facts.causes:
        told["causes"] = sorted(cause.value for cause in facts.causes)
    if facts.case:
        told["case"] = facts.case
    if facts.template:
        told["template"] = facts.template
    if action is A.SUBMIT and facts.submission is not None:
        told |= {"policy": request.policy_version, "flags": list(facts.submission.flags)}
        told["acknowledged"] = shown.record(request, facts.run)
    if action is A.FINISH:
        told["steps"] = {step: entry.get("attempts", 0) for step, entry in request.plan.items()}
    if action is A.REPLAY and facts.book is not None:
        told["closed_at"] = facts.book["first_ended_at"].isoformat()
    if to in FINAL_STATES:
        told["end_reason"] = end_reason(context, action)
    return told
