"""Every call x everybody who may try it: who gets how far. Made from the URL configuration, so no call is forgotten."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from accounts.enums import Role
from accounts.models import Account
from closure.models import ClosureRequest
from tests.api import PROBLEM, Caller
from tests.closure import api_walk as walk
from tests.factories import make_account, make_staff
from tests.portal.routes import Call, calls

pytestmark = pytest.mark.django_db

# An empty body: who is let in meets a refusal of the shape or of the operation, or an answer.
EVENTS, DEPOSITS = "POST messages/events/", "POST core/deposits/"
ACTIVITY, RESTRICTIONS = "POST core/activity/", "POST core/restrictions/"
SIGNED = frozenset({EVENTS, DEPOSITS, ACTIVITY, RESTRICTIONS})
PUBLIC = {
    "GET session/": 200,
    "POST cases/": 400,
    "POST session/": 400,
    "DELETE session/": 204,
    "POST status/": 400,
    "POST status/{token}/": 410,
    "POST reactivations/": 400,
    "POST reactivations/{token}/": 410,
    "GET receipts/{receipt}/": 404,  # there is none at this address
    "POST receipts/verify/": 200,  # an answer too: this is no receipt
    # Signed by machines, whatever the session; without a key there is no such address.
    EVENTS: 404,
    DEPOSITS: 404,
    ACTIVITY: 404,
    RESTRICTIONS: 404,
}
HALF = {"POST session/challenge/": 400, "POST session/code/": 400}
OWNER = {
    "GET account/": 200,
    "POST preflight/": 200,
    # The policy in force asks for none.
    "GET captcha/": 404,
    # There is nothing to clear, no key, and no verification.
    "GET remedies/{code}/": 409,
    "POST remedies/{code}/": 400,
    "POST remedies/{code}/verification/": 409,
    "POST remedies/{code}/verification/{factor}/": 400,
    "POST remedies/{code}/verification/{factor}/challenge/": 409,
    # There is no such case.
    "GET cases/{reference}/": 404,
    "POST cases/{reference}/messages/": 404,
    "GET closures/": 200,
    "POST closures/": 400,
    "GET closures/{reference}/": 200,
    "POST closures/{reference}/verification/": 201,
    "POST closures/{reference}/verification/{factor}/": 400,
    "POST closures/{reference}/verification/{factor}/challenge/": 404,  # this factor is not in it
    "POST closures/{reference}/document/": 409,
    "POST closures/{reference}/submit/": 409,
    "POST exports/": 400,
    "POST exports/verification/": 400,
    "POST exports/verification/{factor}/": 400,
    "POST exports/verification/{factor}/challenge/": 409,  # none was begun
    "GET exports/{export}/": 404,
    "GET exports/{export}/file/": 404,
    # Only who holds the link that was sent: nobody is signed in while a closure waits.
    "GET closures/{reference}/answer/": 403,
    "POST closures/{reference}/answer/": 403,
    "POST closures/{reference}/cancel/": 403,
    "POST closures/{reference}/dispute/": 403,
}
# Only who opened the link of a disabled account: nobody is signed in then.
VISIT = {
    "POST reactivations/password/": 403,
    "POST reactivations/verification/": 403,
    "POST reactivations/verification/{factor}/": 403,
    "POST reactivations/verification/{factor}/challenge/": 403,
    "GET reactivations/{reference}/": 403,
    "POST reactivations/{reference}/document/": 403,
    "POST reactivations/{reference}/evidence/": 403,
    "POST reactivations/{reference}/submit/": 403,
    "POST reactivations/{reference}/withdraw/": 403,
}
OWNER |= VISIT
DECIDE, FACE = "POST staff/closures/{reference}/decisions/", "POST staff/closures/{reference}/face/"
STAFF = {"GET staff/closures/": 200, DECIDE: 400, FACE: 400}
# There is none.
STAFF |= {"GET staff/reactivations/": 200, "POST staff/reactivations/{reference}/decisions/": 404}
# The shape of a code is looked at before whose request it is: it tells nothing about the request.
FOREIGN = {
    name: 400 if name.endswith("{factor}/") else 404
    for name, status in OWNER.items()
    if "{reference}" in name and status != 403
}
SIGNED_OUT = {**PUBLIC, **dict.fromkeys([*HALF, *OWNER, *STAFF], 401)}
CUSTOMER = {**PUBLIC, **dict.fromkeys(HALF, 401), **OWNER, **dict.fromkeys(STAFF, 403)}
# Staff own nothing and close nothing.
OFFICE = {**CUSTOMER, **FOREIGN, "POST preflight/": 403, "POST closures/": 403, **STAFF}
OFFICE |= {"GET remedies/{code}/": 403, "POST remedies/{code}/verification/": 403}
EXPECTED = {
    "anonymous": SIGNED_OUT,
    "half signed in": {**SIGNED_OUT, **HALF},
    "owner": CUSTOMER,
    "other customer": {**CUSTOMER, **FOREIGN},
    Role.AGENT.value: OFFICE,
    Role.LEAD.value: OFFICE,
    Role.COMPLIANCE.value: OFFICE,
    Role.AUDITOR.value: {**OFFICE, DECIDE: 403, FACE: 403},
}
CALLS = calls()


@dataclass(frozen=True)
class World:
    """Ana's draft, and everybody who might want it."""

    ana: Account
    reference: str

    def caller(self, role: str) -> Caller:
        """Return somebody of this role, with a token."""
        made: dict[str, Callable[[], Caller]] = {
            "anonymous": Caller,
            "half signed in": self.half_signed_in,
            "owner": lambda: Caller(self.ana),
            "other customer": lambda: Caller(make_account("ben")),
        }
        caller = made[role]() if role in made else Caller(make_staff("sam", Role(role)))
        caller.token()
        return caller

    @staticmethod
    def half_signed_in() -> Caller:
        """Return somebody who gave a password and no code."""
        caller = Caller()
        caller.give_password(make_account("cid"))
        return caller


