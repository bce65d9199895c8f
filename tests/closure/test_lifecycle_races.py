"""Two at the same moment: one wins, the others are refused, and everything still holds."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import cycle
from threading import Lock

import pytest

from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import PortalError
from accounts.models import Account
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.operations.review import approve, reject
from closure.operations.start import discard, start
from tests.closure.by_operations import WEB, ready, submit_now
from tests.closure.scenes import make_request, staff
from tests.factories import make_account
from tests.invariants import violations
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
S = ClosureState
THREADS = 6


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def run(*calls: Callable[[], ClosureRequest]) -> Counter[str]:
    """Race the calls in turn; returns how often each outcome came, refusals as one word."""
    turns, lock = cycle(calls), Lock()

    def one() -> str:
        with lock:
            call = next(turns)
        try:
            return str(call().state)
        except PortalError:
            return "refused"

    return Counter(result if isinstance(result, str) else repr(result) for result in race(THREADS, one))


def test_submitting_at_once_submits_once(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    assert run(lambda: submit_now(request, step_up, now)) == {"cooling_off": 1, "refused": THREADS - 1}
    assert violations() == []


def test_submitting_and_discarding_at_once_does_one_of_them(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    outcomes = run(
        lambda: submit_now(request, step_up, now), lambda: discard(request.pk, actor=Actor.customer(ana), now=now)
    )
    request.refresh_from_db()
    assert outcomes == {request.state: 1, "refused": THREADS - 1}
    assert violations() == []


def test_starting_at_once_makes_one_draft(ana: Account, now: datetime) -> None:
    outcomes = run(lambda: start(ana, channel=WEB, actor=Actor.customer(ana), now=now))
    assert (outcomes, ClosureRequest.objects.count()) == ({"draft": THREADS}, 1)


def test_deciding_at_once_decides_once(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now)

    def decide(verb: Callable[..., ClosureRequest], role: Role) -> ClosureRequest:
        return verb(request.pk, actor=staff(role), reason="looked", seen_version=0, now=now)

    outcomes = run(lambda: decide(approve, Role.AGENT), lambda: decide(reject, Role.LEAD))
    request.refresh_from_db()
    assert (outcomes, request.version) == ({request.state: 1, "refused": THREADS - 1}, 1)
