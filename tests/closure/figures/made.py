"""Requests as rows, as many as a test wants, past the rules: figures count what is there."""

from datetime import datetime, timedelta
from typing import Any

from accounts.ids import uuid7
from accounts.models import Account
from closure.enums import Area, ClosureState, Moment, RequestChannel, Verdict
from closure.models import CheckRun, ClosureRequest

S = ClosureState
ENDED = {
    "discarded": S.CANCELLED,
    "lapsed": S.EXPIRED,
    "cancelled_by_customer": S.CANCELLED,
    "cancelled_by_staff": S.CANCELLED,
    "disputed": S.CANCELLED,
    "rejected": S.REJECTED,
    "identity": S.REJECTED,
    "timed_out": S.REJECTED,
    "closed": S.CLOSED,
    "replaced": S.CANCELLED,
}
REVIEWER = uuid7()
BEFORE_SUBMITTING = frozenset({"discarded", "lapsed"})


def accounts(number: int, now: datetime) -> list[Account]:
    """Make so many bare accounts; an open request needs one of its own."""
    keys = [uuid7() for _each in range(number)]
    rows = [
        Account(pk=key, shard=key.int % 256, created_at=now, status_changed_at=now, last_active_at=now) for key in keys
    ]
    return Account.objects.bulk_create(rows, batch_size=1000)


def request(account: Account, state: ClosureState, at: datetime, **columns: Any) -> ClosureRequest:
    """Return a request that was started and, unless told otherwise, submitted at this time; not saved."""
    return ClosureRequest(
        **{
            "account": account,
            "state": state,
            "channel": RequestChannel.WEB,
            "created_at": at,
            "touched_at": at,
            "submitted_at": at,
            "finalizes_before": at,
            "policy": {},
            "policy_name": "standard",
            "policy_version": "1",
            "review_due": False,
            "reviewed_by": REVIEWER if "reviewed_at" in columns else None,
            **columns,
        }
    )


def ended(account: Account, reason: str, at: datetime, **columns: Any) -> ClosureRequest:
    """Return a request that ended in this way at this time, an hour after it was started; not saved."""
    submitted = {"submitted_at": None} if reason in BEFORE_SUBMITTING else {}
    told = {"ended_at": at, "end_reason": reason, **submitted, **columns}
    return request(account, ENDED[reason], at - timedelta(hours=1), **told)


def save(*rows: ClosureRequest) -> None:
    """Write rows."""
    ClosureRequest.objects.bulk_create(rows, batch_size=1000)


def check(account: Account, at: datetime, *blocking: Area, unknown: tuple[Area, ...] = ()) -> CheckRun:
    """Keep a check that found these areas blocked, and could not look at those."""
    found = [(area, Verdict.BLOCKED) for area in blocking] + [(area, Verdict.UNKNOWN) for area in unknown]
    verdict = found[-1][1] if found else Verdict.CLEAR
    return CheckRun.objects.create(
        account=account,
        moment=Moment.CHECK,
        verdict=verdict,
        policy_version="1",
        result={"blockers": [{"code": area, "area": area, "verdict": each} for area, each in found]},
        created_at=at,
    )
