"""Races against the worker: cancel x finalize, dispute x finalize, finalize x deposit.

Afterwards what waits at the core is done too, so that a run shows how both sides stand in the end.
"""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from accounts import mailed_links
from accounts.enums import AccountStatus, LinkPurpose, MessageChannel, Purpose
from accounts.models import MailedLink
from closure import effects
from closure.enums import ClosureAction, ClosureState
from closure.exchange.contract import CoreEvent
from closure.exchange.ledger.books import state_of
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerHolding, LedgerTransaction
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest, DepositClaim
from closure.operations.core_events import pull
from closure.operations.stop import stop_by_link
from tests.closure.racing.race import Call, Late, Race, dealt, winners
from tests.closure.racing.scenes import APART, Scene, prove, waiting
from tests.closure.racing.submitting import cancellation
from tests.races import race

S = ClosureState
# Well after every lease, well before the next scene.
LATER = timedelta(minutes=5)
PIECE = Decimal("0.5")


def due(count: int, now: datetime) -> list[Scene]:
    """The wait is just over: half of them are approved already, and each owner may still stop it."""
    half = count // 2
    # One after the other: a run must find nothing due but its own.
    scenes = waiting(count - half, now - APART * half, S.COOLING_OFF)
    scenes += waiting(half, now, S.APPROVED) if half else []
    prove(scenes, ClosureAction.CANCEL, Purpose.CANCEL_CLOSURE)
    for scene in scenes:
        scene.facts["token"] = f"stop-{scene.request.pk}"
    MailedLink.objects.bulk_create(
        MailedLink(
            account=scene.account,
            purpose=LinkPurpose.STOP,
            subject_id=scene.request.pk,
            channel=MessageChannel.EMAIL,
            digest=mailed_links.digest(scene.facts["token"]),
            created_at=scene.now,
        )
        for scene in scenes
    )
    return scenes


def finalization(scene: Scene) -> None:
    """Close what is due, as a worker."""
    finalize_due(now=scene.now)


def stop(scene: Scene) -> ClosureRequest:
    """Say "I did not ask for this" by the mailed link."""
    return stop_by_link(scene.facts["token"], now=scene.now)


def arrival(scene: Scene) -> CoreEvent:
    """Let a deposit arrive."""
    return deposit(scene.account.pk, "BTC", str(PIECE), now=scene.now)


def settle(scene: Scene) -> tuple[bool, bool, bool]:
    """Do what is left to do; returns whether the core took the account out of use: locked, frozen, closed."""
    finalize_due(now=scene.now + LATER)
    assert effects.perform_for(scene.request.pk, now=scene.now + LATER)
    scene.request.refresh_from_db()
    scene.account.refresh_from_db()
    state = state_of(scene.account.pk)
    return state.deposits_locked, state.frozen, state.closed


def _cancel_calls(scene: Scene, threads: int) -> list[Call | Late]:
    return dealt(threads, partial(finalization, scene), Late(partial(cancellation, scene)))


def _cancelled_or_closed(scene: Scene, results: list[Any]) -> str:
    core, ended = settle(scene), (scene.request.state, scene.account.status)
    if winners(results):
        assert (len(winners(results)), ended) == (1, (S.CANCELLED, AccountStatus.ACTIVE))
        assert core == (False, False, False)
    else:
        assert (ended, core) == ((S.CLOSED, AccountStatus.CLOSED), (True, True, True))
    return scene.request.state


def _dispute_calls(scene: Scene, threads: int) -> list[Call | Late]:
    return dealt(threads, partial(finalization, scene), Late(partial(stop, scene)))


def _disputed_or_closed(scene: Scene, results: list[Any]) -> str:
    (locked, _frozen, closed), ended = settle(scene), (scene.request.end_reason, scene.account.status)
    if winners(results):
        assert (len(winners(results)), ended) == (1, ("disputed", AccountStatus.DISABLED))
        assert (locked, closed) == (False, False)
    else:
        assert (ended, locked, closed) == (("closed", AccountStatus.CLOSED), True, True)
    return scene.request.end_reason


def _deposit_calls(scene: Scene, threads: int) -> list[Call | Late]:
    return dealt(threads, partial(finalization, scene), Late(partial(arrival, scene)))


def _credited_or_claimed(scene: Scene, results: list[Any]) -> str:
    """F08: nothing is lost, and nothing is credited to an account that closes."""
    locked, _frozen, closed = settle(scene)
    kinds = Counter(each.kind for each in results if isinstance(each, CoreEvent))
    credited, late = kinds["deposit"], kinds["late_deposit"]
    assert credited + late == len(results) // 2
    mine = {"account_id": scene.account.pk}
    held = sum((Decimal(row.amount) for row in LedgerHolding.objects.filter(**mine)), Decimal(0))
    assert (held, LedgerTransaction.objects.filter(**mine).count()) == (PIECE * credited, credited)
    # Whoever reads the core's events reads those of everybody; each of these opened one claim all the same.
    race(2, lambda: pull(scene.now))
    assert DepositClaim.objects.filter(**mine, amount=str(PIECE)).count() == late
    if credited:
        assert (scene.request.state, scene.request.held_reasons) == (S.HELD, ["deposit"])
        assert (locked, closed) == (False, False)
        return "all credited, held" if not late else "some credited, held"
    assert (scene.request.state, locked, closed) == (S.CLOSED, True, True)
    return "all claimed, closed"


RACES = (
    Race(name="cancel x finalize", stage=due, calls=_cancel_calls, judge=_cancelled_or_closed),
    Race(name="dispute x finalize", stage=due, calls=_dispute_calls, judge=_disputed_or_closed, rows=("E07",)),
    Race(name="finalize x deposit", stage=due, calls=_deposit_calls, judge=_credited_or_claimed, rows=("A19", "F08")),
)
