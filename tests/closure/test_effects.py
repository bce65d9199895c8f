"""Calls to the core: wanted in the change, made once, tried again, and overtaken by their opposite."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from django.test import override_settings

from accounts.ids import uuid7
from closure import effects
from closure.backoff import LONGEST, back_off
from closure.effects import LEASE, MOST_ATTEMPTS, SUPERSEDED, EffectKind
from closure.enums import ClosureState, EffectState
from closure.exchange.ledger.models import LedgerAccountState, LedgerEffect
from closure.models import ClosureRequest, Effect
from closure.poison import CALLING
from tests.closure.closing import approved
from tests.holding import lift, place
from tests.races import race

pytestmark = pytest.mark.django_db(transaction=True)
K = EffectKind
# No such core: every call fails before it is made.
AWAY = override_settings(PORTAL_GATEWAY="nowhere")


def want(request: ClosureRequest, kind: str, now: datetime, **more: str) -> Effect:
    with transaction.atomic():
        return effects.add(request, kind, now=now, **more)


def closing(now: datetime) -> ClosureRequest:
    """Make a request whose plan runs."""
    return approved(now=now, state=ClosureState.FINALIZING, next_try_at=now)


def at_core(account_id: UUID) -> list[str]:
    return list(LedgerEffect.objects.filter(account_id=account_id).order_by("id").values_list("call", flat=True))


@pytest.mark.row("E04")
def test_perform_due_calls_the_core_under_its_key(now: datetime) -> None:
    request = approved(now=now)
    effect = want(request, K.FREEZE, now)
    assert effects.perform_due(now=now) == 1
    effect.refresh_from_db()
    assert (effect.key, effect.state, effect.attempts, effect.done_at) == (
        f"{request.reference}:freeze",
        EffectState.DONE,
        1,
        now,
    )
    assert list(LedgerEffect.objects.values_list("key", flat=True)) == [effect.key]


def test_add_twice_wants_it_once(now: datetime) -> None:
    request = approved(now=now)
    assert want(request, K.FREEZE, now).pk == want(request, K.FREEZE, now).pk
    assert Effect.objects.count() == 1


def test_add_after_its_opposite_is_a_new_call(now: datetime) -> None:
    request = approved(now=now)
    made = [want(request, kind, now) for kind in (K.LOCK_DEPOSITS, K.UNLOCK_DEPOSITS, K.LOCK_DEPOSITS, K.LOCK_DEPOSITS)]
    assert [effect.key.partition(":")[2] for effect in made] == [
        "lock_deposits",
        "unlock_deposits",
        "lock_deposits:2",
        "lock_deposits:2",
    ]


def test_add_with_a_suffix_is_a_call_of_its_own(now: datetime) -> None:
    request = approved(now=now)
    keys = [want(request, K.REVOKE_KEYS, now, key_suffix=suffix).key for suffix in ("", "late", "late")]
    assert keys == [f"{request.reference}:revoke_keys", *[f"{request.reference}:revoke_keys:late"] * 2]


def test_add_all_sorts_after_every_call_of_the_account_whatever_the_clock_of_the_host(now: datetime) -> None:
    request = approved(now=now)
    ahead = UUID(int=(want(request, K.FREEZE, now).pk.int >> 80) + 10**6 << 80)
    Effect.objects.update(id=ahead)
    assert want(request, K.UNFREEZE, now).pk > ahead


def test_perform_due_never_freezes_after_a_release(now: datetime) -> None:
    request = approved(now=now)
    freeze, unfreeze = want(request, K.FREEZE, now), want(request, K.UNFREEZE, now)
    assert effects.perform([unfreeze.pk, freeze.pk], now=now) == 1
    freeze.refresh_from_db()
    assert (freeze.state, freeze.last_error, freeze.attempts) == (EffectState.DONE, SUPERSEDED, 0)
    assert at_core(request.account_id) == ["unfreeze"]
    assert LedgerAccountState.objects.get(account_id=request.account_id).frozen is False


def test_perform_due_waits_while_the_opposite_is_on_its_way(now: datetime) -> None:
    request = approved(now=now)
    freeze, unfreeze = want(request, K.FREEZE, now), want(request, K.UNFREEZE, now)
    Effect.objects.filter(pk=freeze.pk).update(last_error=CALLING, attempts=1, due_at=now + LEASE)
    assert effects.perform([unfreeze.pk], now=now) == 0
    # Whoever was calling died: its lease is over, and the later call wins.
    assert effects.perform([unfreeze.pk], now=now + LEASE + timedelta(seconds=1)) == 1
    assert at_core(request.account_id) == ["unfreeze"]


def test_perform_for_tells_whether_anything_is_left(now: datetime) -> None:
    request, other = approved("ana", now=now), approved("ben", now=now)
    for kind in (K.FREEZE, K.REVOKE_KEYS):
        want(request, kind, now)
    want(other, K.FREEZE, now)
    with AWAY:
        assert effects.perform_for(request.pk, now=now) is False
    assert effects.perform_for(request.pk, now=now) is False
    assert effects.perform_for(request.pk, now=now + back_off(1)) is True
    assert (at_core(request.account_id), at_core(other.account_id)) == (["freeze", "revoke_keys"], [])


def test_perform_failed_waits_longer_each_time_and_is_parked_in_the_end(now: datetime) -> None:
    effect = want(approved(now=now), K.FREEZE, now)
    at, waits = now, []
    with AWAY:
        for _attempt in range(MOST_ATTEMPTS):
            effects.perform_due(now=at)
            effect.refresh_from_db()
            waits.append(effect.due_at - at)
            at = effect.due_at
    assert (effect.state, effect.attempts, effect.last_error) == (
        EffectState.PARKED,
        MOST_ATTEMPTS,
        "ImproperlyConfigured",
    )
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (10, 20, 40, 80)]
    assert waits[-1] == LONGEST


@pytest.mark.row("E06")
def test_perform_beside_closures_is_parked_in_the_end_too(now: datetime) -> None:
    with transaction.atomic():
        effect = effects.add_beside(uuid7(), K.FREEZE, reference="one", now=now)
    Effect.objects.filter(pk=effect.pk).update(attempts=MOST_ATTEMPTS - 1)
    with AWAY:
        effects.perform_due(now=now)
    effect.refresh_from_db()
    assert (effect.state, effect.attempts, effect.last_error) == (
        EffectState.PARKED,
        MOST_ATTEMPTS,
        "ImproperlyConfigured",
    )


def test_perform_refused_keeps_the_code_of_the_core(now: datetime) -> None:
    # The ledger closes nothing while deposits are open.
    effect = want(closing(now), K.CLOSE, now)
    assert effects.perform_due(now=now) == 0
    effect.refresh_from_db()
    assert (effect.state, effect.last_error) == (EffectState.PENDING, "Refused: deposits_open")


def test_perform_killed_while_calling_is_called_again_under_the_same_key(now: datetime) -> None:
    request = approved(now=now)
    effect = want(request, K.FREEZE, now)
    Effect.objects.filter(pk=effect.pk).update(last_error=CALLING, attempts=1, due_at=now + LEASE)
    assert effects.perform_due(now=now) == 0
    assert effects.perform_due(now=now + LEASE) == 1
    effect.refresh_from_db()
    assert (effect.attempts, at_core(request.account_id)) == (2, ["freeze"])


def test_perform_raced_by_eight_threads_calls_once(now: datetime) -> None:
    request = approved(now=now)
    effect = want(request, K.FREEZE, now)
    assert sorted(map(str, race(8, lambda: effects.perform([effect.pk], now=now)))) == ["0"] * 7 + ["1"]
    effect.refresh_from_db()
    assert (effect.attempts, at_core(request.account_id)) == (1, ["freeze"])


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 10), (1, 10), (2, 20), (9, 2560), (10, 3600), (10**6, 3600)])
def test_back_off(attempts: int, seconds: int) -> None:
    assert back_off(attempts) == timedelta(seconds=seconds)


@pytest.mark.row("H05")
@pytest.mark.parametrize("kind", [K.REMOVE_ADDRESSES, K.CLOSE])
def test_perform_ends_nothing_under_a_legal_hold(now: datetime, kind: EffectKind) -> None:
    request = closing(now)
    LedgerAccountState.objects.create(account_id=request.account_id, deposits_locked=True)
    hold = place(request.account_id, now=now)
    effect, freeze = want(request, kind, now), want(request, K.FREEZE, now)
    assert (effects.perform_due(now=now), at_core(request.account_id)) == (1, ["freeze"])
    effect.refresh_from_db()
    freeze.refresh_from_db()
    assert (effect.state, effect.attempts, freeze.state) == (EffectState.PENDING, 0, EffectState.DONE)
    lift(hold, now=now)
    assert effects.perform_due(now=now + effects.REST) == 1
    assert at_core(request.account_id) == ["freeze", kind]


@pytest.mark.parametrize(
    ("state", "columns", "after"),
    [
        (ClosureState.HELD, {"held_reasons": ["deposit"], "held_from": "approved"}, (EffectState.PENDING, "")),
        (ClosureState.CANCELLED, {"end_reason": "test"}, (EffectState.DONE, SUPERSEDED)),
        (ClosureState.REJECTED, {"end_reason": "test"}, (EffectState.DONE, SUPERSEDED)),
        (ClosureState.FINALIZING, {}, (EffectState.PENDING, "")),
    ],
)
def test_perform_ends_nothing_of_a_request_that_does_not_close(
    now: datetime, state: ClosureState, columns: dict[str, object], after: tuple[str, str]
) -> None:
    request = closing(now)
    effect = want(request, K.REMOVE_ADDRESSES, now)
    at: dict[str, object] = {"held_at": now} if state is ClosureState.HELD else {"ended_at": now}
    at = {"parked_at": now} if state is ClosureState.FINALIZING else at
    ClosureRequest.objects.filter(pk=request.pk).update(**{"state": state, **columns, **at})
    assert (effects.perform_for(request.pk, now=now), at_core(request.account_id)) == (
        after[0] == EffectState.DONE,
        [],
    )
    effect.refresh_from_db()
    assert (effect.state, effect.last_error) == after
