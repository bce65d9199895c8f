"""The state of one account for whoever runs the portal, redacted: keys, codes and times, and nobody's data."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts import cases, restrictions
from accounts.models import Account, Event, OutboxMessage
from accounts.verification import upkeep
from closure import queries
from closure.models import ClosureRequest, Effect
from closure.retention import hold_queries

Facts = Mapping[str, Any]
# The newest events are enough to see what happened; `export_journal` has all of them.
EVENTS = 10


def inspect(account: Account) -> list[tuple[str, Facts]]:
    """Return facts as (what they are about, {name: value}); values are JSON: texts, numbers, lists, None.

    No contact, name, address, document or free text, masked ones neither: it may be read without a reason
    (invariant 24) and pasted into a ticket.
    """
    return [
        ("account", _account(account)),
        *_each("factor", _factors(account)),
        *_each("restriction", _restrictions(account)),
        *_each("closure", map(_request, queries.for_account(account))),
        *_each("call", _calls(account)),
        *_each("case", _cases(account)),
        *_each("message", _messages(account)),
        *_each("event", _events(account)),
    ]


def _each(about: str, found: Iterable[Facts]) -> list[tuple[str, Facts]]:
    return [(about, facts) for facts in found]


def _account(account: Account) -> Facts:
    return {
        "id": str(account.pk),
        "status": account.status,
        "since": _text(account.status_changed_at),
        "created": _text(account.created_at),
        "last_active": _text(account.last_active_at),
        "withdrawals_held_until": _text(account.withdrawals_held_until),
        "identity": {"level": account.identity_level, "status": account.identity_status},
        "has": [name for name in ("email", "phone", "name") if getattr(account, name)],
        "staff": account.is_staff,
        "legal_hold": hold_queries.of_accounts().filter(account_id=account.pk).exists(),
    }


def _factors(account: Account) -> list[Facts]:
    return [
        {"kind": factor.kind.value, "since": _text(factor.since), "last_used": _text(factor.last_used_at)}
        for factor in upkeep.enrolled(account)
    ]


def _restrictions(account: Account) -> list[Facts]:
    return [{"kind": each.kind, "since": _text(each.placed_at)} for each in restrictions.active(account.pk)]


def _request(request: ClosureRequest) -> Facts:
    return {
        "reference": request.reference,
        "state": request.state,
        "version": request.version,
        "policy": f"{request.policy_name} {request.policy_version}",
        "submitted": _text(request.submitted_at),
        "finalizes_after": _text(request.finalizes_after),
        "finalizes_before": _text(request.finalizes_before),
        "release_at": _text(request.release_at),
        "held": request.held_reasons,
        "flags": request.flags,
        "steps": {name: step["state"] for name, step in request.plan.items()},
        "sealed": _text(request.sealed_at),
        "parked": _text(request.parked_at),
        "ended": _text(request.ended_at),
    }


def _calls(account: Account) -> list[Facts]:
    found = Effect.objects.filter(account_id=account.pk).order_by("id")
    return [{"key": each.key, "state": each.state, "attempts": each.attempts} for each in found]


def _cases(account: Account) -> list[Facts]:
    return [
        {"reference": each.reference, "kind": each.kind, "state": each.state} for each in cases.of_account(account.pk)
    ]


def _messages(account: Account) -> list[Facts]:
    found = OutboxMessage.objects.filter(account_id=account.pk).order_by("id")
    return [{"template": each.template, "channel": each.channel, "state": each.state} for each in found]


def _events(account: Account) -> list[Facts]:
    newest = Event.objects.filter(account_id=account.pk).order_by("-id")[:EVENTS]
    return [{"at": _text(each.at), "action": each.action} for each in newest]


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
