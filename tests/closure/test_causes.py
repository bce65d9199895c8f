"""What of law and risk stops closing: restrictions and legal holds, asked in one way by everybody (A12, H05)."""

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.enums import TIPPING_OFF, RestrictionKind
from accounts.models import Restriction
from closure.causes import causes_of, is_held, legally_held, standing_causes, stopped, stops
from closure.enums import ClosureState, HeldReason
from closure.models import ClosureRequest
from tests.closure.scenes import make_request, make_run
from tests.factories import make_account
from tests.holding import lift, place, sealed_record
from tests.restricting import lift_all

pytestmark = [pytest.mark.django_db, pytest.mark.row("A12", "H05")]
R = HeldReason
NEUTRAL = {kind: {R.LEGAL} for kind in sorted(TIPPING_OFF)}
NAMED = {RestrictionKind.NEGATIVE_BALANCE: {R.RESTRICTION}, RestrictionKind.FRAUD_ALERT: {R.RESTRICTION}}
OTHERS = {kind: set[R]() for kind in RestrictionKind if kind not in NEUTRAL | NAMED}


@pytest.fixture
def request_of_ana(now: datetime) -> ClosureRequest:
    return make_request(make_account("ana"), ClosureState.HELD, now=now, held_reasons=["deposit", "legal"])


def asked(request: ClosureRequest) -> tuple[set[HeldReason], bool, bool, bool]:
    """Return what stops the account, and whether rows and account are found stopped and held."""
    mine = ClosureRequest.objects.filter(pk=request.pk)
    found = stops([request.account_id]).get(request.account_id, set())
    return found, mine.filter(stopped()).exists(), mine.filter(legally_held()).exists(), is_held(request.account_id)


def expected(causes: set[HeldReason]) -> tuple[set[HeldReason], bool, bool, bool]:
    return causes, bool(causes), R.LEGAL in causes, R.LEGAL in causes


@pytest.mark.parametrize(("kind", "causes"), [*NEUTRAL.items(), *NAMED.items(), *OTHERS.items()])
def test_restrictions(request_of_ana: ClosureRequest, now: datetime, kind: str, causes: set[HeldReason]) -> None:
    account = request_of_ana.account
    placed = Restriction.objects.create(account=account, kind=kind, placed_at=now, placed_by="staff:x")
    assert asked(request_of_ana) == expected(causes)
    lift_all(placed.account_id, now=now)
    assert asked(request_of_ana) == expected(set())


def test_legal_hold_of_the_account(request_of_ana: ClosureRequest, now: datetime) -> None:
    holds = [place(request_of_ana.account_id, now=now) for _number in range(2)]
    assert (asked(request_of_ana), standing_causes(request_of_ana)) == (expected({R.LEGAL}), {R.LEGAL, R.DEPOSIT})
    lift(holds[0], now=now)
    assert asked(request_of_ana) == expected({R.LEGAL})
    lift(holds[1], now=now)
    assert (asked(request_of_ana), standing_causes(request_of_ana)) == (expected(set()), {R.DEPOSIT})


def test_hold_of_a_record_keeps_the_record_alone(request_of_ana: ClosureRequest, now: datetime) -> None:
    record = sealed_record(request_of_ana.account_id, now=now)
    place(request_of_ana.account_id, now=now, record_id=record.pk)
    assert asked(request_of_ana) == expected(set())


def test_nobody_else_is_stopped(request_of_ana: ClosureRequest, now: datetime) -> None:
    place(request_of_ana.account_id, now=now)
    ben = make_account("ben")
    other = make_request(ben, ClosureState.APPROVED, now=now)
    assert asked(other) == expected(set())
    assert stops([ben.pk, request_of_ana.account_id]) == {request_of_ana.account_id: {R.LEGAL}}


def test_two_causes_are_both_told_in_two_queries(
    request_of_ana: ClosureRequest, now: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    ana, ben = request_of_ana.account, make_account("ben")
    place(ana.pk, now=now)
    kind = RestrictionKind.FRAUD_ALERT
    for account in (ana, ben):
        Restriction.objects.create(account=account, kind=kind, placed_at=now, placed_by="staff:x")
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        assert stops([ana.pk, ben.pk]) == {ana.pk: {R.LEGAL, R.RESTRICTION}, ben.pk: {R.RESTRICTION}}


@pytest.mark.parametrize("code", ["legal_hold", "negative_balance", "fraud_alert"])
def test_what_a_check_found_and_stands_no_more_holds_nothing(
    request_of_ana: ClosureRequest, now: datetime, code: str
) -> None:
    run = make_run(request_of_ana, now=now, blockers=(code,))
    assert causes_of(request_of_ana, run) == frozenset()


def test_what_stands_is_one_cause_beside_what_the_check_found(request_of_ana: ClosureRequest, now: datetime) -> None:
    place(request_of_ana.account_id, now=now)
    run = make_run(request_of_ana, now=now, blockers=("legal_hold", "failed_verification"))
    run.result["blockers"][1]["area"] = "restrictions"
    assert causes_of(request_of_ana, run) == {R.LEGAL, R.BLOCKER}
