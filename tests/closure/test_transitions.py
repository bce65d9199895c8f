"""The table of closing, cell by cell, against the specification as it is written here a second time."""

from datetime import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import NotAllowed
from accounts.models import Account
from closure import drawing, lifecycle
from closure.enums import ClosureAction, ClosureState
from closure.exceptions import TransitionRefused
from closure.management.commands.draw_lifecycle import FILE
from closure.transitions import TRANSITIONS
from tests.architecture.source import ROOT
from tests.closure.scenes import SYSTEM, frozen_picture, make_request, staff
from tests.factories import make_account

LIVE = ("cooling_off", "in_review", "approved", "finalizing", "held")
# state, action: where it may lead, who may; roles in the letters of the specification, A includes leads.
SPECIFIED: dict[tuple[str | None, str], tuple[str, str]] = {
    (None, "start"): ("draft", "C"),
    ("draft", "discard"): ("cancelled", "C"),
    ("draft", "lapse"): ("expired", "sys"),
    ("draft", "submit"): ("in_review cooling_off approved", "C"),
    ("in_review", "propose"): ("in_review", "A"),
    ("in_review", "approve"): ("cooling_off approved", "A L"),
    ("in_review", "ask"): ("held", "A"),
    ("held", "answer"): ("in_review held", "S"),
    ("held", "lapse"): ("rejected", "sys"),
    ("cooling_off", "elapse"): ("approved", "sys"),
    ("approved", "begin"): ("finalizing", "sys"),
    ("held", "resume"): ("in_review cooling_off approved", "sys"),
    ("in_review", "time_out"): ("rejected", "sys"),
    ("held", "time_out"): ("rejected", "sys"),
    ("finalizing", "park"): ("finalizing", "sys"),
    ("finalizing", "unpark"): ("finalizing", "sys"),
    ("finalizing", "finish"): ("closed", "sys"),
    **{(state, "hold"): ("held", "sys core A X") for state in LIVE},
    **{(state, "reject"): ("rejected", "A") for state in LIVE},
    **{(state, "cancel"): ("cancelled", "S A") for state in LIVE},
    **{(state, "dispute"): ("cancelled", "M") for state in LIVE},
    (None, "replay"): ("draft", "sys"),
    **{(state, "replay"): ("finalizing", "sys") for state in ("draft", *LIVE)},
    **{(state, "replace"): ("cancelled", "sys") for state in ("draft", *LIVE)},
}
ACCOUNT_MOVES = {"submit": "frozen", "finish": "closed", "dispute": "disabled + security_investigation"}
REPLAYING = {key for key in SPECIFIED if key[1] == "replay" and key[0] is not None}
RELEASING = {("held", "lapse"), *(key for key in SPECIFIED if key[1] in {"time_out", "reject", "cancel"})}


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def actors(account: Account) -> dict[str, Actor]:
    """Return one actor for each letter."""
    return {
        "C": Actor.customer(account),
        "S": Actor.status_session(account.pk),
        "M": Actor.link(account.pk),
        "A": staff(Role.AGENT),
        "L": staff(Role.LEAD),
        "X": staff(Role.COMPLIANCE),
        "auditor": staff(Role.AUDITOR),
        "sys": SYSTEM,
        "core": Actor.core(),
    }


def test_table_is_the_specification() -> None:
    table = {
        (None if state is None else state.value, action.value): (
            {to.value for to in row.to},
            {who.value for who in row.roles},
        )
        for (state, action), row in TRANSITIONS.items()
    }
    assert table == {key: (set(to.split()), set(roles.split())) for key, (to, roles) in SPECIFIED.items()}


def test_table_moves_accounts_as_specified() -> None:
    moves = {
        (state and state.value, action.value): row.account.value
        for (state, action), row in TRANSITIONS.items()
        if row.account.value != "same"
    }
    expected = {key: ACCOUNT_MOVES[key[1]] for key in SPECIFIED if key[1] in ACCOUNT_MOVES}
    replaying = dict.fromkeys(REPLAYING, "frozen, however it stood")
    assert moves == {**expected, **dict.fromkeys(RELEASING, "RELEASE"), **replaying}


