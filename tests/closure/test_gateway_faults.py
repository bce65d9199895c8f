"""A core that errs opens nothing: every fault at every moment, and afterwards the way to the end (A19, invariant 2)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from accounts import clock
from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.exceptions import PortalError
from closure import effects, exchange, flags
from closure.enums import ClosureState, EffectState, Verdict
from closure.exchange.ledger.books import state_of
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerEffect
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest, Effect
from closure.operations.check import run_check
from closure.operations.sweep import run_sweeps
from closure.operations.watch import look_at
from closure.preflight import runner
from tests.closure.racing.deciding import approval, in_review
from tests.closure.racing.finalizing import due
from tests.closure.racing.scenes import Scene
from tests.closure.racing.submitting import cancellation, ready, submission
from tests.closure.test_races import cheap_passwords
from tests.fakes.faulty_gateway import HARMLESS_READS, HARMLESS_WRITES, READS, WRITES, FaultyGateway, coin, lists
from tests.invariants import violations

__all__ = ["cheap_passwords"]
pytestmark = [pytest.mark.django_db, pytest.mark.row("A19"), pytest.mark.one_database]
S = ClosureState
# A month ago, so that the whole wait lies behind the database's own clock too.
AGO = timedelta(days=30)
HOUR = timedelta(minutes=61)
# Something did arrive, as far as anybody can tell: it holds at once.
ARRIVED = "1e-30"


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyGateway]:
    """Return a core that errs when told to; what hangs is waited for no longer than a test has time."""
    made = FaultyGateway(LedgerGateway(clock.now))
    monkeypatch.setattr(exchange, "get_gateway", lambda: made)
    monkeypatch.setitem(runner.run.__kwdefaults__ or {}, "deadline", timedelta(milliseconds=20))
    yield made
    made.heal()


def reload(scene: Scene) -> ClosureRequest:
    """Return the request as it stands now."""
    return ClosureRequest.objects.select_related("account").get(pk=scene.request.pk)


def check(scene: Scene) -> None:
    run = run_check(scene.request.pk, actor=Actor.customer(scene.account), now=scene.now)
    assert run.verdict in {Verdict.UNKNOWN, Verdict.WARNING, Verdict.BLOCKED}


def refused(act: Callable[[Scene], object]) -> Callable[[Scene], None]:
    def ask(scene: Scene) -> None:
        with pytest.raises(PortalError):
            act(scene)

    return ask


def watched(scene: Scene) -> None:
    look_at(reload(scene), now=scene.now)


def finalized(scene: Scene) -> None:
    finalize_due(now=scene.now)


def held(count: int, now: datetime) -> list[Scene]:
    """Something arrived, and has left again."""
    core, scenes = exchange.get_gateway(), due(count, now)
    assert isinstance(core, FaultyGateway)
    core.reading = {scene.account.pk: lists(coin("1")) for scene in scenes}
    for scene in scenes:
        look_at(reload(scene), now=scene.now - timedelta(minutes=10))
    return scenes


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When the core is asked; `stays` is where a request is left by one that errs, `holds` says after an hour of it."""

    stage: Callable[[int, datetime], list[Scene]]
    act: Callable[[Scene], None]
    stays: frozenset[ClosureState]
    holds: bool = False


