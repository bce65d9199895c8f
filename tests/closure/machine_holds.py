"""What two officers can do with the newest legal hold of an account, right or wrong, for the machine."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from accounts.actors import Actor
from accounts.exceptions import PortalError
from closure.retention import holds
from closure.retention.models import LegalHold
from tests.holding import officer
from tests.holding import place as place_hold

HoldVerb = Callable[[UUID, Actor, datetime], object]
OFFICERS = (officer("olga"), officer("omar"))


def place(account_id: UUID, actor: Actor, now: datetime) -> object:
    return place_hold(account_id, now=now, actor=actor)


def confirm(account_id: UUID, actor: Actor, now: datetime) -> object:
    return holds.confirm(_newest(account_id), reason="x", actor=actor, now=now)


def propose_to_lift(account_id: UUID, actor: Actor, now: datetime) -> object:
    return holds.propose_lift(_newest(account_id), reason="x", actor=actor, now=now)


def lift(account_id: UUID, actor: Actor, now: datetime) -> object:
    return holds.lift(_newest(account_id), reason="x", actor=actor, now=now)


HOLD_VERBS: tuple[HoldVerb, ...] = (place, confirm, propose_to_lift, lift, lift)


def free(account_id: UUID, now: datetime) -> None:
    """Let two officers lift every hold that stands, whoever of them proposed it."""
    while LegalHold.objects.filter(account_id=account_id, lifted_at=None).exists():
        for verb, number in ((propose_to_lift, 0), (lift, 1), (lift, 0)):
            with suppress(PortalError):
                verb(account_id, OFFICERS[number], now)


def _newest(account_id: UUID) -> UUID:
    """Return the newest hold that stands, else one that nobody placed."""
    standing = LegalHold.objects.filter(account_id=account_id, lifted_at=None).order_by("-id")
    return standing.values_list("id", flat=True).first() or account_id
