"""Two at the same moment: one wins, the others are refused, and the account is opened once or not at all."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from itertools import cycle
from threading import Lock

import pytest

from accounts.enums import Role
from accounts.exceptions import PortalError
from accounts.models import Account, Case, Event
from closure.enums import ReactivationState
from closure.models import Reactivation, WelcomeBack
from closure.operations import reactivate
from closure.reactivation import lifecycle
from tests.closure.reactivating import disabled, events, looked_at, make_reactivation, me
from tests.closure.scenes import staff
from tests.invariants import violations
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
S = ReactivationState
THREADS, RUNS = 6, 3


def run(*calls: Callable[[], Reactivation]) -> Counter[str]:
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


def approval(row: Reactivation, now: datetime) -> Reactivation:
    return reactivate.decide(row.pk, "approve", text="Her.", seen_version=0, actor=staff(Role.LEAD), now=now)


@pytest.mark.parametrize("name", [f"ana{number}" for number in range(RUNS)])
def test_approving_and_withdrawing_at_once_does_one_of_them(name: str, now: datetime) -> None:
    ana = disabled(name, now=now)
    proposed = {"proposed_at": now, "proposed_by": staff(Role.AGENT).account_id}
    row = make_reactivation(ana, S.SUBMITTED, now=now, **proposed)
    looked_at(row, staff(Role.LEAD), now=now)
    outcomes = run(
        lambda: approval(row, now),
        lambda: reactivate.withdraw(row.pk, actor=me(ana), now=now),
    )
    row.refresh_from_db()
    ana.refresh_from_db()
    assert outcomes == {row.state: 1, "refused": THREADS - 1}
    was_approved = row.state == S.APPROVED
    assert (ana.status, WelcomeBack.objects.count()) == (("active", 1) if was_approved else ("disabled", 0))
    assert (row.version, Case.objects.get().state) == (1, "resolved")
    assert violations() == []


def test_submitting_at_once_submits_once(now: datetime) -> None:
    ana = disabled("ana", now=now)
    row = make_reactivation(ana, S.DRAFT, now=now)
    outcomes = run(lambda: reactivate.submit(row.pk, actor=me(ana), now=now))
    assert outcomes == {"submitted": 1, "refused": THREADS - 1}
    assert events(ana) == ["reactivation.submitted"]


def test_starting_at_once_opens_one_case(now: datetime) -> None:
    ana = disabled("ana", now=now)
    outcomes = run(lambda: lifecycle.start(ana.pk, actor=me(ana), now=now))
    assert (outcomes, Reactivation.objects.count(), Case.objects.count()) == ({"draft": THREADS}, 1, 1)
    assert Event.objects.filter(action="case.opened").count() == 1
    assert Account.objects.get(pk=ana.pk).status == "disabled"
