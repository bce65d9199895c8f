"""Where somebody is signed in, and ending it elsewhere (N06)."""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import client
from accounts.enums import Action, SessionKind
from accounts.journal import record
from accounts.models import Account, Session, SignIn
from accounts.sessions import key_digest
from accounts.verification.enrollment import themselves

SIGNED_IN = frozenset({SessionKind.CUSTOMER, SessionKind.STAFF})
ENDED = SIGNED_IN | {SessionKind.SIGNING_IN}
# Under this name a session knows the sign-in that opened it.
SIGN_IN = "sign_in"


@dataclass(frozen=True, kw_only=True)
class Device:
    """One session of the owner; `browser` and `system` are empty where we do not know them."""

    browser: str
    system: str
    network: str
    since: datetime
    current: bool


def digest_of(session_key: str | None) -> bytes | None:
    """Return what the table knows a session by."""
    return key_digest(session_key) if session_key else None


def of_account(account: Account, *, current: bytes | None, now: datetime) -> list[Device]:
    """Return the sessions that are signed in, the newest first."""
    mine = Session.objects.filter(account_id=account.pk, kind__in=sorted(SIGNED_IN), expires_at__gt=now)
    rows = list(mine.order_by("-created_at", "-id"))
    opened = {row.pk: _sign_in_of(row) for row in rows}
    known = SignIn.objects.in_bulk([key for key in opened.values() if key is not None])
    return [_device(row, known.get(key) if (key := opened[row.pk]) else None, current=current) for row in rows]


def end_others(account: Account, *, keep: bytes | None, now: datetime) -> int:
    """End every session but one, half-finished sign-ins too, and journal it; return how many."""
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        others = Session.objects.filter(account_id=owner.pk, kind__in=sorted(ENDED)).exclude(key_digest=keep or b"")
        count, _by_model = others.delete()
        record(Action.SESSIONS_ENDED, actor=themselves(owner), at=now, account=owner, data={"sessions": count})
    return count


def _sign_in_of(row: Session) -> UUID | None:
    try:
        return UUID(str(json.loads(row.data).get(SIGN_IN, "")))
    except ValueError:
        return None


def _device(row: Session, opened: SignIn | None, *, current: bytes | None) -> Device:
    browser, system = client.family(opened.user_agent) if opened else ("", "")
    return Device(
        browser=browser,
        system=system,
        network=opened.address_hint if opened else "",
        since=opened.at if opened else row.created_at,
        current=bytes(row.key_digest) == current,
    )
