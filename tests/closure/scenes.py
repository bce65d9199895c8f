"""Closure requests in any state, made past the rules, for tests that ask what the rules say then."""

from datetime import datetime, timedelta
from typing import Any

from accounts.actors import Actor
from accounts.enums import AccountStatus, ActorKind, FactorKind, Purpose, Role
from accounts.ids import uuid7
from accounts.models import Account, Event
from accounts.verification.step_up import StepUpProof
from closure import lifecycle
from closure.enums import FINAL_STATES, ClosureState, Moment, RequestChannel, Verdict
from closure.facts import Submission
from closure.finalization.plan import ORDER
from closure.models import CheckRun, ClosureRequest, Effect
from closure.notes import NOTE_CODES
from closure.policy import loader
from closure.policy.schema import Policy

S = ClosureState
SYSTEM = Actor.system("tests")
STAFF_KEYS = {role: uuid7() for role in Role}
WAIT = timedelta(days=7)


def staff(role: Role, *more: Role) -> Actor:
    """Return a member of staff with these roles; the same role is the same person."""
    return Actor(kind=ActorKind.STAFF, account_id=STAFF_KEYS[role], roles=frozenset({role, *more}))


def make_request(account: Account, state: ClosureState, *, now: datetime, **fields: Any) -> ClosureRequest:
    """Make a request that stands in `state`, with its account as it would be then; every note is acknowledged."""
    policy = fields.pop("pinned", None) or loader.load("standard")
    submitted = {} if state in {S.DRAFT, S.EXPIRED} else _submitted(now)
    held = {"held_at": now, "held_from": S.IN_REVIEW, "held_reasons": ["blocker"]} if state is S.HELD else {}
    ended = {"ended_at": now, "end_reason": "test"} if state in FINAL_STATES else {}
    columns = {
        "channel": RequestChannel.WEB,
        "created_at": now,
        "touched_at": now,
        "acknowledged": dict.fromkeys(NOTE_CODES, now.isoformat()),
        **lifecycle.pin(policy),
        **submitted,
        **held,
        **ended,
        **fields,
    }
    request = ClosureRequest.objects.create(account=account, state=state, **columns)
    put(account, _STATUS.get(state, AccountStatus.FROZEN))
    return request


_STATUS = {
    S.DRAFT: AccountStatus.ACTIVE,
    S.EXPIRED: AccountStatus.ACTIVE,
    S.CANCELLED: AccountStatus.ACTIVE,
    S.REJECTED: AccountStatus.ACTIVE,
    S.CLOSED: AccountStatus.CLOSED,
}


def put(account: Account, status: AccountStatus) -> None:
    """Put an account into a status, past the rules."""
    Account.objects.filter(pk=account.pk).update(status=status)
    account.refresh_from_db()


def _submitted(now: datetime) -> dict[str, Any]:
    return {
        "submitted_at": now,
        "finalizes_after": now + WAIT,
        "finalizes_before": now + WAIT + timedelta(days=1),
        "release_at": now + timedelta(days=30),
    }


def make_run(
    request: ClosureRequest,
    *,
    now: datetime,
    moment: Moment = Moment.SWEEP,
    blockers: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    unknown: bool = False,
    **fields: Any,
) -> CheckRun:
    """Keep a check that found these codes, in the spot wallet."""
    verdict = Verdict.WARNING if warnings else Verdict.CLEAR
    verdict = Verdict.BLOCKED if blockers else verdict
    columns = {
        "verdict": Verdict.UNKNOWN if unknown else verdict,
        "policy_version": request.policy_version,
        "snapshot_at": now,
        "withdrawn_usdt": "0",
        "created_at": now,
        "result": {
            "blockers": [_finding(code, Verdict.BLOCKED) for code in blockers],
            "warnings": [_finding(code, Verdict.WARNING) for code in warnings],
        },
        **fields,
    }
    return CheckRun.objects.create(account=request.account, request=request, moment=moment, **columns)


def _finding(code: str, verdict: Verdict) -> dict[str, Any]:
    found = [{"asset": "BTC", "amount": "1", "value_usdt": "1"}]
    said = {"why": f"Why {code}.", "how": f"How {code}.", "remedy": None, "clears_at": None}
    return {"code": code, "area": "spot", "verdict": verdict.value, "found": found, **said}


def make_submission(now: datetime, **fields: Any) -> Submission:
    """Return what submission would decide without flags."""
    facts: dict[str, Any] = {
        "finalizes_after": now + WAIT,
        "finalizes_before": now + WAIT + timedelta(days=1),
        "release_at": now + timedelta(days=30),
        "flags": (),
        "review_due": False,
        "four_eyes_due": False,
        **fields,
    }
    return Submission(**facts)


def make_proof(account: Account, purpose: Purpose = Purpose.CANCEL_CLOSURE) -> StepUpProof:
    """Return what a complete verification with an authenticator would prove."""
    kinds = frozenset({FactorKind.TOTP})
    return StepUpProof(step_up_id=uuid7(), account_id=account.pk, purpose=purpose, digest=b"d" * 32, kinds=kinds)


def finished_plan() -> dict[str, Any]:
    """Return a plan of which only closing is left."""
    passed = {step.value: {"state": "done", "attempts": 1} for step in ORDER}
    return {**passed, ORDER[-1].value: {"state": "running", "attempts": 1}}


def events(request: ClosureRequest) -> list[str]:
    """Return the codes of what the journal says about a request's account, oldest first."""
    kept = Event.objects.filter(account_id=request.account_id, action__startswith="closure.")
    return list(kept.order_by("id").values_list("action", flat=True))


def effects_of(request: ClosureRequest) -> list[str]:
    """Return the calls to the core that wait, oldest first."""
    return list(Effect.objects.filter(request=request).order_by("id").values_list("kind", flat=True))


def with_policy(**sections: Any) -> Policy:
    """Return the standard policy with some sections replaced: `with_policy(cancelling=...)`."""
    standard = loader.load("standard")
    return type(standard)(**{**{name: getattr(standard, name) for name in standard.__dataclass_fields__}, **sections})


def frozen_picture(request: ClosureRequest) -> tuple[Any, ...]:
    """Return everything that a refused action must leave as it is."""
    row = ClosureRequest.objects.filter(pk=request.pk).values().get()
    kept = Account.objects.filter(pk=request.account_id).values().get()
    account = {name: bytes(value) if isinstance(value, memoryview) else value for name, value in kept.items()}
    return row, account, Event.objects.count(), Effect.objects.count()
