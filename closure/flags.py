"""Why a person should look at a submission: recent changes, withdrawals, deposits, names, faces (docs/lifecycle.md)."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from accounts.enums import Action
from accounts.models import Account, Event
from closure import exchange
from closure.brake import CONTACT_CHANGES
from closure.enums import TransactionKind
from closure.models import CheckRun, ClosureRequest
from closure.policy.schema import Policy, Review

BRAKE = "brake"
CONTACT_CHANGE = "contact_change"
LARGE_WITHDRAWALS = "large_withdrawals"
DEPOSIT = "deposit"
NAME_MISMATCH = "name_mismatch"
FACE_DECLINED = "face_declined"
# As long as withdrawals are looked back upon.
NAMES_LOOK_BACK = timedelta(days=30)
NAME = "name"


def of_submission(
    request: ClosureRequest, account: Account, policy: Policy, run: CheckRun, *, changes: set[str], now: datetime
) -> list[str]:
    """Return the flags of a submission made now; what is not known flags too: fail closed (A19)."""
    found = {
        BRAKE: bool(changes),
        CONTACT_CHANGE: bool(changes & CONTACT_CHANGES),
        LARGE_WITHDRAWALS: above(withdrawn(run), policy.review.flagged_above),
        DEPOSIT: reviews_flagged(policy) and received_since(account.pk, request.created_at),
        NAME_MISMATCH: name_mismatch(account.pk, since=now - NAMES_LOOK_BACK),
    }
    return [flag for flag, is_so in found.items() if is_so]


def reviews_flagged(policy: Policy) -> bool:
    """Tell whether a flag brings a submission to staff."""
    return policy.review.mode is Review.IF_FLAGGED


def withdrawn(run: CheckRun) -> Decimal | None:
    """Return the USDT withdrawn in 30 days; None when any was unpriced or they were unreadable."""
    return Decimal(run.withdrawn_usdt) if run.withdrawn_usdt else None


def above(amount: Decimal | None, line: Decimal) -> bool:
    """Tell whether an amount is above a line; one that is not known is above every line."""
    return amount is None or amount > line


def received_since(account_id: UUID, since: datetime) -> bool:
    """Tell whether a deposit arrived since then; asks the core, and a core that does not answer counts as yes."""
    try:
        listed = exchange.get_gateway().transactions(account_id)
        return any(each.kind is TransactionKind.DEPOSIT and each.time >= since for each in listed)
    except Exception:  # noqa: BLE001  (whatever an adapter throws or answers: unknown flags)
        return True


def name_mismatch(account_id: UUID, *, since: datetime) -> bool:
    """Tell whether a name was given since then that differs from the verified one that was on file."""
    updates = Event.objects.filter(account_id=account_id, action=Action.ACCOUNT_UPDATED, at__gte=since)
    bodies = updates.values_list("body", flat=True)
    return any(NAME in json.loads(bytes(body))["data"].get("mismatch", ()) for body in bodies)
