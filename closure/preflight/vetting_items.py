"""Vets single items of a snapshot: the right type in the right area, and every fact one that can be true."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum

from closure.enums import Area, Direction, OrderKind, Side, TransferKind
from closure.exchange.contract import ApiKey, Debt, Holding, Loan, Nft, Order, Position, Referral, Transfer

A = Area
MARKETS = (A.USDM_FUTURES, A.COINM_FUTURES, A.OPTIONS, A.CROSS_MARGIN, A.ISOLATED_MARGIN)
MONEY = (A.SPOT, A.FUNDING, A.FIAT, *MARKETS, A.LOANS, A.EARN_FLEXIBLE, A.EARN_LOCKED, A.LIQUIDITY, A.STAKING, A.WEB3)
PLACES: dict[type, frozenset[Area]] = {
    Holding: frozenset(MONEY),
    Position: frozenset({A.SPOT, *MARKETS}),
    Loan: frozenset({A.CROSS_MARGIN, A.ISOLATED_MARGIN, A.LOANS}),
    Order: frozenset({A.ORDERS, A.P2P}),
    Transfer: frozenset({A.TRANSFERS}),
    ApiKey: frozenset({A.API_KEYS}),
    Referral: frozenset({A.REFERRALS}),
    Nft: frozenset({A.NFT}),
}
# More than any coin has ever had of units, by far.
LARGEST = Decimal("1e30")
LONGEST_NAME = 256
YEARS = (1970, 2300)


def problem_of(area: Area, item: object) -> str | None:
    """Return what cannot be true of an item of an area, or None; never raises."""
    if area not in PLACES.get(type(item), frozenset()) or getattr(item, "area", area) != area:
        return f"an item that does not belong here: {type(item).__name__}"
    wrong = [name for name, is_right in FACTS.items() if hasattr(item, name) and not is_right(getattr(item, name))]
    if wrong:
        return f"{type(item).__name__} with impossible {', '.join(wrong)}"
    return None if _text_agrees(item) else f"{type(item).__name__} whose text is another amount"


def is_amount(value: object) -> bool:
    """Tell whether a value is a Decimal that an amount can be: finite, not negative, not absurd."""
    return isinstance(value, Decimal) and value.is_finite() and 0 <= value <= LARGEST


def is_time(value: object) -> bool:
    """Tell whether a value is an aware datetime of an age in which there are exchanges."""
    return isinstance(value, datetime) and value.utcoffset() is not None and YEARS[0] <= value.year <= YEARS[1]


def is_debt(item: object) -> bool:
    """Tell whether something can be what is owed in an asset, and where it is paid."""
    if not isinstance(item, Debt) or not is_amount(item.amount) or not item.amount:
        return False
    named = is_name(item.asset) and is_name(item.text) and _is_text(item.network) and _is_text(item.address)
    return named and _text_agrees(item)


def is_name(value: object) -> bool:
    """Tell whether a value is a text that can name something."""
    return bool(value) and _is_text(value)


def _is_text(value: object) -> bool:
    """Tell whether a value is a text that a database keeps: short, no NUL, no half of a character."""
    if not isinstance(value, str) or len(value) > LONGEST_NAME or "\x00" in value:
        return False
    return value.isascii() or value == value.encode(errors="ignore").decode()


def _optional(is_right: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or is_right(value)


def _one_of(*kinds: type[Enum]) -> Callable[[object], bool]:
    values = {member.value for kind in kinds for member in kind}
    return lambda value: isinstance(value, str) and value in values


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _are_texts(value: object) -> bool:
    return isinstance(value, tuple | list) and all(_is_text(each) for each in value)


FACTS: dict[str, Callable[[object], bool]] = {
    "amount": is_amount,
    "text": is_name,
    "value_usdt": _optional(is_amount),
    "price": _optional(is_amount),
    "asset": is_name,
    "symbol": is_name,
    "key_id": is_name,
    "collection": _is_text,
    "token": _is_text,
    "chain": _is_text,
    "label": _is_text,
    "external_id": _is_text,
    "scopes": _are_texts,
    "unlocks": _optional(is_time),
    "settles": _optional(is_time),
    "last_used": _optional(is_time),
    "redeemable": _is_flag,
    "settled": _is_flag,
    "kind": _one_of(OrderKind, TransferKind),
    "side": _one_of(Side),
    "direction": _one_of(Direction),
}


def _text_agrees(item: object) -> bool:
    """Tell whether the text that people are shown is the amount that was judged."""
    if not hasattr(item, "text"):
        return True
    try:
        return bool(Decimal(item.text) == getattr(item, "amount", None))
    except InvalidOperation:
        return False
