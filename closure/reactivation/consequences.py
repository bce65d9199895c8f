"""What an action writes beside the state: which columns change, what the journal says."""

from collections.abc import Callable
from typing import Any

from closure.enums import ReactivationAction, ReactivationState
from closure.reactivation.facts import Context

A = ReactivationAction
Columns = dict[str, Any]
NO_PROPOSAL: Columns = {"proposed_at": None, "proposed_by": None}
BY_THE_CUSTOMER = frozenset({A.SUBMIT, A.WITHDRAW})


def columns(context: Context, action: ReactivationAction) -> Columns:
    """Return the columns that change with the state."""
    changed = dict(_COLUMNS[action](context)) if action in _COLUMNS else {}
    return {**changed, "touched_at": context.now} if action in BY_THE_CUSTOMER else changed


def _decided(context: Context, end_reason: str) -> Columns:
    return {"decided_at": context.now, "decided_by": context.actor.account_id, "end_reason": end_reason}


def _named(context: Context) -> Columns:
    """Keep the rules that staff named; who named them proposes nothing any more."""
    return {"broken": [rule.value for rule in context.facts.broken], **NO_PROPOSAL}


_COLUMNS: dict[ReactivationAction, Callable[[Context], Columns]] = {
    A.SUBMIT: lambda context: {"submitted_at": context.now},
    A.ASK: lambda context: {"asked_at": context.now, "asked": context.facts.asked.strip(), **_named(context)},
    A.PROPOSE: lambda context: {"proposed_at": context.now, "proposed_by": context.actor.account_id},
    A.TAKE_BACK: lambda _context: NO_PROPOSAL,
    A.APPROVE: lambda context: {**_decided(context, "approved"), "broken": []},
    A.REFUSE: lambda context: {**_decided(context, "refused"), **_named(context)},
    A.WITHDRAW: lambda _context: {"end_reason": "withdrawn", **NO_PROPOSAL},
    A.LAPSE: lambda _context: {"end_reason": "lapsed", **NO_PROPOSAL},
}


def story(context: Context, action: ReactivationAction, to: ReactivationState) -> dict[str, Any]:
    """Return what the journal keeps: codes and opaque ids only."""
    row = context.reactivation
    told: dict[str, Any] = {
        "reactivation": str(row.pk),
        "from": row.state,
        "to": to.value,
        "version": row.version + 1,
        "case": row.case.reference,
    }
    if action in {A.ASK, A.REFUSE}:
        told["broken"] = [rule.value for rule in context.facts.broken]
    if action is A.SUBMIT:
        told |= {"document": row.document_type, "policy": row.policy_version}
    if action is A.APPROVE:
        told["proposed_by"] = f"staff:{row.proposed_by}"
    return told
