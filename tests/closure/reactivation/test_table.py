"""The table of reactivating, cell by cell, against the specification as it is written here a second time."""

from datetime import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import NotAllowed
from accounts.ids import uuid7
from accounts.models import Account, Event
from accounts.presenters import WORDS
from closure.enums import ReactivationAction, ReactivationState
from closure.exceptions import TransitionRefused
from closure.models import Reactivation
from closure.reactivation.exceptions import UnknownReactivation
from closure.reactivation.lifecycle import apply
from closure.reactivation.rules import Rule
from closure.reactivation.table import TRANSITIONS
from tests.closure.reactivating import disabled, make_reactivation, me
from tests.closure.scenes import SYSTEM, staff
from tests.factories import make_account

# state, action: where it leads, who may; in the letters of the specification, A includes leads.
SPECIFIED: dict[tuple[str | None, str], tuple[str, str]] = {
    (None, "start"): ("draft", "S"),
    ("draft", "submit"): ("submitted", "S"),
    ("needs_more", "submit"): ("submitted", "S"),
    ("submitted", "ask"): ("needs_more", "A"),
    ("submitted", "propose"): ("submitted", "A"),
    ("submitted", "take_back"): ("submitted", "sys"),
    ("submitted", "approve"): ("approved", "L"),
    ("submitted", "refuse"): ("refused", "A"),
    **{(state, "withdraw"): ("withdrawn", "S") for state in ("draft", "submitted", "needs_more")},
    **{(state, "lapse"): ("withdrawn", "sys") for state in ("draft", "submitted", "needs_more")},
}
FACTS: dict[str, Any] = {"seen_version": 0, "broken": (Rule.LIGHT,), "asked": "In daylight, please."}


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


def actors(account: Account) -> dict[str, Actor]:
    """Return one actor for each letter, and those who hold something of the owner's and are not them."""
    return {
        "C": Actor.customer(account),
        "S": me(account),
        "status session of a closure": Actor.status_session(account.pk),
        "M": Actor.link(account.pk),
        "A": staff(Role.AGENT),
        "L": staff(Role.LEAD),
        "X": staff(Role.COMPLIANCE),
        "auditor": staff(Role.AUDITOR),
        "sys": SYSTEM,
        "core": Actor.core(),
    }


def outcome(row: Reactivation, action: ReactivationAction, actor: Actor, now: datetime) -> str:
    try:
        apply(row.pk, action, actor=actor, reason="because", now=now, **FACTS)
    except NotAllowed:
        return "not_allowed"
    except TransitionRefused as error:
        return error.code
    return "moved"


def picture(row: Reactivation) -> tuple[Any, ...]:
    account = Account.objects.filter(pk=row.account_id).values("status", "password", "withdrawals_held_until").get()
    return Reactivation.objects.filter(pk=row.pk).values().get(), account, Event.objects.count()


@pytest.mark.row("J07")
def test_table_is_the_specification() -> None:
    table = {
        (None if state is None else state.value, action.value): (row.to.value, {who.value for who in row.roles})
        for (state, action), row in TRANSITIONS.items()
    }
    assert table == {key: (to, set(roles.split())) for key, (to, roles) in SPECIFIED.items()}
    assert [key[1].value for key, row in TRANSITIONS.items() if row.returns] == ["approve"]
    assert [row.event for row in TRANSITIONS.values() if not row.event.startswith("reactivation.")] == []


def test_every_event_has_words_for_staff() -> None:
    assert [row.event for row in TRANSITIONS.values() if row.event not in WORDS] == []


@pytest.mark.row("J17")
@pytest.mark.django_db
@pytest.mark.parametrize("state", ReactivationState)
def test_pairs_not_listed_are_refused_to_everybody(state: ReactivationState, ana: Account, now: datetime) -> None:
    row = make_reactivation(ana, state, now=now)
    before = picture(row)
    unlisted = [action for action in ReactivationAction if (state.value, action.value) not in SPECIFIED]
    outcomes = {
        (action, letter): outcome(row, action, actor, now)
        for action in unlisted
        for letter, actor in actors(ana).items()
    }
    assert outcomes == dict.fromkeys(outcomes, "transition_refused")
    assert (len(outcomes), picture(row)) == (len(unlisted) * 10, before)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "submitted", "needs_more"])
def test_pairs_listed_are_refused_to_all_others(state: str, ana: Account, now: datetime) -> None:
    row = make_reactivation(ana, ReactivationState(state), now=now)
    before = picture(row)
    refused = {
        (action, letter): outcome(row, ReactivationAction(action), actor, now)
        for (of_state, action), (_to, roles) in SPECIFIED.items()
        if of_state == state
        for letter, actor in actors(ana).items()
        if letter != roles and not (letter == "L" and roles == "A")
    }
    assert refused == dict.fromkeys(refused, "not_allowed")
    assert picture(row) == before


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["draft", "submitted", "needs_more"])
def test_pairs_listed_are_refused_to_the_owner_of_another_and_to_staff_about_themselves(
    state: str, ana: Account, now: datetime
) -> None:
    row, bob = make_reactivation(ana, ReactivationState(state), now=now), make_account("bob")
    herself = Actor(kind=staff(Role.LEAD).kind, account_id=ana.pk, roles=frozenset(Role))
    before = picture(row)
    listed = [ReactivationAction(action) for of_state, action in SPECIFIED if of_state == state]
    outcomes = [outcome(row, action, actor, now) for action in listed for actor in (me(bob), herself)]
    assert outcomes == ["not_allowed"] * len(listed) * 2
    assert picture(row) == before


@pytest.mark.django_db
def test_unknown_one_is_nobodys(now: datetime) -> None:
    with pytest.raises(UnknownReactivation):
        apply(uuid7(), ReactivationAction.SUBMIT, actor=SYSTEM, reason="", now=now)
