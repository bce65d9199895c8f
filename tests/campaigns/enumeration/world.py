"""Who the campaign asks about: as many people of each class, with names of one length, and their counters."""

from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from accounts.enums import AccountStatus
from accounts.ids import new_reference
from accounts.models import Account, Attempt, Case, OutboxMessage, Session, Tally
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.retention.erase import erase_accounts
from tests.closure.closing import make_request
from tests.factories import make_account

UNKNOWN, WRONG, CLOSED, FROZEN, DISABLED = "unknown", "wrong password", "closed", "frozen", "disabled"
CLASSES = (WRONG, UNKNOWN, CLOSED, FROZEN, DISABLED)
# A class of its own, so that its people have budgets of their own.
PLANTED = "planted"
LIKE_WRONG = frozenset({WRONG, PLANTED})


@dataclass(frozen=True, kw_only=True)
class Person:
    """One address, and the reference of a request: their own, or one that nobody has."""

    email: str
    reference: str


World = dict[str, list[Person]]


def make_world(people: int, *, chance: Random, now: datetime) -> World:
    """Make so many people of each class; nobody is behind the addresses of `unknown`."""
    every = (*CLASSES, PLANTED)
    return {of: [_person(of, f"{chance.getrandbits(48):012x}", now) for _each in range(people)] for of in every}


def _person(of: str, name: str, now: datetime) -> Person:
    nobodys = Person(email=f"{name}@example.test", reference=new_reference("CL"))
    if of == UNKNOWN:
        return nobodys
    account = make_account(name)
    if of in LIKE_WRONG:
        return nobodys
    if of == DISABLED:
        Account.objects.filter(pk=account.pk).update(status=AccountStatus.DISABLED)
        return nobodys
    request = make_request(account, now=now, state=ClosureState.COOLING_OFF)
    if of == CLOSED:
        ClosureRequest.objects.filter(pk=request.pk).update(state=ClosureState.CLOSED, ended_at=now)
        Account.objects.filter(pk=account.pk).update(status=AccountStatus.CLOSED)
        erase_accounts([account.pk])
    return replace(nobodys, reference=request.reference)


def forget_counters() -> None:
    """Start every budget anew, and throw away what was queued, so that each round meets the same tables."""
    for model in (Attempt, Tally, OutboxMessage, Session, Case):
        model.objects.all().delete()
