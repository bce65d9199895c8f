"""What the portal asks of an exchange core. `ledger` (tables), `http` and `ccxt` pass the same contract suite.

Amounts are Decimals; `text` beside them is the amount exactly as the core or the import gave it, so that every digit
comes back out. Writes carry an idempotency key: the same key acts once and answers the same. A gateway whose `remote`
is true answers or raises within its own limits; the caller bounds it once more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from closure.enums import Area, Direction, OrderKind, Side, TransactionKind, TransferKind


@dataclass(frozen=True, kw_only=True)
class Holding:
    area: Area
    asset: str
    amount: Decimal
    text: str
    value_usdt: Decimal | None  # None: not priced, and then never dust unless the amount is zero
    unlocks: datetime | None = None
    redeemable: bool = True
    external_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Position:
    area: Area
    symbol: str
    side: Side
    amount: Decimal
    text: str
    value_usdt: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Order:
    area: Area
    kind: OrderKind
    symbol: str
    side: Side
    amount: Decimal
    text: str
    price: Decimal | None = None
    external_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Loan:
    area: Area
    asset: str
    amount: Decimal
    text: str


@dataclass(frozen=True, kw_only=True)
class Transfer:
    direction: Direction
    kind: TransferKind
    asset: str
    amount: Decimal
    text: str
    settles: datetime | None


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    key_id: str
    label: str
    scopes: tuple[str, ...]
    last_used: datetime | None


@dataclass(frozen=True, kw_only=True)
class Referral:
    asset: str
    amount: Decimal
    text: str
    settled: bool


@dataclass(frozen=True, kw_only=True)
class Nft:
    collection: str
    token: str
    chain: str


@dataclass(frozen=True, kw_only=True)
class Withdrawal:
    """A completed withdrawal; `value_usdt` at its time, None when it was not priced."""

    time: datetime
    asset: str
    amount: Decimal
    value_usdt: Decimal | None


@dataclass(frozen=True, kw_only=True)
class CapUse:
    """A withdrawal that counts toward the daily limit (B05): when it left; `btc` None: unpriced, the whole of a day."""

    at: datetime
    btc: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Debt:
    """What an account owes in one asset, its balance being negative; `address` is where a deposit arrives, if known."""

    asset: str
    amount: Decimal
    text: str
    network: str = ""
    address: str = ""


Item = Holding | Position | Order | Loan | Transfer | ApiKey | Referral | Nft


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """What the core says an account holds. An area that is missing from `areas` could not be read.

    `debts` is what it owes in each asset whose balance is negative: none where the core knows of debts and all are
    settled, None where it does not say. Such a balance is in no area.
    """

    account_id: UUID
    taken_at: datetime
    areas: Mapping[Area, tuple[Item, ...]]
    withdrawals: tuple[Withdrawal, ...] | None  # of the last 30 days; None: could not be read
    deposits_locked: bool = False
    prices: Mapping[str, Decimal] = field(default_factory=dict)  # USDT for one unit; BTC is needed for withdrawal caps
    cap_used: tuple[CapUse, ...] = ()  # of the last 24 hours
    unstaking: Mapping[str, timedelta] = field(default_factory=dict)  # how long each staked asset takes to come free
    debts: tuple[Debt, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Address:
    address_id: str
    asset: str
    network: str
    address: str
    label: str
    whitelisted: bool


@dataclass(frozen=True, kw_only=True)
class Quote:
    """What a write would do: who pays `fee`, what is received; `quote_id` binds the confirmation to what was shown.

    `takes` is what leaves the balances, asset and amount, where that is more than `amount` of `asset`.
    """

    quote_id: str
    asset: str
    amount: Decimal
    fee: Decimal
    fee_asset: str
    receives: Decimal
    receives_asset: str
    settles: datetime | None = None
    takes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Done:
    """The answer to a write: an opaque id of the core, and what was received where something was."""

    effect_id: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Transaction:
    time: datetime
    kind: TransactionKind
    asset: str
    amount: Decimal
    text: str
    fee: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class CoreEvent:
    """Something that happened at the core by itself: a deposit (closure.enums.CoreEventKind), a sign-in, a trade.

    `event_id` is the core's own and stays the same however often, and by whichever way, it is told.
    """

    event_id: str
    cursor: str
    at: datetime
    account_id: UUID
    kind: str
    data: Mapping[str, str]


class Gateway(Protocol):
    """An exchange core. Every call raises a GatewayError subclass and nothing else."""

    remote: bool

    def snapshot(self, account_id: UUID, *, now: datetime) -> Snapshot: ...

    def cancel_orders(self, account_id: UUID, *, key: str) -> Done: ...

    def quote_dust(self, account_id: UUID, *, to_asset: str) -> Quote: ...

    def convert_dust(self, account_id: UUID, *, quote_id: str, key: str) -> Done: ...

    def close_positions(self, account_id: UUID, *, area: Area, key: str) -> Done: ...

    def move_margin(self, account_id: UUID, *, area: Area, asset: str, key: str) -> Done:
        """Move a balance of futures, options or margin, or collateral that no loan needs, to spot."""
        ...

    def move_web3(self, account_id: UUID, *, asset: str, key: str) -> Done: ...

    def redeem_earn(self, account_id: UUID, *, external_id: str, key: str) -> Done: ...

    def revoke_keys(self, account_id: UUID, *, key_ids: tuple[str, ...] | None, key: str) -> Done: ...

    def quote_withdrawal(
        self, account_id: UUID, *, asset: str, amount: Decimal, address_id: str | None, method: TransferKind
    ) -> Quote:
        """Say what a withdrawal costs and when it arrives; refused (`above_cap`) past the daily limit of the level."""
        ...

    def withdraw(self, account_id: UUID, *, quote_id: str, key: str) -> Done: ...

    def withdraw_frozen(self, account_id: UUID, *, quote_id: str, key: str) -> Done:
        """Withdraw what a quote showed from an account that the portal froze: its owner asked there, with a fresh
        factor, to send back what arrived since (A19). Everything else stays frozen."""
        ...

    def repay_loan(self, account_id: UUID, *, area: Area, asset: str, key: str) -> Done: ...

    def remove_liquidity(self, account_id: UUID, *, external_id: str, key: str) -> Done: ...

    def unstake(self, account_id: UUID, *, external_id: str, key: str) -> Done: ...

    def quote_sale(self, account_id: UUID, *, asset: str, amount: Decimal, to_asset: str) -> Quote: ...

    def sell(self, account_id: UUID, *, quote_id: str, key: str) -> Done: ...

    def addresses(self, account_id: UUID) -> tuple[Address, ...]: ...

    def remove_addresses(self, account_id: UUID, *, address_ids: tuple[str, ...] | None, key: str) -> Done: ...

    def whitelist_on(self, account_id: UUID) -> bool: ...

    def set_whitelist(self, account_id: UUID, *, on: bool, key: str) -> Done:
        """Let crypto leave to whitelisted addresses alone (N05), or to every saved one.

        While it is on, quoting and sending to any other address are refused (`not_whitelisted`).
        """
        ...

    def lock_deposits(self, account_id: UUID, *, key: str) -> Done: ...

    def unlock_deposits(self, account_id: UUID, *, key: str) -> Done: ...

    def freeze(self, account_id: UUID, *, key: str) -> Done: ...

    def unfreeze(self, account_id: UUID, *, key: str) -> Done: ...

    def close(self, account_id: UUID, *, key: str) -> Done:
        """End the account at the core for good: access, trading, and all mail about trades and balances (F04)."""
        ...

    def outcome(self, account_id: UUID, *, key: str) -> Done | None:
        """Say what a write of this account under this key answered, None where none was done; nothing is done now.

        A write that is still on its way may be done after that.
        """
        ...

    def events_since(self, cursor: str, *, limit: int) -> tuple[CoreEvent, ...]: ...

    def transactions(self, account_id: UUID) -> Iterator[Transaction]: ...
