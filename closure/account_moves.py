"""What a closure does to its account: freeze, release, disable, close; and what the core is asked to do with it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from accounts.actors import Actor
from accounts.enums import AccountStatus, RestrictionKind
from accounts.messages import outbox
from accounts.models import Account
from accounts.restrictions import place
from accounts.status import change_status, change_status_many
from closure import effects
from closure.effects import EffectKind
from closure.enums import ClosureAction, ClosureState
from closure.facts import Context
from closure.mails import held_until_of
from closure.policy import loader
from closure.policy.schema import ApiKeys
from closure.transitions import AccountMove

DISPUTE = Actor.system("dispute")


def move(context: Context, action: ClosureAction, how: AccountMove) -> None:
    """Carry out the account's part of a transition; the account row is locked, the request still as it was before."""
    if how is AccountMove.SAME:
        if action is ClosureAction.HOLD:
            _unlock_deposits(context)
        return
    _MOVES[how](context)


def close(accounts: Sequence[Account], *, actor: Actor, now: datetime) -> None:
    """Close locked accounts that all stand in one status, and forget what has ended of their messages."""
    change_status_many(accounts, AccountStatus.CLOSED, actor=actor, reason="closure_finished", now=now)
    outbox.forget_ended([account.pk for account in accounts])


def _freeze(context: Context) -> None:
    change_status(
        context.account, AccountStatus.FROZEN, actor=context.actor, reason="closure_submitted", now=context.now
    )
    effects.add(context.request, EffectKind.FREEZE, now=context.now)
    if loader.from_pinned(context.request.policy).preflight.api_keys is ApiKeys.REVOKE:
        effects.add(context.request, EffectKind.REVOKE_KEYS, now=context.now)


def _release(context: Context) -> None:
    """Active again; restrictions stay, keys stay revoked, withdrawals are held (RELEASE of docs/lifecycle.md)."""
    change_status(
        context.account, AccountStatus.ACTIVE, actor=context.actor, reason="closure_released", now=context.now
    )
    until = held_until_of(context.account, now=context.now)
    Account.objects.filter(pk=context.account.pk).update(withdrawals_held_until=until)
    context.account.withdrawals_held_until = until
    effects.add(context.request, EffectKind.UNFREEZE, now=context.now)
    _unlock_deposits(context)


def _disable(context: Context) -> None:
    """Locked for everybody until two people of compliance release it; the core stays frozen."""
    change_status(
        context.account, AccountStatus.DISABLED, actor=context.actor, reason="closure_disputed", now=context.now
    )
    place(context.account, RestrictionKind.SECURITY_INVESTIGATION, actor=DISPUTE, note="", now=context.now)
    _unlock_deposits(context)


def _close(context: Context) -> None:
    close([context.account], actor=context.actor, now=context.now)


def _shut(context: Context) -> None:
    """Frozen again, from whatever an older database says; a disabled account comes here by way of active."""
    account = context.account
    way = {
        AccountStatus.FROZEN: (),
        AccountStatus.DISABLED: (AccountStatus.ACTIVE, AccountStatus.FROZEN),
    }
    for to in way.get(AccountStatus(account.status), (AccountStatus.FROZEN,)):
        change_status(account, to, actor=context.actor, reason="closure_replayed", now=context.now)


def _unlock_deposits(context: Context) -> None:
    if context.state is ClosureState.FINALIZING:
        effects.add(context.request, EffectKind.UNLOCK_DEPOSITS, now=context.now)


_MOVES: dict[AccountMove, Callable[[Context], None]] = {
    AccountMove.FREEZE: _freeze,
    AccountMove.RELEASE: _release,
    AccountMove.DISABLE: _disable,
    AccountMove.CLOSE: _close,
    AccountMove.SHUT: _shut,
}