MOMENTS = {
    "check": Moment(stage=ready, act=check, stays=frozenset({S.DRAFT})),
    "submit": Moment(stage=ready, act=refused(submission), stays=frozenset({S.DRAFT})),
    "approve or propose": Moment(stage=in_review, act=refused(approval), stays=frozenset({S.IN_REVIEW})),
    "sweep of reviews": Moment(stage=in_review, act=watched, stays=frozenset({S.IN_REVIEW}), holds=True),
    "sweep of what waits": Moment(stage=due, act=watched, stays=frozenset({S.COOLING_OFF, S.APPROVED}), holds=True),
    "resume": Moment(stage=held, act=watched, stays=frozenset({S.HELD}), holds=True),
    "recheck": Moment(stage=due, act=finalized, stays=frozenset({S.FINALIZING}), holds=True),
}


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_reading_that_cannot_be_believed_opens_nothing(moment: Moment, core: FaultyGateway, now: datetime) -> None:
    scenes = moment.stage(len(READS), now - AGO)
    later = scenes[-1].now + HOUR
    if moment.holds:
        _at(scenes, scenes[-1].now)
    core.reading = {scene.account.pk: fault for scene, fault in zip(scenes, READS.values(), strict=True)}
    for scene, name in zip(scenes, READS, strict=True):
        moment.act(scene)
        opened = reload(scene).state not in moment.stays and not (moment.holds and name == ARRIVED)
        assert not opened, name
    if moment.holds:
        _at(scenes, later)
        for scene in scenes:
            moment.act(scene)
        for scene, name in zip(scenes, READS, strict=True):
            assert (reload(scene).state, name == ARRIVED or "unreachable" in reload(scene).held_reasons) == (
                S.HELD,
                True,
            ), name
    assert violations() == []
    core.heal()
    to_the_end(scenes, later)


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_core_that_hangs_costs_a_deadline_and_opens_nothing(moment: Moment, core: FaultyGateway, now: datetime) -> None:
    scenes = moment.stage(1, now - AGO)
    core.hang()
    moment.act(scenes[0])
    assert reload(scenes[0]).state in moment.stays
    scenes[0].now += HOUR
    if moment.holds:
        moment.act(scenes[0])
        assert (reload(scenes[0]).state, "unreachable" in reload(scenes[0]).held_reasons) == (S.HELD, True)
    scenes[0].now -= HOUR
    core.heal()
    to_the_end(scenes, scenes[0].now + HOUR)


def to_the_end(scenes: Sequence[Scene], at: datetime) -> None:
    """Let people and the worker do their part; everything ends closed, each call made once at the core."""
    for hours in (0, 2, 4, 8 * 24, 8 * 24 + 2, 8 * 24 + 4):
        for scene in scenes:
            request = reload(scene)
            if request.state == S.DRAFT:
                submission(scene)
            while reload(scene).state == S.IN_REVIEW:
                approval(scene)
        run_sweeps(at + timedelta(hours=hours))
    assert [reload(scene).state for scene in scenes] == [S.CLOSED] * len(scenes)
    assert [reload(scene).account.status for scene in scenes] == [AccountStatus.CLOSED] * len(scenes)
    each_call_once(scenes)


def each_call_once(scenes: Sequence[Scene]) -> None:
    """Nothing is left to be made, and each call was made once under its key (invariant 7)."""
    of = {"account_id__in": [scene.account.pk for scene in scenes]}
    assert not Effect.objects.filter(**of).exclude(state=EffectState.DONE).exists()
    keys = list(LedgerEffect.objects.filter(**of).values_list("key", flat=True))
    assert len(keys) == len(set(keys))
    closed = LedgerEffect.objects.filter(**of, call="close").count()
    assert closed == sum(reload(scene).state == S.CLOSED for scene in scenes)
    assert violations() == []


@pytest.mark.parametrize("name", ["freeze", "revoke_keys"])
def test_submission_stands_while_the_core_does_not_freeze(name: str, core: FaultyGateway, now: datetime) -> None:
    scenes = _with_writes(core, name, ready, now)
    for scene in scenes:
        assert submission(scene).state == S.COOLING_OFF
        waits = Effect.objects.get(account_id=scene.account.pk, kind=name)
        assert (waits.state, waits.attempts, reload(scene).account.status) == ("pending", 1, AccountStatus.FROZEN)
    core.heal()
    to_the_end(scenes, scenes[-1].now + HOUR)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("lock_deposits", "lock_deposits"),
        ("freeze", "end_access"),
        ("revoke_keys", "end_access"),
        ("remove_addresses", "end_access"),
    ],
)
def test_step_before_sealing_is_not_passed_and_an_hour_holds(
    name: str, step: str, core: FaultyGateway, now: datetime
) -> None:
    scenes = _with_writes(core, name, due, now)
    finalize_due(now=scenes[-1].now)
    assert {(reload(scene).state, _waits_at(scene)) for scene in scenes} == {(S.FINALIZING, step)}
    finalize_due(now=scenes[-1].now + HOUR)
    assert [reload(scene).held_reasons for scene in scenes] == [["unreachable"]] * len(scenes)
    core.heal()
    to_the_end(scenes, scenes[-1].now + 2 * HOUR)


