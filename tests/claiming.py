"""Late deposits for tests: reports of the core, and accounts that are closed or on their way."""

from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import Account
from closure.claims import Report, take
from closure.enums import ClosureState, CoreEventKind
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest, DepositClaim
from tests.closure.closing import approved
from tests.closure.racing.scenes import waiting


def due(*, now: datetime) -> ClosureRequest:
    """Make a customer with nothing left whose wait is over; the journal tells how that came about."""
    [scene] = waiting(1, now, ClosureState.APPROVED)
    return scene.request


def closed(*, now: datetime) -> Account:
    """Make a customer whose account is closed."""
    request = due(now=now)
    assert finalize_due(now=now).closed == 1
    return Account.objects.get(pk=request.account_id)


def locked(*, now: datetime) -> Account:
    """Make a customer whose deposits are locked, and whose plan does not get further: no policy can be read."""
    request = due(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(policy={"broken": True})
    finalize_due(now=now)
    return request.account


def claim_of(name: str, *, now: datetime) -> DepositClaim:
    """Make a closed customer of this name with a claim; everybody else who is due closes too."""
    request = approved(name, now=now)
    finalize_due(now=now)
    take(report(request.account_id, at=now), now=now)
    return DepositClaim.objects.get(account_id=request.account_id)


def report(account_id: UUID, *, at: datetime, **facts: Any) -> Report:
    """Return what the core tells of a late deposit."""
    told = {"event_id": "core-1", "kind": CoreEventKind.LATE_DEPOSIT, "asset": "BTC", "amount": "0.50", **facts}
    return Report(account_id=account_id, at=at, **told)