@pytest.fixture
def world() -> World:
    ana = make_account("ana")
    return World(ana=ana, reference=walk.open_draft(Caller(ana)))


def test_matrix_names_every_call_of_the_configuration() -> None:
    assert sorted(str(call) for call in CALLS) == sorted(SIGNED_OUT)
    assert [role for role in Role.values if role not in EXPECTED] == []


@pytest.mark.row("A18")
@pytest.mark.parametrize("role", EXPECTED)
def test_calls_by_role(world: World, role: str) -> None:
    got, caller = {}, world.caller(role)
    # Signing out comes last.
    for call in sorted(CALLS, key=lambda call: call.method == "DELETE"):
        answer = _one(caller, call, call.address(world.reference, str(world.ana.pk)))
        got[str(call)] = answer.status_code
        assert answer.status_code < 400 or answer["Content-Type"] == PROBLEM
    assert got == EXPECTED[role]


def _one(caller: Caller, call: Call, address: str) -> Any:
    if call.method == "GET":
        return caller.get(address)
    return caller.send(call.method, address, "{}")


@pytest.mark.parametrize("call", [call for call in CALLS if call.method != "GET" and str(call) not in SIGNED], ids=str)
def test_calls_that_may_change_something_need_the_token(world: World, call: Call) -> None:
    for role in ("anonymous", "owner"):
        caller = world.caller(role)
        caller.csrf = "x" * 64
        answer = _one(caller, call, call.address(world.reference, str(world.ana.pk)))
        assert (answer.status_code, json.loads(answer.content)["code"]) == (403, "csrf_failed")


@pytest.mark.parametrize("role", ["other customer", *Role.values])
def test_nobody_else_moves_anything(world: World, role: str) -> None:
    before = ClosureRequest.objects.values().get()
    caller = world.caller(role)
    bodies: list[dict[str, Any]] = [
        {},
        {"code": "000000", "number": "X-ANA-1", "password": "x", "acknowledged": [], "factor": str(world.ana.pk)},
        {"decision": "approve", "reason": "because", "seen_version": 0, "case": "SC-2222-2222"},
        {"decision": "cancel", "reason": "because", "seen_version": 0, "case": "SC-2222-2222"},
    ]
    for call in CALLS:
        for body in bodies:
            if call.method == "POST" and not call.path.startswith("session/"):
                caller.post(call.address(world.reference, str(world.ana.pk)), body)
    assert ClosureRequest.objects.filter(account=world.ana).values().get() == before