def test_core_that_does_not_close_is_asked_until_it_has(core: FaultyGateway, now: datetime) -> None:
    scenes = _with_writes(core, "close", due, now)
    for at in (scenes[-1].now, scenes[-1].now + HOUR):
        finalize_due(now=at)
        assert {(reload(scene).state, _waits_at(scene)) for scene in scenes} == {(S.FINALIZING, "close")}
    core.heal()
    to_the_end(scenes, scenes[-1].now + 2 * HOUR)


def test_cancelled_closure_is_released_at_the_core_when_it_answers(core: FaultyGateway, now: datetime) -> None:
    scenes = _with_writes(core, "unfreeze", ready, now)
    for scene in scenes:
        submission(scene)
        assert cancellation(scene).state == S.CANCELLED
        assert effects.perform_for(scene.request.pk, now=scene.now) is False
    core.heal()
    run_sweeps(scenes[-1].now + HOUR)
    assert {state_of(scene.account.pk).frozen for scene in scenes} == {False}
    each_call_once(scenes)


@pytest.mark.parametrize("what", ["hold", "cancel"])
def test_deposits_are_unlocked_when_the_core_answers(what: str, core: FaultyGateway, now: datetime) -> None:
    scenes = _with_writes(core, "unlock_deposits", due, now)
    core.reading = {scene.account.pk: lists(coin("1")) for scene in scenes}
    finalize_due(now=scenes[-1].now)
    for scene in scenes:
        assert reload(scene).state == S.HELD
        assert effects.perform_for(scene.request.pk, now=scenes[-1].now) is False
        if what == "cancel":
            cancellation(scene)
    core.heal()
    run_sweeps(scenes[-1].now + HOUR)
    if what == "hold":
        to_the_end(scenes, scenes[-1].now + 2 * HOUR)
    assert {state_of(scene.account.pk).deposits_locked for scene in scenes} == {what == "hold"}
    each_call_once(scenes)


def test_answers_in_another_order_and_calls_delivered_twice_change_nothing(core: FaultyGateway, now: datetime) -> None:
    scenes = due(len(HARMLESS_READS) + len(HARMLESS_WRITES), now - AGO)
    core.call = "close"
    core.reading = {scenes[0].account.pk: HARMLESS_READS["reordered"]}
    core.writing = {scenes[1].account.pk: HARMLESS_WRITES["delivered twice"]}
    assert finalize_due(now=scenes[-1].now).closed == 2
    each_call_once(scenes)


def test_history_that_cannot_be_read_flags(core: FaultyGateway, now: datetime) -> None:
    scenes = due(len(READS), now - AGO)
    core.reading = {scene.account.pk: fault for scene, fault in zip(scenes, READS.values(), strict=True)}
    found = [flags.received_since(scene.account.pk, scene.now) for scene in scenes]
    assert found == [True] * len(scenes)
    core.heal()
    assert [flags.received_since(scene.account.pk, scene.now) for scene in scenes] == [False] * len(scenes)


def _at(scenes: Sequence[Scene], now: datetime) -> None:
    for scene in scenes:
        scene.now = now


def _with_writes(
    core: FaultyGateway, name: str, stage: Callable[[int, datetime], list[Scene]], now: datetime
) -> list[Scene]:
    """Stage a customer for each fault of one call."""
    scenes = stage(len(WRITES), now - AGO)
    core.call = name
    core.writing = {scene.account.pk: fault for scene, fault in zip(scenes, WRITES.values(), strict=True)}
    return scenes


def _waits_at(scene: Scene) -> str | None:
    entries = reload(scene).plan.items()
    return next((step for step, entry in entries if entry["state"] in {"running", "failed"}), None)
