"""Commands do what their caller may: who acts as staff is named, and no command decides in place of a person (L06)."""

import ast
from uuid import uuid4

import pytest

from accounts.actors import Actor
from accounts.enums import ActorKind, Role
from accounts.powers import every
from closure.enums import ClosureAction
from closure.permissions import Who
from closure.transitions import TRANSITIONS
from tests.architecture.source import modules

COMMANDS = [module for module in modules("accounts", "closure", "portal") if ".management.commands." in module.name]
# Its officer is named by --by, and asked for by the same operations as at the console (test_legal_hold.py).
AS_STAFF = {"closure.management.commands.legal_hold"}
DECISIONS = frozenset({ClosureAction.PROPOSE, ClosureAction.APPROVE, ClosureAction.ASK, ClosureAction.REJECT})

pytestmark = pytest.mark.row("L06")


def made_in(module: ast.Module) -> set[str]:
    """Return how a module makes actors: `staff` for Actor.staff(...), `Actor` for Actor(...)."""
    calls = (ast.unparse(node.func) for node in ast.walk(module) if isinstance(node, ast.Call))
    return {call.removeprefix("Actor.") for call in calls if call == "Actor" or call.startswith("Actor.")}


def test_commands_act_as_the_system_or_as_whom_they_name() -> None:
    made = {module.name: made_in(module.tree) for module in COMMANDS}
    assert {name for name, kinds in made.items() if kinds - {"system"}} == AS_STAFF
    assert [kinds for name, kinds in made.items() if name in AS_STAFF] == [{"staff"}]


@pytest.mark.parametrize("kind", [kind for kind in ActorKind if kind is not ActorKind.STAFF])
def test_nobody_but_staff_has_a_power_whatever_their_roles(kind: ActorKind) -> None:
    actor = Actor(kind=kind, account_id=uuid4(), roles=frozenset(Role), name="command")
    assert [power for power in every() if actor.may(power)] == []


def test_what_people_decide_the_system_does_not() -> None:
    people = {Who.A, Who.L, Who.X}
    decided = {key: row.roles for key, row in TRANSITIONS.items() if key[1] in DECISIONS}
    assert {action for _state, action in decided} == DECISIONS
    assert [key for key, roles in decided.items() if not roles <= people] == []
