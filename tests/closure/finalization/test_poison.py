"""A closure that kills its workers is left to staff, and takes no other closure with it (F06)."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts.enums import RestrictionKind
from accounts.models import Account
from accounts.restrictions import place
from closure import effects
from closure.effects import EffectKind
from closure.enums import ClosureState, EffectState, HeldReason
from closure.exchange.ledger.models import LedgerEffect
from closure.finalization import claims, moves, plan
from closure.finalization.batch import Batch
from closure.finalization.claims import LEASE
from closure.finalization.plan import ORDER, FinalStep
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary, Tally
from closure.models import ClosureRequest, Effect
from closure.poison import MOST_DEATHS, calling, deaths_of
from tests.closure.closing import approved
from tests.closure.finalization.killing import Kill, around, killed, statements
from tests.closure.finalization.test_resume import CLOSED, LATER, outcome
from tests.closure.scenes import SYSTEM
from tests.restricting import lift_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F06")]


def begun(name: str, now: datetime) -> ClosureRequest:
    """Make a request whose finalization has begun."""
    request = approved(name, now=now)
    moves.begin(now=now, limit=9)
    request.refresh_from_db()
    return request


def at_the_first_step(now: datetime) -> Kill:
    """Return the moment at which a closure that has begun is claimed and its first step is about to be taken."""
    begun("counted", now)
    return around(statements(lambda: finalize_due(now=now)))["lock_deposits", "before"]


def test_closure_that_kills_its_workers_is_held_before_sealing_so_that_its_owner_can_cancel(now: datetime) -> None:
    kill = at_the_first_step(now)
    request, at = begun("ana", now), now
    for _death in range(MOST_DEATHS):
        assert killed(kill, lambda at=at: finalize_due(now=at))  # type: ignore[misc]
        at += LATER
    # Five died: nobody takes the step any more.
    assert finalize_due(now=at) == Summary(failed=1)
    request.refresh_from_db()
    assert request.plan["lock_deposits"]["error"] == "its worker died 5 times"
    assert finalize_due(now=at + timedelta(minutes=61)) == Summary(held=1)
    request.refresh_from_db()
    assert (request.state, request.held_reasons) == (ClosureState.HELD, [HeldReason.UNREACHABLE])
    assert not Effect.objects.filter(request=request, kind="lock_deposits", attempts__gt=0).exists()


def test_claim_takes_what_a_dead_worker_left_alone(now: datetime) -> None:
    left = [begun(f"left{number}", now) for number in range(2)]
    claims.claim(now=now, limit=9)
    sound = [begun(f"sound{number}", now) for number in range(2)]
    at = now + LATER
    taken = [set(claims.claim(now=at, limit=9).members) for _claim in range(4)]
    assert taken[0] == {request.pk for request in sound}
    assert [len(each) for each in taken] == [2, 1, 1, 0]
    assert taken[1] | taken[2] == {request.pk for request in left}


def test_batch_of_a_dead_worker_is_closed_by_the_next_one(now: datetime) -> None:
    requests = [approved(f"ana{number}", now=now) for number in range(3)]
    assert killed(Kill(40), lambda: finalize_due(now=now))
    assert finalize_due(now=now + LATER) == Summary(closed=3)
    assert [outcome(request) for request in requests] == [CLOSED] * 3


def test_legal_hold_counts_as_nobody_s_death(now: datetime) -> None:
    request = approved(now=now)
    done = {step.value: {"state": "done", "attempts": 1, "at": now.isoformat()} for step in ORDER[:-1]}
    ClosureRequest.objects.filter(pk=request.pk).update(
        state=ClosureState.FINALIZING, plan=done, sealed_at=now, next_try_at=now
    )
    with transaction.atomic():
        effects.add(request, EffectKind.LOCK_DEPOSITS, now=now)
        owner = Account.objects.select_for_update().get(pk=request.account_id)
        place(owner, RestrictionKind.JUDICIAL_FREEZE, actor=SYSTEM, note="", now=now)
    effects.perform_due(now=now)
    assert finalize_due(now=now) == Summary(waiting=1)
    request.refresh_from_db()
    assert (request.parked_at, request.plan["close"]["state"]) == (now, "waiting")
    lift_all(request.account_id, now=now)
    assert finalize_due(now=now + LATER) == Summary(closed=1)


def test_step_that_fails_forgets_the_deaths_before_it(now: datetime) -> None:
    steps = {"lock_deposits": {"state": "running", "attempts": 3, "at": "", "deaths": 2}}
    begun = plan.begun(steps, at=now)
    assert plan.deaths(begun, FinalStep.LOCK_DEPOSITS) == 3
    failed = plan.failed(begun, FinalStep.LOCK_DEPOSITS, error="Unreachable", at=now)
    assert plan.deaths(plan.begun(failed, at=now), FinalStep.LOCK_DEPOSITS) == 0


def test_call_that_kills_its_workers_is_parked_with_its_story(now: datetime) -> None:
    request = approved(now=now)
    with transaction.atomic():
        effect = effects.add(request, EffectKind.FREEZE, now=now)
    # The last statement says that it is done: the one before it is the core's.
    in_the_call = len(statements(lambda: effects.perform_due(now=now))) - 1
    LedgerEffect.objects.all().delete()
    Effect.objects.filter(pk=effect.pk).update(state=EffectState.PENDING, attempts=0, due_at=now, last_error="")
    at, told = now, []
    for _death in range(MOST_DEATHS):
        assert killed(Kill(in_the_call), lambda at=at: effects.perform_due(now=at))  # type: ignore[misc]
        at += LATER
        effect.refresh_from_db()
        told.append((effect.attempts, deaths_of(effect.last_error)))
    assert told == [(death, death) for death in range(1, MOST_DEATHS + 1)]
    assert effects.perform_due(now=at) == 0
    effect.refresh_from_db()
    assert (effect.state, effect.attempts, effect.last_error) == (EffectState.PARKED, 5, "its worker died 5 times")


@pytest.mark.parametrize(
    ("said", "deaths"), [("", 0), ("Refused: x", 0), ("superseded", 0), ("calling", 1), (calling(2), 3)]
)
def test_deaths_of(said: str, deaths: int) -> None:
    assert deaths_of(said) == deaths


def test_batch_that_is_taken_over_changes_nothing_more(now: datetime) -> None:
    requests = [begun(f"ana{number}", now) for number in range(3)]
    slow = claims.claim(now=now, limit=9)
    # The slow one is not dead: it goes on while another worker closes what it had.
    assert finalize_due(now=now + LEASE + timedelta(seconds=2)) == Summary(closed=3)
    before = [outcome(request) for request in requests]
    tally = Tally()
    Batch(claim=slow, now=now, tally=tally).walk()
    assert tally.summary() == Summary()
    assert [outcome(request) for request in requests] == before


def test_claim_of_a_slow_batch_is_renewed(now: datetime) -> None:
    request = begun("ana", now)
    claim = claims.claim(now=now, limit=9)
    lease = claim.lease
    claim.renew()
    assert claim.lease == lease
    claim.written -= 20
    claim.renew()
    request.refresh_from_db()
    assert claim.lease - lease >= timedelta(seconds=20)
    assert (request.next_try_at, claims.ready(lease).exists()) == (claim.lease, False)
