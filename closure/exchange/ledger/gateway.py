"""The embedded core as a gateway: every call of the protocol, done for real in this database."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import DatabaseError

from closure.enums import Area, TransferKind
from closure.exchange.contract import Address, CoreEvent, Done, Quote, Snapshot, Transaction
from closure.exchange.errors import Nonsense, Unreachable
from closure.exchange.ledger import access, products, snapshot, telling, trading, withdrawals
from closure.exchange.ledger.books import Detail, known, once, refuse_closed, refuse_frozen, state_of
from closure.exchange.ledger.models import LedgerAccountState
from closure.exchange.ledger.settlement import settle

P = ParamSpec("P")
R = TypeVar("R")


def _answers(call: Callable[P, R]) -> Callable[P, R]:
    """Turn what a database or a broken row raises into the errors of a gateway, and nothing else."""

    @wraps(call)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(*args, **kwargs)
        except DatabaseError as error:
            raise Unreachable(type(error).__name__) from error
        except (ValueError, ArithmeticError) as error:
            raise Nonsense(str(error)) from error

    return answer


class LedgerGateway:
    """Like any core it has a clock of its own, given to it; the portal's `now` dates snapshots only."""

    remote = False

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    @_answers
    def _write(
        self,
        account_id: UUID,
        call: str,
        act: Callable[..., Detail],
        *,
        key: str,
        moves_money: bool = False,
        **facts: Any,
    ) -> Done:
        now = self._clock()

        def do(state: LedgerAccountState) -> Detail:
            if moves_money:
                refuse_frozen(state)
            settle(account_id, now=now)
            return act(account_id, **facts)

        return once(account_id, call, facts, do, key=key, now=now)

    @_answers
    def _set(self, account_id: UUID, call: str, act: Callable[..., Detail], *, key: str, **facts: Any) -> Done:
        return once(account_id, call, facts, partial(act, **facts), key=key, now=self._clock())

    @_answers
    def snapshot(self, account_id: UUID, *, now: datetime) -> Snapshot:
        """Return everything the account holds; what has come due is carried out first."""
        settle(account_id, now=now)
        return snapshot.snapshot(account_id, now=now)

    def cancel_orders(self, account_id: UUID, *, key: str) -> Done:
        """Cancel every order but P2P ones."""
        return self._write(account_id, "cancel_orders", trading.cancel_orders, key=key)

    @_answers
    def quote_dust(self, account_id: UUID, *, to_asset: str) -> Quote:
        """Say what all dust gives in one asset, and the fee."""
        refuse_closed(account_id)
        return trading.quote_dust(account_id, to_asset=to_asset, now=self._clock())

    def convert_dust(self, account_id: UUID, *, quote_id: str, key: str) -> Done:
        """Convert what a quote showed."""
        act = partial(trading.convert_dust, now=self._clock())
        return self._write(account_id, "convert_dust", act, key=key, moves_money=True, quote_id=quote_id)

    def close_positions(self, account_id: UUID, *, area: Area, key: str) -> Done:
        """Close every position of an area at the core's price."""
        return self._write(
            account_id, "close_positions", products.close_positions, key=key, moves_money=True, area=area
        )

    def move_margin(self, account_id: UUID, *, area: Area, asset: str, key: str) -> Done:
        """Move a margin balance to spot."""
        return self._write(account_id, "move_margin", products.move_margin, key=key, area=area, asset=asset)

    def move_web3(self, account_id: UUID, *, asset: str, key: str) -> Done:
        """Move a balance of the Web3 wallet to spot."""
        return self._write(account_id, "move_web3", products.move_web3, key=key, asset=asset)

    def redeem_earn(self, account_id: UUID, *, external_id: str, key: str) -> Done:
        """Redeem an Earn product to spot."""
        act = partial(products.redeem_earn, now=self._clock())
        return self._write(account_id, "redeem_earn", act, key=key, external_id=external_id)

    def revoke_keys(self, account_id: UUID, *, key_ids: tuple[str, ...] | None, key: str) -> Done:
        """Revoke the named API keys, or all."""
        return self._write(account_id, "revoke_keys", access.revoke_keys, key=key, key_ids=key_ids)

    @_answers
    def quote_withdrawal(
        self, account_id: UUID, *, asset: str, amount: Decimal, address_id: str | None, method: TransferKind
    ) -> Quote:
        """Say what a withdrawal costs and when it arrives."""
        refuse_closed(account_id)
        return withdrawals.quote(
            account_id, asset=asset, amount=amount, address_id=address_id, method=method, now=self._clock()
        )

    def withdraw(self, account_id: UUID, *, quote_id: str, key: str) -> Done:
        """Withdraw what a quote showed."""
        act = partial(withdrawals.withdraw, now=self._clock())
        return self._write(account_id, "withdraw", act, key=key, moves_money=True, quote_id=quote_id)

    def withdraw_frozen(self, account_id: UUID, *, quote_id: str, key: str) -> Done:
        """Withdraw what a quote showed, frozen or not: the portal has its owner's fresh factor for it."""
        act = partial(withdrawals.withdraw, now=self._clock())
        return self._write(account_id, "withdraw_frozen", act, key=key, quote_id=quote_id)

    def repay_loan(self, account_id: UUID, *, area: Area, asset: str, key: str) -> Done:
        """Repay a loan whole."""
        return self._write(account_id, "repay_loan", products.repay_loan, key=key, area=area, asset=asset)

    def remove_liquidity(self, account_id: UUID, *, external_id: str, key: str) -> Done:
        """Take a share out of its pool, to spot."""
        act = products.remove_liquidity
        return self._write(account_id, "remove_liquidity", act, key=key, external_id=external_id)

    def unstake(self, account_id: UUID, *, external_id: str, key: str) -> Done:
        """Begin to unstake; the balance reaches spot after its waiting time."""
        act = partial(products.unstake, now=self._clock())
        return self._write(account_id, "unstake", act, key=key, external_id=external_id)

    @_answers
    def quote_sale(self, account_id: UUID, *, asset: str, amount: Decimal, to_asset: str) -> Quote:
        """Say what a sale gives, and the fee."""
        refuse_closed(account_id)
        return trading.quote_sale(account_id, asset=asset, amount=amount, to_asset=to_asset, now=self._clock())

    def sell(self, account_id: UUID, *, quote_id: str, key: str) -> Done:
        """Sell what a quote showed."""
        act = partial(trading.sell, now=self._clock())
        return self._write(account_id, "sell", act, key=key, moves_money=True, quote_id=quote_id)

    @_answers
    def addresses(self, account_id: UUID) -> tuple[Address, ...]:
        """Return the saved withdrawal addresses."""
        refuse_closed(account_id)
        return access.addresses(account_id)

    def remove_addresses(self, account_id: UUID, *, address_ids: tuple[str, ...] | None, key: str) -> Done:
        """Remove the named addresses for good, or all."""
        return self._write(account_id, "remove_addresses", access.remove_addresses, key=key, address_ids=address_ids)

    @_answers
    def whitelist_on(self, account_id: UUID) -> bool:
        """Tell whether crypto leaves to whitelisted addresses alone."""
        refuse_closed(account_id)
        return state_of(account_id).whitelist_on

    def set_whitelist(self, account_id: UUID, *, on: bool, key: str) -> Done:
        """Let crypto leave to whitelisted addresses alone, or to every saved one."""
        return self._set(account_id, "set_whitelist", access.set_whitelist, key=key, on=on)

    def lock_deposits(self, account_id: UUID, *, key: str) -> Done:
        """Let nothing arrive any more."""
        return self._set(account_id, "lock_deposits", partial(access.set_state, deposits_locked=True), key=key)

    def unlock_deposits(self, account_id: UUID, *, key: str) -> Done:
        """Let deposits arrive again."""
        return self._set(account_id, "unlock_deposits", partial(access.set_state, deposits_locked=False), key=key)

    def freeze(self, account_id: UUID, *, key: str) -> Done:
        """Stop trading and withdrawals."""
        return self._set(account_id, "freeze", partial(access.set_state, frozen=True), key=key)

    def unfreeze(self, account_id: UUID, *, key: str) -> Done:
        """Allow trading and withdrawals again; revoked keys stay revoked."""
        return self._set(account_id, "unfreeze", partial(access.set_state, frozen=False), key=key)

    def close(self, account_id: UUID, *, key: str) -> Done:
        """End the account at the core for good."""
        return self._set(account_id, "close", access.close, key=key)

    @_answers
    def outcome(self, account_id: UUID, *, key: str) -> Done | None:
        """Say what was done under a key; nothing is done now."""
        return known(account_id, key)

    @_answers
    def events_since(self, cursor: str, *, limit: int) -> tuple[CoreEvent, ...]:
        """Return what happened by itself after a cursor."""
        return telling.events_since(cursor, limit=limit)

    def transactions(self, account_id: UUID) -> Iterator[Transaction]:
        """Stream the history, oldest first."""
        stream = snapshot.transactions(account_id)
        read = _answers(partial(next, stream, None))
        while (found := read()) is not None:
            yield found