def test_table_journals_every_row() -> None:
    assert [row.event for row in TRANSITIONS.values() if not row.event.startswith("closure.")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("state", ClosureState)
def test_pairs_not_listed_are_refused_to_everybody(state: ClosureState, ana: Account, now: datetime) -> None:
    request = make_request(ana, state, now=now)
    before = frozen_picture(request)
    unlisted = [action for action in ClosureAction if (state.value, action.value) not in SPECIFIED]
    outcomes = {
        (action, letter): _outcome(request.pk, action, actor, now)
        for action in unlisted
        for letter, actor in actors(ana).items()
    }
    assert outcomes == dict.fromkeys(outcomes, "transition_refused")
    assert len(outcomes) == len(unlisted) * 9
    assert frozen_picture(request) == before


@pytest.mark.row("A18", "L02")
@pytest.mark.django_db
@pytest.mark.parametrize("state", ClosureState)
def test_pairs_listed_are_refused_to_all_others(state: ClosureState, ana: Account, now: datetime) -> None:
    request = make_request(ana, state, now=now)
    before = frozen_picture(request)
    refused = {
        (action, letter): _outcome(request.pk, ClosureAction(action), actor, now)
        for (of_state, action), (_to, roles) in SPECIFIED.items()
        if of_state == state.value
        for letter, actor in actors(ana).items()
        if not _is_listed(letter, roles.split())
    }
    assert refused == dict.fromkeys(refused, "not_allowed")
    assert frozen_picture(request) == before


@pytest.mark.row("A18")
@pytest.mark.django_db
@pytest.mark.parametrize("state", ClosureState)
def test_pairs_listed_are_refused_to_another_customer(state: ClosureState, ana: Account, now: datetime) -> None:
    request, bob = make_request(ana, state, now=now), make_account("bob")
    before = frozen_picture(request)
    strangers = [Actor.customer(bob), Actor.status_session(bob.pk), Actor.link(bob.pk)]
    listed = [ClosureAction(action) for of_state, action in SPECIFIED if of_state == state.value]
    outcomes = [_outcome(request.pk, action, actor, now) for action in listed for actor in strangers]
    assert outcomes == ["not_allowed"] * len(listed) * 3
    assert frozen_picture(request) == before


@pytest.mark.django_db
@pytest.mark.parametrize("state", ClosureState)
def test_staff_never_act_on_their_own_request(state: ClosureState, ana: Account, now: datetime) -> None:
    request = make_request(ana, state, now=now)
    own = staff(Role.AGENT, Role.LEAD, Role.COMPLIANCE)
    herself = Actor(kind=own.kind, account_id=ana.pk, roles=own.roles)
    listed = [ClosureAction(action) for of_state, action in SPECIFIED if of_state == state.value]
    assert [_outcome(request.pk, action, herself, now) for action in listed] == ["not_allowed"] * len(listed)


def _is_listed(letter: str, roles: list[str]) -> bool:
    return letter in roles or (letter == "L" and "A" in roles)


def _outcome(request_id: Any, action: ClosureAction, actor: Actor, now: datetime) -> str:
    try:
        lifecycle.apply(request_id, action, actor=actor, reason="because", now=now)
    except (TransitionRefused, NotAllowed) as error:
        return error.code
    return "moved"


def test_document_is_what_the_table_says() -> None:
    assert (ROOT / FILE).read_text(encoding="utf-8") == drawing.document()


def test_document_is_written_and_checked_by_the_command(tmp_path: Any, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError):
        call_command("draw_lifecycle", check=True)
    call_command("draw_lifecycle")
    call_command("draw_lifecycle", check=True)
    assert (tmp_path / FILE).read_text(encoding="utf-8") == drawing.document()
