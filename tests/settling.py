"""Matters in tests: what restricts an account is placed, and its owner begins to settle it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import case_messages, matters, restrictions
from accounts.actors import Actor
from accounts.enums import MatterKind, RestrictionKind
from accounts.matters import Home
from accounts.models import Account, Event, Matter
from closure.exchange.importing import holdings
from closure.exchange.importing.shape import read_record
from closure.operations import evidence
from tests.closure.evidencing import kept
from tests.factories import make_account

CANADA = Home(country="CA", region="BC")
SEEN = "Looked at for the matter."


def restrict(account: Account, *kinds: str, now: datetime) -> None:
    """Place these kinds, by the portal itself."""
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        for kind in kinds:
            restrictions.place(locked, RestrictionKind(kind), actor=Actor.system("tests"), note="", now=now)


def indebted(name: str, now: datetime, **owed: str) -> Account:
    """Make a customer with a negative balance, of these assets at the core."""
    account = make_account(name)
    debts = [{"asset": asset, "amount": amount} for asset, amount in owed.items()]
    holdings.replace(account.pk, read_record({"email": "x@example.test", "debts": debts}), is_new=True)
    restrict(account, RestrictionKind.NEGATIVE_BALANCE, now=now)
    return account


def begin(account: Account, kind: MatterKind, *, now: datetime, text: str = "As I said.", **more: Any) -> Matter:
    """Open a matter for its owner, who lives in Canada now where that is asked."""
    home = {"home": CANADA} if kind is MatterKind.UNSUPPORTED_REGION else {}
    return matters.begin(account.pk, kind, text, actor=Actor.customer(account), now=now, **{**home, **more})


def shown(matter: Matter, *lookers: Account, now: datetime) -> Matter:
    """Send a photo for a matter, at which each of these has looked, and which they have read."""
    row = kept(matter.case, now=now)
    for looker in lookers:
        evidence.look(row.pk, reason=SEEN, actor=Actor.staff(looker), now=now)
    return heard(matter, *lookers, now=now)


def heard(matter: Matter, *readers: Account, now: datetime) -> Matter:
    """Have each of these read what was written for a matter."""
    for reader in readers:
        case_messages.read(matter.case_id, actor=Actor.staff(reader), reason=SEEN, now=now)
    return matter


def events(account: Account, *prefixes: str) -> list[str]:
    """Return what happened to an account, oldest first, as far as it is about these."""
    actions = Event.objects.filter(account_id=account.pk).order_by("id").values_list("action", flat=True)
    return [action for action in actions if action.startswith(prefixes)]
