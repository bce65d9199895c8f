"""Turns rows into answers; the shapes are in serializers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.api.views import as_state
from accounts.enums import SECOND_FACTORS, IdentityStatus
from accounts.models import Account, StepUp
from accounts.verification import step_up as steps
from closure import causes, desk, journey, queries, timeline, verification
from closure.enums import ClosureState
from closure.models import CheckRun, ClosureRequest
from closure.policy import loader
from closure.preflight.difference import Change, difference
from closure.preflight.verdict import Check, from_dict
from closure.welcome import gate

STATUS_PATH = "/status/"
CodedTexts = list[dict[str, str]]
FINDING = ("code", "area", "verdict", "found", "why", "how", "remedy", "clears_at", "condition")


def account(of: Account, *, now: datetime) -> dict[str, Any]:
    """Return the signed-in account."""
    held = of.withdrawals_held_until
    return {
        "email": of.email,
        "phone": of.phone,
        "name": of.name,
        "status": of.status,
        "identity_level": of.identity_level,
        "identity_status": of.identity_status,
        "withdrawals_held_until": held if held is not None and now < held else None,
        "restrictions": _restrictions(of),
        "due": _due(of),
    }


def _restrictions(of: Account) -> CodedTexts:
    """Return what stands; legal and risk holds are one neutral line, however many there are (tipping-off)."""
    open_ones, held = causes.for_owner(of.pk)
    told = [{"code": str(each.kind), "text": str(each.get_kind_display())} for each in open_ones]
    if held:
        told.append({"code": "hold", "text": _("A legal or risk hold applies; we cannot say more.")})
    return told


def _due(of: Account) -> CodedTexts:
    due = []
    if not of.is_staff and not verification.enrolled_kinds(of, SECOND_FACTORS):
        due.append({"code": "second_factor", "text": _("Add a second factor: an authenticator app or your phone.")})
    if of.identity_status == IdentityStatus.REFRESH_DUE:
        due.append({"code": "identity_refresh", "text": _("Show your identity document again.")})
    if gate.standing(of.pk) is not None:
        due.append({"code": "welcome_back", "text": _("You were away for long. Look through your welcome-back list.")})
    draft = queries.open_of(of)
    if draft is not None:
        due.append({"code": "closure_open", "text": _("You began to close your account: finish, or let it lapse.")})
    return due


def check(of: Check) -> dict[str, Any]:
    """Return an account check; what only the portal needs to read it back stays out."""
    told = of.as_dict()
    for kind in ("blockers", "warnings"):
        told[kind] = [{name: each[name] for name in FINDING} for each in told[kind]]
    return told


def step_list(request: ClosureRequest, *, now: datetime) -> list[dict[str, str]]:
    """Return the steps of a draft; a request that was submitted has none left."""
    if request.state != ClosureState.DRAFT:
        return []
    return [{"name": each.name.value, "state": each.state.value} for each in journey.steps(request, now=now)]


def opened(request: ClosureRequest, *, now: datetime) -> dict[str, Any]:
    """Return a draft that was opened."""
    return {"reference": request.reference, "state": request.state, "steps": step_list(request, now=now)}


def closures(requests: Sequence[ClosureRequest], *, now: datetime) -> list[dict[str, Any]]:
    """Return requests as their owner sees them."""
    told = timeline.of_requests(requests)
    return [
        {
            **opened(request, now=now),
            "created_at": request.created_at,
            "submitted_at": request.submitted_at,
            "finalizes_after": request.finalizes_after,
            "finalizes_before": request.finalizes_before,
            "timeline": [
                {"at": each.at, "code": each.code, "text": each.text, "state": each.state.value}
                for each in told[request.pk]
            ],
            "face": face(request),
            "policy": {"name": request.policy_name, "version": request.policy_version},
        }
        for request in requests
    ]


def face(request: ClosureRequest) -> dict[str, Any]:
    """Return whether a face check is due, of a draft by its policy, whether the customer agreed, and its outcome."""
    due = request.face_due
    if request.state == ClosureState.DRAFT:
        due = verification.asks_face(loader.from_pinned(request.policy), request.account)
    return {"due": due, "consent": request.face_consent, "outcome": request.face_outcome}


def verification_state(step_up: StepUp) -> dict[str, Any]:
    """Return all accepted factors of a verification and what became of each."""
    return {
        "expires_at": step_up.expires_at,
        "needed": step_up.needed,
        "factors": [as_state(state) for state in steps.factors(step_up)],
    }


def submitted(request: ClosureRequest) -> dict[str, Any]:
    """Return a request that was just submitted."""
    return {
        "state": request.state,
        "reference": request.reference,
        "finalizes_after": request.finalizes_after,
        "finalizes_before": request.finalizes_before,
        "status_url": f"{settings.PORTAL_ORIGIN}{STATUS_PATH}",
    }


def changed_check(seen: CheckRun | None, latest: CheckRun | None) -> dict[str, Any]:
    """Return the account check of now, its key, and what is different from the one that was looked at."""
    if latest is None:
        return {"check": None, "seen_check": None, "changes": []}
    now = from_dict(latest.result)
    changes = [] if seen is None else difference(from_dict(seen.result), now)
    told = [
        {
            "change": state.value,
            "code": finding.code,
            "area": finding.area,
            "verdict": finding.verdict,
            "why": finding.why,
        }
        for state, finding in changes
        if state is not Change.SAME
    ]
    return {"check": check(now), "seen_check": str(latest.pk), "changes": told}


def queue_entry(request: ClosureRequest, *, known: Mapping[UUID, str], now: datetime) -> dict[str, Any]:
    """Return a request as staff see it in a list: nothing personal of its owner.

    `known` are the names of staff at work. The key of the newest check is `latest_check`, where the rows carry it.
    """
    by = desk.holder(request, now)
    return {
        "reference": request.reference,
        "state": request.state,
        "version": request.version,
        "due": request.finalizes_before,
        "account": request.account.short_id,
        "flags": request.flags,
        "face": face(request),
        "claimed_by": known[by] if by else None,
        "claimed_until": request.desk_until if by else None,
        "assigned_to": known[request.assigned_to] if request.assigned_to else None,
        "seen_check": getattr(request, "latest_check", None),
    }


def decided(request: ClosureRequest) -> dict[str, Any]:
    """Return where a request stands after a decision."""
    proposed = request.proposed_at is not None and request.reviewed_at is None
    return {"reference": request.reference, "state": request.state, "version": request.version, "proposed": proposed}
