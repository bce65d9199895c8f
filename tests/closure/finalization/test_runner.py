"""From approved to closed: every step once, in order, held when something arrives, resumed wherever it was killed."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import chain
from accounts.actors import Actor
from accounts.enums import AccountStatus, RestrictionKind
from accounts.models import Account, Event, Restriction
from accounts.restrictions import place
from closure.enums import ClosureState, EffectState, HeldReason, Moment, Verdict
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAccountState, LedgerAddress, LedgerApiKey, LedgerHolding
from closure.finalization import batch, claims
from closure.finalization.plan import ORDER
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Ending, Result, Summary
from closure.models import CheckRun, ClosureRequest, Effect
from closure.operations.sweep import run_sweeps
from tests.closure.closing import approved, states
from tests.restricting import lift_all

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("tests")


def restrict(account: Account, kind: RestrictionKind, now: datetime) -> Restriction:
    with transaction.atomic():
        return place(Account.objects.select_for_update().get(pk=account.pk), kind, actor=SYSTEM, note="", now=now)


@pytest.mark.row("F01", "E01")
def test_finalize_due_closes_a_clear_account(now: datetime) -> None:
    request = approved(now=now)
    assert finalize_due(now=now) == Summary(closed=1)
    request.refresh_from_db()
    account = Account.objects.get(pk=request.account_id)
    assert (request.state, request.ended_at, account.status) == (ClosureState.CLOSED, now, AccountStatus.CLOSED)
    assert chain.verify()[1] is None


@pytest.mark.row("F01")
def test_finalize_due_takes_every_step_once(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    request.refresh_from_db()
    taken = {step: (entry["state"], entry["attempts"]) for step, entry in request.plan.items()}
    assert taken == dict.fromkeys(ORDER, ("done", 1))
    assert request.sealed_at == now


def test_finalize_due_calls_the_core_once_for_each_effect(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    made = Effect.objects.filter(request=request).order_by("id").values_list("key", "state", "attempts")
    kinds = ("lock_deposits", "freeze", "revoke_keys", "remove_addresses", "close")
    assert list(made) == [(f"{request.reference}:{kind}", EffectState.DONE, 1) for kind in kinds]
    core = LedgerAccountState.objects.get(account_id=request.account_id)
    assert (core.deposits_locked, core.frozen, core.closed) == (True, True, True)


def test_finalize_due_records_one_event_for_each_change_of_state(now: datetime) -> None:
    request = approved(now=now)
    before = Event.objects.filter(account_id=request.account_id).count()
    finalize_due(now=now)
    told = Event.objects.filter(account_id=request.account_id).order_by("id").values_list("action", flat=True)
    assert sorted(list(told)[before:]) == ["account.status_changed", "closure.begun", "closure.finished"]


@pytest.mark.row("E01")
def test_finalize_due_waits_for_the_time(now: datetime) -> None:
    early = approved("ana", now=now, finalizes_after=now + timedelta(hours=1))
    assert finalize_due(now=now) == Summary()
    # A caller whose clock is ahead is not believed: the database's own time decides (invariant 9).
    assert finalize_due(now=now + timedelta(hours=2)) == Summary()
    assert states([early]) == [ClosureState.APPROVED]


@pytest.mark.row("E01")
def test_finalize_due_lets_cooling_off_elapse_first(now: datetime) -> None:
    request = approved(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(state=ClosureState.COOLING_OFF)
    assert finalize_due(now=now) == Summary(closed=1)


@pytest.mark.row("A19")
def test_finalize_due_keeps_a_check_taken_after_deposits_were_locked(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    last = CheckRun.objects.filter(request=request).latest("created_at")
    assert (last.moment, last.verdict, last.deposits_locked) == (Moment.FINALIZE, Verdict.CLEAR, True)


@pytest.mark.row("A19", "F08")
def test_finalize_due_holds_for_a_deposit_and_goes_on_when_it_is_gone(
    now: datetime, advance: Callable[..., datetime], ledger: LedgerGateway
) -> None:
    request = approved(now=now)
    deposit(request.account_id, "BTC", "0.5", now=now)
    assert finalize_due(now=now) == Summary(held=1)
    request.refresh_from_db()
    assert (request.state, request.held_reasons, request.plan) == (ClosureState.HELD, [HeldReason.DEPOSIT], {})
    later = advance(minutes=1)
    run_sweeps(later)
    # Held, it takes deposits again; what came is the customer's to withdraw.
    assert LedgerAccountState.objects.get(account_id=request.account_id).deposits_locked is False
    LedgerHolding.objects.filter(account_id=request.account_id).delete()
    run_sweeps(advance(minutes=10))
    run_sweeps(advance(minutes=1))
    request.refresh_from_db()
    assert request.state == ClosureState.CLOSED
    locks = Effect.objects.filter(request=request, kind__endswith="lock_deposits").order_by("id")
    assert [effect.key.partition(":")[2] for effect in locks] == ["lock_deposits", "unlock_deposits", "lock_deposits:2"]


@pytest.mark.parametrize("kind", [RestrictionKind.JUDICIAL_FREEZE, RestrictionKind.COMPLIANCE_REVIEW])
def test_finalize_due_holds_for_a_legal_hold_placed_while_it_runs(now: datetime, kind: RestrictionKind) -> None:
    request = approved(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(state=ClosureState.FINALIZING, next_try_at=now)
    restrict(request.account, kind, now)
    assert finalize_due(now=now) == Summary(held=1)
    request.refresh_from_db()
    assert (request.state, request.held_reasons) == (ClosureState.HELD, [HeldReason.LEGAL])


def test_finalize_due_parks_a_sealed_request_under_a_legal_hold_and_goes_on_by_itself(now: datetime) -> None:
    request = approved(now=now)
    sealed = {step.value: {"state": "done", "attempts": 1, "at": now.isoformat()} for step in ORDER[:5]}
    ClosureRequest.objects.filter(pk=request.pk).update(
        state=ClosureState.FINALIZING, next_try_at=now, plan=sealed, sealed_at=now
    )
    LedgerAccountState.objects.create(account_id=request.account_id, deposits_locked=True, frozen=True)
    hold = restrict(request.account, RestrictionKind.JUDICIAL_FREEZE, now)
    assert finalize_due(now=now) == Summary(waiting=1)
    request.refresh_from_db()
    account = Account.objects.get(pk=request.account_id)
    assert (request.state, request.parked_at, account.email) == (ClosureState.FINALIZING, now, "ana@example.test")
    lift_all(hold.account_id, now=now)
    later = now + timedelta(minutes=10)
    assert finalize_due(now=later) == Summary(closed=1)


def test_finalize_due_closes_many_in_batches_and_tells_each(now: datetime) -> None:
    requests = [approved(f"ana{number}", now=now) for number in range(5)]
    told: list[Result] = []
    assert finalize_due(now=now, batch_size=2, report=told.append) == Summary(closed=5)
    assert sorted((result.reference, result.ending) for result in told) == sorted(
        (request.reference, Ending.CLOSED) for request in requests
    )


def test_finalize_due_stops_at_its_limit_and_when_asked(now: datetime) -> None:
    requests = [approved(f"ana{number}", now=now) for number in range(3)]
    assert finalize_due(now=now, limit=1) == Summary(closed=1)
    assert finalize_due(now=now, stop=lambda: True) == Summary()
    assert sorted(states(requests)) == ["approved", "approved", "closed"]


def test_finalize_due_twice_at_once_closes_each_once(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    assert finalize_due(now=now + timedelta(hours=1)) == Summary()
    assert Event.objects.filter(account_id=request.account_id, action="closure.finished").count() == 1


def test_finalize_due_halves_a_failing_batch_down_to_the_one_account(now: datetime) -> None:
    requests = [approved(f"ana{number}", now=now) for number in range(4)]
    # No policy can be read from this row: its recheck raises.
    ClosureRequest.objects.filter(pk=requests[2].pk).update(policy={"broken": True})
    assert finalize_due(now=now) == Summary(closed=3, failed=1)
    requests[2].refresh_from_db()
    story = requests[2].plan["recheck"]
    assert states(requests) == ["closed", "closed", "finalizing", "closed"]
    assert (story["state"], story["since"], requests[2].next_try_at) == (
        "failed",
        now.isoformat(),
        now + timedelta(seconds=10),
    )
    assert story["error"]


def test_finalize_due_before_sealing_an_hour_of_failures_holds(now: datetime) -> None:
    request = approved(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(policy={"broken": True})
    finalize_due(now=now)
    assert finalize_due(now=now + batch.PATIENCE) == Summary(held=1)
    request.refresh_from_db()
    assert (request.state, request.held_reasons) == (ClosureState.HELD, [HeldReason.UNREACHABLE])


@pytest.mark.row("E05")
def test_finalize_due_sealed_only_goes_forward(now: datetime) -> None:
    request = approved(now=now)
    half = {step.value: {"state": "done", "attempts": 1, "at": now.isoformat()} for step in ORDER[:5]}
    ClosureRequest.objects.filter(pk=request.pk).update(
        state=ClosureState.FINALIZING, next_try_at=now, plan=half, sealed_at=now
    )
    # The core refuses to close with deposits open: sealed, that is retried and never held.
    first = finalize_due(now=now)
    much_later = now + timedelta(days=2)
    assert (first, finalize_due(now=much_later)) == (Summary(waiting=1), Summary(waiting=1))
    assert states([request]) == [ClosureState.FINALIZING]


@pytest.mark.row("F03")
def test_finalize_due_removes_saved_addresses_at_the_core(now: datetime) -> None:
    request = approved(now=now)
    LedgerApiKey.objects.create(account_id=request.account_id, key_id="k_1", label="bot", revoked=True)
    LedgerAddress.objects.create(account_id=request.account_id, asset="BTC", network="BTC", address="bc1-planted")
    assert finalize_due(now=now) == Summary(closed=1)
    assert LedgerAddress.objects.filter(account_id=request.account_id).count() == 0


def test_claim_is_lost_to_a_hold_meanwhile(now: datetime) -> None:
    request = approved(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(state=ClosureState.FINALIZING, next_try_at=now)
    claim = claims.claim(now=now, limit=10)
    assert list(claim.members) == [request.pk]
    ClosureRequest.objects.filter(pk=request.pk).update(next_try_at=now + timedelta(days=1))
    with transaction.atomic():
        assert claim.lock([request.pk]) == []


def test_claim_takes_nothing_that_another_worker_has(now: datetime) -> None:
    request = approved(now=now)
    ClosureRequest.objects.filter(pk=request.pk).update(state=ClosureState.FINALIZING, next_try_at=now)
    first, second = claims.claim(now=now, limit=10), claims.claim(now=now, limit=10)
    taken_over = claims.claim(now=now + claims.LEASE + timedelta(seconds=2), limit=10)
    assert [list(claim.members) for claim in (first, second, taken_over)] == [[request.pk], [], [request.pk]]
