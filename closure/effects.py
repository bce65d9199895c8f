"""What must happen at the exchange core: a row in the change that wants it, one call under its key afterwards.

A row is claimed by compare-and-set with its attempt counted and committed before the call, so a killed process leaves
a story. A later opposite wins: a freeze still waiting when the account was released is never made (lifecycle.md).
What ends for good waits while the request is held or parked.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts.ids import uuid7
from accounts.models import Account
from closure import exchange, wake
from closure.backoff import back_off
from closure.causes import legally_held
from closure.enums import FINAL_STATES, ClosureState, EffectState
from closure.exchange import answers
from closure.exchange.contract import Gateway
from closure.exchange.errors import Refused
from closure.models import ClosureRequest, Effect
from closure.poison import CALLING, MOST_DEATHS, calling, deaths_of, story

logger = logging.getLogger(__name__)


class EffectKind(StrEnum):
    """The calls that closing makes at the core."""

    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    REVOKE_KEYS = "revoke_keys"
    LOCK_DEPOSITS = "lock_deposits"
    UNLOCK_DEPOSITS = "unlock_deposits"
    REMOVE_ADDRESSES = "remove_addresses"
    CLOSE = "close"


K = EffectKind
OPPOSITE: Mapping[str, EffectKind] = {
    K.FREEZE: K.UNFREEZE,
    K.UNFREEZE: K.FREEZE,
    K.LOCK_DEPOSITS: K.UNLOCK_DEPOSITS,
    K.UNLOCK_DEPOSITS: K.LOCK_DEPOSITS,
}
CALLS: Mapping[str, Callable[[Gateway, UUID, str], object]] = {
    K.FREEZE: lambda core, account, key: core.freeze(account, key=key),
    K.UNFREEZE: lambda core, account, key: core.unfreeze(account, key=key),
    K.REVOKE_KEYS: lambda core, account, key: core.revoke_keys(account, key_ids=None, key=key),
    K.LOCK_DEPOSITS: lambda core, account, key: core.lock_deposits(account, key=key),
    K.UNLOCK_DEPOSITS: lambda core, account, key: core.unlock_deposits(account, key=key),
    K.REMOVE_ADDRESSES: lambda core, account, key: core.remove_addresses(account, address_ids=None, key=key),
    K.CLOSE: lambda core, account, key: core.close(account, key=key),
}
# What ends for good at the core: only while the plan that wants it runs, and never under a legal hold (invariant 19).
ENDING = frozenset({K.REMOVE_ADDRESSES, K.CLOSE})
# What is done at the core before an account is erased: asked for again after an older database was restored (H06).
ENDED_AT_CORE = frozenset({K.LOCK_DEPOSITS, K.FREEZE, K.REVOKE_KEYS, K.REMOVE_ADDRESSES})
REST = timedelta(minutes=5)
# A gateway answers or gives up well within this; a claim older than that belongs to a dead process.
LEASE = timedelta(seconds=30)
SUPERSEDED = "superseded"
# A core that is away is asked for about a day, one that understood and said no a few times; then staff look.
MOST_ATTEMPTS = 30
MOST_REFUSALS = 5


def add(request: ClosureRequest, kind: str, *, now: datetime, key_suffix: str = "") -> Effect:
    """Want a call, inside the caller's transaction with the account row locked; returns the row, made once.

    Asked again after its opposite (lock, unlock, lock) it is a new call under a new key.
    """
    effect = add_all([request], kind, now=now, key_suffix=key_suffix)[request.pk]
    wake.wake(request.pk)
    return effect


def add_beside(account_id: UUID, kind: str, *, reference: str, now: datetime) -> Effect:
    """Want a call that belongs to no closure, inside the caller's transaction with the account row locked (E06).

    `reference` names its cause, once and for all: asked again with the same it is the same row. A call that is not
    made yet is superseded by its opposite, whichever wanted that. Raises ValueError for what ends an account.
    """
    if kind in ENDING:
        raise ValueError(kind)
    known = list(Effect.objects.filter(account_id=account_id).order_by("id"))
    effect = _named(account_id, None, kind, f"{reference}:{kind}", known, now)
    if effect._state.adding:
        effect.save(force_insert=True)
        wake.wake()
    return effect


def add_all(
    requests: Sequence[ClosureRequest],
    kind: str,
    *,
    now: datetime,
    due_at: datetime | None = None,
    key_suffix: str = "",
) -> dict[UUID, Effect]:
    """Do the same for many requests with two queries; returns {request key: row}.

    Whoever makes the calls by name right away sets `due_at` to when others may make them instead.
    """
    known: dict[UUID, list[Effect]] = {request.account_id: [] for request in requests}
    for effect in Effect.objects.filter(account_id__in=known).order_by("id"):
        known[effect.account_id].append(effect)
    wanted = {request.pk: _wanted(request, kind, known[request.account_id], now, key_suffix) for request in requests}
    new = [effect for effect in wanted.values() if effect._state.adding]
    for effect in new:
        effect.due_at = due_at or now
    Effect.objects.bulk_create(new)
    return wanted


def thaw(account_id: UUID, *, now: datetime) -> None:
    """Want an account unfrozen at the core where it was frozen last, whatever wanted that; its row is locked."""
    calls = Effect.objects.filter(account_id=account_id, kind__in=[K.FREEZE, K.UNFREEZE]).select_related("request")
    last = calls.order_by("-id").first()
    if last is None or last.kind != K.FREEZE:
        return
    if last.request is None:
        add_beside(account_id, K.UNFREEZE, reference=last.key, now=now)
    else:
        add(last.request, K.UNFREEZE, now=now)


def ask_again(calls: Sequence[Effect], *, now: datetime) -> None:
    """Want calls again under their old keys: a core that has done them answers, one that was restored does them (H06).

    The account is locked by the caller's transaction.
    """
    for call in calls:
        call.state, call.due_at = EffectState.PENDING, now
    changed = ["state", "attempts", "due_at", "done_at", "last_error"]
    Effect.objects.bulk_create(calls, update_conflicts=True, unique_fields=["key"], update_fields=changed)


def _wanted(request: ClosureRequest, kind: str, known: list[Effect], now: datetime, suffix: str) -> Effect:
    """Return the standing row for this call, or a new unsaved one that sorts after all others of the account."""
    ours = [effect for effect in known if effect.request_id == request.pk and effect.kind in {kind, OPPOSITE.get(kind)}]
    same = [effect for effect in ours if effect.kind == kind]
    key = f"{request.reference}:{kind}"
    if suffix:
        key = f"{key}:{suffix}"
        same = ours = [effect for effect in same if effect.key == key]
    elif same:
        key = f"{key}:{len(same) + 1}"
    if ours and ours[-1].kind == kind:
        return ours[-1]
    return _named(request.account_id, request.pk, kind, key, known, now)


def _named(
    account_id: UUID, request_id: UUID | None, kind: str, key: str, known: list[Effect], now: datetime
) -> Effect:
    """Return the row of a key, or a new unsaved one that sorts after all others of the account."""
    same = next((effect for effect in known if effect.key == key), None)
    if same is not None:
        return same
    # Clocks of two hosts differ; the order of lock and unlock must not.
    after = known[-1].id.int + 1 if known else 0
    return Effect(
        id=max(uuid7(), UUID(int=after)),
        account_id=account_id,
        request_id=request_id,
        kind=str(kind),
        key=key,
        created_at=now,
        due_at=now,
    )


def perform_for(request_id: UUID, *, now: datetime) -> bool:
    """Perform what one request waits for and is due; returns whether nothing of it is left waiting."""
    waiting = Effect.objects.filter(request_id=request_id, state=EffectState.PENDING)
    perform(list(waiting.filter(due_at__lte=now).order_by("id").values_list("id", flat=True)), now=now)
    return not waiting.exists()


def perform_due(*, now: datetime, limit: int = 500) -> int:
    """Perform up to `limit` calls that are due, oldest first; returns how many were done."""
    due = Effect.objects.filter(state=EffectState.PENDING, due_at__lte=now).order_by("due_at", "id")
    return perform(list(due.values_list("id", flat=True)[:limit]), now=now)


def perform_beside(account_id: UUID, *, now: datetime) -> int:
    """Perform what one account waits for that belongs to no closure, and is due; returns how many were done."""
    waiting = Effect.objects.filter(account_id=account_id, request=None, state=EffectState.PENDING, due_at__lte=now)
    return perform(list(waiting.order_by("id").values_list("id", flat=True)), now=now)


def perform(effect_ids: Iterable[UUID], *, now: datetime) -> int:
    """Perform these calls where they are free and due or new, outside of a transaction; returns how many were done."""
    return sum(_perform(effect_id, now=now) for effect_id in effect_ids)


def _perform(effect_id: UUID, *, now: datetime) -> bool:
    effect = _claim(effect_id, now=now)
    if effect is None:
        return False
    try:
        answers.done(CALLS[effect.kind](exchange.get_gateway(), effect.account_id, effect.key))
    except Exception as error:  # noqa: BLE001  (whatever an adapter throws: unknown never advances, invariant 2)
        _failed(effect, error, now=now)
        return False
    done = Effect.objects.filter(pk=effect.pk, state=EffectState.PENDING)
    return done.update(state=EffectState.DONE, done_at=now, last_error="") == 1


def _claim(effect_id: UUID, *, now: datetime) -> Effect | None:
    """Take a due row for ourselves, with its attempt counted; None when it is taken, too early or superseded."""
    with transaction.atomic(durable=True):
        free = Q(due_at__lte=now) | Q(attempts=0)
        effect = Effect.objects.filter(free, pk=effect_id, state=EffectState.PENDING).first()
        if effect is None:
            return None
        # The lock orders claims of one account, so freeze and unfreeze are never both on their way.
        list(Account.objects.select_for_update().filter(pk=effect.account_id).values_list("id"))
        deaths = deaths_of(effect.last_error)
        if not _is_its_turn(effect, now=now) or (deaths >= MOST_DEATHS and _parked(effect, deaths)):
            return None
        effect.attempts += 1
        unclaimed = Effect.objects.filter(
            pk=effect.pk, state=EffectState.PENDING, attempts=effect.attempts - 1, due_at=effect.due_at
        )
        claimed = unclaimed.update(attempts=effect.attempts, due_at=now + LEASE, last_error=calling(deaths))
    return effect if claimed == 1 else None


def _is_its_turn(effect: Effect, *, now: datetime) -> bool:
    """Tell whether the call may be made; one that a later opposite overtook is finished without a call."""
    if effect.kind in ENDING:
        return _may_end(effect, now=now)
    if effect.kind not in OPPOSITE:
        return True
    if effect.kind == K.UNFREEZE and _keys_live(effect):
        _rest(effect, now=now)
        return False
    opposites = Effect.objects.filter(account_id=effect.account_id, kind=OPPOSITE[effect.kind])
    if opposites.filter(pk__gt=effect.pk).exists():
        _supersede(effect, now=now)
        return False
    on_its_way = opposites.filter(state=EffectState.PENDING, last_error__startswith=CALLING, due_at__gt=now)
    return not on_its_way.exists()


def _may_end(effect: Effect, *, now: datetime) -> bool:
    """Tell whether what ends for good may be done now; a request that is over, or held, wants it no more, or not yet.

    The account's row is locked, as it is by whoever places a hold or stops the request.
    """
    request = ClosureRequest.objects.filter(effects=effect.pk)
    if request.filter(~legally_held(), state=ClosureState.FINALIZING, parked_at=None).exists():
        return True
    if request.filter(state__in=sorted(FINAL_STATES)).exists():
        _supersede(effect, now=now)
    else:
        _rest(effect, now=now)
    return False


def _keys_live(thaw: Effect) -> bool:
    """Tell whether keys that end with a disabling are not deleted yet: once thawed, they would work again (N07)."""
    wanted = Effect.objects.filter(account_id=thaw.account_id, request=None, kind=K.REVOKE_KEYS, pk__lt=thaw.pk)
    return wanted.exclude(state=EffectState.DONE).exists()


def _rest(effect: Effect, *, now: datetime) -> None:
    Effect.objects.filter(pk=effect.pk, state=EffectState.PENDING).update(due_at=now + REST)


def _supersede(effect: Effect, *, now: datetime) -> None:
    waiting = Effect.objects.filter(pk=effect.pk, state=EffectState.PENDING)
    waiting.update(state=EffectState.DONE, done_at=now, last_error=SUPERSEDED)


def _parked(effect: Effect, deaths: int) -> bool:
    """Park a call that kills whoever makes it, and tell why; always True."""
    waiting = Effect.objects.filter(pk=effect.pk, state=EffectState.PENDING, attempts=effect.attempts)
    waiting.update(state=EffectState.PARKED, last_error=story(deaths))
    logger.error("effect %s: %s; parked", effect.key, story(deaths))
    return True


def _failed(effect: Effect, error: Exception, *, now: datetime) -> None:
    """Keep the story and try again later, or park the call for staff."""
    refused = isinstance(error, Refused)
    said = f"{type(error).__name__}: {error.reason}" if isinstance(error, Refused) else type(error).__name__
    parked = effect.attempts >= (MOST_REFUSALS if refused else MOST_ATTEMPTS)
    Effect.objects.filter(pk=effect.pk, state=EffectState.PENDING).update(
        state=EffectState.PARKED if parked else EffectState.PENDING,
        due_at=now + back_off(effect.attempts),
        last_error=said[:200],
    )
    logger.warning("effect %s failed, attempt %s: %s%s", effect.key, effect.attempts, said, "; parked" * parked)
