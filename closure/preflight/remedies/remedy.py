"""What a remedy is: a preview of moves at the core, bound to what is confirmed (B12). Pure but for quotes."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from accounts.enums import Purpose
from closure.enums import Area, Needs, RemedyCode
from closure.exchange import amounts
from closure.exchange.contract import Holding
from closure.preflight.dust import WALLETS
from closure.preflight.remedies.core import Core
from closure.preflight.remedies.wordings import Line
from closure.preflight.view import AccountView

# Of a quote only the facts are confirmed: its id is another one each time.
QUOTE = "quote_id"


class Call(StrEnum):
    """The writes that remedies make."""

    CANCEL_ORDERS = "cancel_orders"
    CLOSE_POSITIONS = "close_positions"
    CONVERT_DUST = "convert_dust"
    MOVE_MARGIN = "move_margin"
    MOVE_WEB3 = "move_web3"
    REDEEM_EARN = "redeem_earn"
    REMOVE_LIQUIDITY = "remove_liquidity"
    UNSTAKE = "unstake"
    REPAY_LOAN = "repay_loan"
    REVOKE_KEYS = "revoke_keys"
    SELL = "sell"
    WITHDRAW = "withdraw"
    WITHDRAW_FROZEN = "withdraw_frozen"
    GIVE_UP = "give_up"


@dataclass(frozen=True, kw_only=True)
class Money:
    """So much of an asset."""

    amount: Decimal
    asset: str

    @property
    def text(self) -> str:
        """The amount in digits."""
        return amounts.brief(self.amount)


@dataclass(frozen=True, kw_only=True)
class Move:
    """One write at the core, with what it does in words; `facts` are its arguments as JSON keeps them."""

    call: Call
    facts: Mapping[str, Any]
    line: Line


@dataclass(frozen=True, kw_only=True)
class Option:
    """Something that a remedy can be about; `item` is what pages and API name it by."""

    item: str
    line: Line


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Exactly what would happen now. `action` is what a verification is bound to, `digest` what is confirmed."""

    code: RemedyCode
    item: str
    moves: tuple[Move, ...]
    notes: tuple[Line, ...] = ()
    fee: Money | None = None
    receives: Money | None = None
    settles: datetime | None = None
    action: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of everything that is shown; an arrival counts by its day."""
        shown = {
            "code": self.code.value,
            "item": self.item,
            "moves": [
                [move.call.value, {name: fact for name, fact in move.facts.items() if name != QUOTE}, *move.line]
                for move in self.moves
            ],
            "notes": [[*line] for line in self.notes],
            "fee": self.fee and [self.fee.text, self.fee.asset],
            "receives": self.receives and [self.receives.text, self.receives.asset],
            "settles": self.settles and self.settles.date().isoformat(),
        }
        return hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a remedy can be about, and what it would do to the one chosen; no `preview`: one has to be chosen first."""

    options: Sequence[Option]
    preview: Preview | None


@dataclass(kw_only=True)
class Scene:
    """What a remedy looks at: the account as it was just read, the core for quotes, and the time.

    `free` and `repaid` follow a list of moves as it is planned: what would be free in the wallets by then, and what
    is left of an asset in an area where a loan of it would be gone.
    """

    view: AccountView
    core: Core
    now: datetime
    free: dict[str, Decimal] = field(default_factory=dict)
    repaid: dict[tuple[Area, str], Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.free = free_in_wallets(self.view)

    def gain(self, asset: str, amount: Decimal) -> None:
        """Remember that a move would bring this to the wallets."""
        self.free[asset] = amounts.add(self.free.get(asset, amounts.ZERO), amount)


def free_in_wallets(view: AccountView) -> dict[str, Decimal]:
    """Return what could be withdrawn or sold, by asset."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for area in WALLETS:
        for item in view.items(area, Holding):
            if item.unlocks is None and item.redeemable and item.amount:
                found[item.asset] = amounts.add(found[item.asset], item.amount)
    return dict(found)


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One remedy. `plan(scene, item)` says what it would do; it raises NothingToClear, UnknownRemedy, RemedyRefused.

    `options`: what it can be about, where one has to be chosen. `purpose`: it needs a fresh second factor of its own,
    for exactly this action (D07). `also`: other ways out. `areas`: what it has to see. `typed`: the name is asked for.
    """

    code: RemedyCode
    title: str | Promise
    verb: str | Promise
    needs: Needs
    plan: Callable[[Scene, str], Preview]
    options: Callable[[Scene], Sequence[Option]] | None = None
    purpose: Purpose | None = None
    also: tuple[RemedyCode, ...] = ()
    areas: tuple[Area, ...] = ()
    typed: bool = False
