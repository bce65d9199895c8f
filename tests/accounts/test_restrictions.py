"""Restrictions: who places, who lifts, and what customers are never told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from django.db import transaction

from accounts import chain
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, Action, IdentityStatus, RestrictionKind, Role
from accounts.exceptions import NotAllowed, SecondPersonRequired
from accounts.models import Account, Event, Note, Restriction
from accounts.restrictions import LiftRefused, active, lift, place, propose_lift
from tests.factories import make_account, make_staff
from tests.holding import officer

pytestmark = pytest.mark.django_db

R = RestrictionKind


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def placed(account: Account, kind: RestrictionKind, *, now: datetime, actor: Actor | None = None) -> Restriction:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        return place(locked, kind, actor=actor or Actor.system("tests"), note="order 12/2026", now=now)


def in_turn(verb: Callable[..., Restriction], restriction: Restriction, actor: Actor, *, now: datetime) -> Restriction:
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=restriction.account_id)
        return verb(restriction.pk, actor=actor, reason="cleared", now=now)


def lifted(restriction: Restriction, actor: Actor, *, now: datetime) -> Restriction:
    return in_turn(lift, restriction, actor, now=now)


def staff(role: Role) -> Actor:
    return Actor.staff(make_staff("sam", role))


@pytest.mark.parametrize("kind", list(R))
def test_every_kind_is_placed_and_journalled(ana: Account, now: datetime, kind: RestrictionKind) -> None:
    row = placed(ana, kind, now=now)
    assert [(r.kind, r.placed_at, r.placed_by) for r in active(ana.pk)] == [(kind, now, "system:tests")]
    event = Event.objects.get(action=Action.RESTRICTION_PLACED)
    assert Note.objects.get(event_id=event.pk).text == "order 12/2026"
    assert b"order" not in bytes(event.body)
    assert placed(ana, kind, now=now) == row
    assert (Event.objects.filter(action=Action.RESTRICTION_PLACED).count(), chain.verify()[1]) == (1, None)


@pytest.mark.row("A12")
def test_customer_places_and_lifts_nothing(ana: Account, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        placed(ana, R.FRAUD_ALERT, now=now, actor=Actor.customer(ana))
    for kind in R:
        with pytest.raises(NotAllowed):
            lifted(placed(ana, kind, now=now), Actor.customer(ana), now=now)
    assert len(active(ana.pk)) == len(R)


@pytest.mark.row("A12")
@pytest.mark.parametrize("kind", list(R))
@pytest.mark.parametrize("role", list(Role))
def test_roles_lift_what_is_theirs(ana: Account, now: datetime, kind: RestrictionKind, role: Role) -> None:
    row = placed(ana, kind, now=now)
    if kind in TIPPING_OFF:
        in_turn(propose_lift, row, officer("omar"), now=now)
    by_one = role in {Role.AGENT, Role.LEAD} and kind not in TIPPING_OFF
    may = kind is not R.NEGATIVE_BALANCE and (role is Role.COMPLIANCE or by_one)
    if may:
        lifted(row, staff(role), now=now)
    else:
        with pytest.raises(NotAllowed):
            lifted(row, staff(role), now=now)
    assert [each.pk for each in active(ana.pk)] == ([] if may else [row.pk])


@pytest.mark.parametrize("kind", list(R))
def test_core_lifts_settlement_alone(ana: Account, now: datetime, kind: RestrictionKind) -> None:
    row = placed(ana, kind, now=now)
    if kind is R.NEGATIVE_BALANCE:
        lifted(row, Actor.core(), now=now)
    else:
        with pytest.raises(NotAllowed):
            lifted(row, Actor.core(), now=now)
    assert active(ana.pk) == ([] if kind is R.NEGATIVE_BALANCE else [row])


def test_lifting_twice_is_lifting_once(ana: Account, now: datetime) -> None:
    row, sam = placed(ana, R.FRAUD_ALERT, now=now), staff(Role.AGENT)
    first = lifted(row, sam, now=now)
    assert (lifted(row, sam, now=now).lifted_at, first.lifted_by) == (now, sam.label)
    assert Event.objects.filter(action=Action.RESTRICTION_LIFTED).count() == 1


def test_lifted_restriction_may_come_again(ana: Account, now: datetime) -> None:
    first = placed(ana, R.FRAUD_ALERT, now=now)
    lifted(first, staff(Role.AGENT), now=now)
    assert placed(ana, R.FRAUD_ALERT, now=now) != first


@pytest.mark.row("K03", "L04")
@pytest.mark.parametrize("status", list(IdentityStatus))
def test_region_is_lifted_once_its_owner_is_verified(ana: Account, now: datetime, status: IdentityStatus) -> None:
    row, sam = placed(ana, R.UNSUPPORTED_REGION, now=now), staff(Role.AGENT)
    Account.objects.filter(pk=ana.pk).update(identity_status=status)
    if status is IdentityStatus.VERIFIED:
        assert lifted(row, sam, now=now).lifted_at == now
    else:
        with pytest.raises(LiftRefused, match="not verified"):
            lifted(row, sam, now=now)
        assert active(ana.pk) == [row]


def test_nobody_lifts_their_own(ana: Account, now: datetime) -> None:
    row = placed(ana, R.FRAUD_ALERT, now=now)
    with pytest.raises(SecondPersonRequired):
        lifted(row, replace(staff(Role.AGENT), account_id=ana.pk), now=now)
