"""Making certain what became of a remedy: move by move under its own keys, by who confirmed it or by the worker.

Where its owner may not act any more, the core is asked what happened, and nothing is made.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import journal
from accounts.actors import Actor
from accounts.exceptions import NotAllowed, PortalError
from accounts.failures import kind_and_place
from accounts.idempotency import StillWorking
from accounts.models import Account
from closure import exchange
from closure.backoff import LONGEST, back_off
from closure.enums import MoveState, RemedyState
from closure.exceptions import NotCertain, RemedyRefused
from closure.exchange.contract import Done
from closure.models import RemedyRun
from closure.operations import give_up
from closure.permissions import check_remedy
from closure.preflight import remedies, runner
from closure.preflight.remedies.core import Core
from closure.preflight.remedies.remedy import Call
from closure.preflight.remedies.writes import WRITES

logger = logging.getLogger(__name__)
ENDED = {
    RemedyState.DONE: "remedy.done",
    RemedyState.PARTLY: "remedy.partly_done",
    RemedyState.REFUSED: "remedy.refused",
}
SWEEP = Actor.system("sweep")
MOST_AT_ONCE = 100
# Nothing that was wanted yesterday is done by itself today: from then on the worker only asks what was done, and the
# rest waits for the customer, who can ask again.
ACTS_FOR = timedelta(days=1)


class TooOld(NotAllowed):
    """It was wanted so long ago that its owner has to ask again."""

    def __init__(self) -> None:
        super().__init__(_("This was asked for too long ago. Ask again."), code="too_old")


def ask_again(run: RemedyRun, *, actor: Actor, now: datetime) -> RemedyRun:
    """Go on with a remedy that is not certain yet, under its own keys; one that ended stays as it is.

    Where its owner may not act any more, the core is asked what became of it, and nothing is made. Raises NotAllowed
    where something is left to be made then, StillWorking, NotCertain.
    """
    if run.state != RemedyState.DOING:
        return run
    return _go_on(run, actor=actor, stopped=_stopped(run, now=now), now=now)


def settle_due(now: datetime) -> int:
    """Find out what became of remedies that nobody finished, by the worker; returns how many ended."""
    waiting = RemedyRun.objects.filter(state=RemedyState.DOING, next_try_at__lte=now)
    ended = 0
    for run in list(waiting.order_by("next_try_at")[:MOST_AT_ONCE]):
        stopped = _stopped(run, now=now) or (TooOld() if run.created_at <= now - ACTS_FOR else None)
        try:
            _go_on(run, actor=SWEEP, stopped=stopped, now=now)
        except PortalError:
            # A hold or a closing came in between: what is not made stays unmade while it stands.
            continue
        ended += 1
    return ended


def _stopped(run: RemedyRun, *, now: datetime) -> NotAllowed | None:
    """Return why the owner may not act now; None where they may."""
    account = Account.objects.get(pk=run.account_id)
    frozen = any(move["call"] == Call.WITHDRAW_FROZEN for move in run.moves)
    owner = Actor.status_session(account.pk) if frozen else Actor.customer(account)
    try:
        check_remedy(owner, account, remedies.find(run.code).needs, now=now)
    except NotAllowed as refusal:
        return refusal
    return None


def _go_on(run: RemedyRun, *, actor: Actor, stopped: NotAllowed | None, now: datetime) -> RemedyRun:
    """Make what is not made, or where that is stopped find out what was; end it where nothing is left."""
    _claim(run, now=now)
    core = Core(exchange.get_gateway(), run.account_id, deadline=runner.DEADLINE)
    for number, move in enumerate(run.moves):
        if move["state"] == MoveState.TODO:
            _settle(run, number, core, only_asks=stopped is not None, now=now)
    if stopped is not None and any(move["state"] == MoveState.TODO for move in run.moves):
        _ours(run).update(working_until=None, next_try_at=now + LONGEST)
        raise stopped
    return _end(run, actor=actor, now=now)


def _claim(run: RemedyRun, *, now: datetime) -> None:
    """Be the one who is at it, with the attempt counted; raises StillWorking while another is."""
    free = RemedyRun.objects.filter(Q(working_until=None) | Q(working_until__lte=now), pk=run.pk)
    # Long enough for each move to run into its deadline.
    until = now + runner.DEADLINE * (len(run.moves) + 1)
    claimed = free.filter(state=RemedyState.DOING, attempts=run.attempts).update(
        attempts=run.attempts + 1, working_until=until, next_try_at=until
    )
    if claimed != 1:
        raise StillWorking
    run.refresh_from_db()


def _settle(run: RemedyRun, number: int, core: Core, *, only_asks: bool, now: datetime) -> None:
    """Make one move, or only ask about it, and keep what became of it.

    Raises NotCertain, and leaves the rest for the next time.
    """
    move, key = run.moves[number], f"{run.pk}:{number}"
    try:
        done = _known_of(move, core, key=key) if only_asks else _perform(run, move, core, key=key, now=now)
    except RemedyRefused as error:
        outcome = {"state": MoveState.REFUSED.value, "reason": error.reason}
    except Exception as error:
        # Whatever an adapter throws: it may have happened. What a core says may hold personal data, so kind and place.
        logger.warning("remedy %s is not certain: %s", run.pk, kind_and_place(error))
        _ours(run).update(working_until=None, next_try_at=now + back_off(run.attempts))
        raise NotCertain(run) from error
    else:
        if done is None:
            return
        outcome = {"state": MoveState.DONE.value, "effect": done.effect_id}
    run.moves[number] = {**move, **outcome}
    if _ours(run).update(moves=run.moves) != 1:
        raise StillWorking


def _perform(run: RemedyRun, move: Mapping[str, Any], core: Core, *, key: str, now: datetime) -> Done:
    call = Call(move["call"])
    if call is Call.GIVE_UP:
        return Done(effect_id=str(give_up.ask(run.account_id, move["facts"], now=now).pk))
    return core.write(lambda gateway, account_id: WRITES[call](gateway, account_id, move["facts"], key))


def _known_of(move: Mapping[str, Any], core: Core, *, key: str) -> Done | None:
    """Return what the core did for a move, None where it did nothing; asking needs nobody's permission."""
    return None if move["call"] == Call.GIVE_UP else core.outcome(key)


def _ours(run: RemedyRun) -> Any:
    """Return the row as long as it is ours: nobody else has claimed it since."""
    return RemedyRun.objects.filter(pk=run.pk, state=RemedyState.DOING, attempts=run.attempts)


def _end(run: RemedyRun, *, actor: Actor, now: datetime) -> RemedyRun:
    states = {MoveState(move["state"]) for move in run.moves}
    state = RemedyState.PARTLY if len(states) > 1 else RemedyState.DONE
    state = RemedyState.REFUSED if states == {MoveState.REFUSED} else state
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=run.account_id)
        if _ours(run).update(state=RemedyState(state), working_until=None, ended_at=now) != 1:
            raise StillWorking
        told = {
            "remedy": run.code,
            "run": str(run.pk),
            "effects": [move["effect"] for move in run.moves if move["effect"]],
            "refused": [move["reason"] for move in run.moves if move["reason"]],
        }
        journal.record(ENDED[state], actor=actor, at=now, account=account, data=told)
    run.refresh_from_db()
    return run
