"""The demo's people, as lines of the import format: what each holds is what makes them interesting."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.enums import Role
from accounts.models import Account

PASSWORD = "demo-Passw0rd!"
DOMAIN = "demo.test"
STAFF = {
    "agent": Role.AGENT,
    "lead": Role.LEAD,
    "compliance": Role.COMPLIANCE,
    "compliance2": Role.COMPLIANCE,
}
Line = dict[str, Any]
# name -> what the sign-in list says of them
ABOUT: Mapping[str, str] = {
    "clean": "clear, may close now",
    "loaded": "something left in every area",
    "dusty": "only dust left",
    "waiting": "only a 90-day lock left",
    "large": "clear, but 25,000 USDT withdrawn in the last 30 days",
    "new": "no second factor yet",
    "frozen": "a closure is cooling off: sign-in is shut",
    "dormant": "asleep for three years",
    "disabled": "switched off by its owner",
    "restricted": "negative balance",
    "judicial": "under a legal hold",
    "closed": "closed a week ago",
}


def email_of(name: str) -> str:
    """Return the address of a persona."""
    return f"{name}@{DOMAIN}"


def document_of(account: Account) -> str:
    """Return the number of the document that a persona showed at identity verification."""
    name = (account.email or "").partition("@")[0]
    return f"DEMO-{name.upper()}-1"


def lines(now: datetime, *, password_hash: str) -> list[Line]:
    """Return one import line for each customer; times count from `now`."""
    return [line_of(number, name, now, password_hash) for number, name in enumerate(ABOUT)]


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def line_of(number: int, name: str, now: datetime, password_hash: str) -> Line:
    """Return the import line of one customer; `number` makes the phone number theirs alone."""
    away = timedelta(days=3 * 365) if name == "dormant" else timedelta(days=20)
    line: Line = {
        "email": email_of(name),
        "phone": None if name == "new" else f"+1415555{3000 + number}",
        "password": password_hash,
        "country": "US",
        "region": "CA",
        "language": "en",
        "created": _iso(now - timedelta(days=5 * 365)),
        "last_active": _iso(now - away),
        "vip": 1 if name == "large" else 0,
        "identity": _identity(name, now),
    }
    return {**line, **_HOLDINGS.get(name, _nothing)(name, now)}


def _identity(name: str, now: datetime) -> Line:
    expires = (now + timedelta(days=900)).date().isoformat()
    document = {"type": "passport", "number": f"DEMO-{name.upper()}-1", "country": "US", "expires": expires}
    named = f"{name.title()} Example"
    return {"level": 2, "status": "verified", "name": named, "document": document, "national_number": None}


def _nothing(name: str, now: datetime) -> Line:
    trade = {"kind": "trade", "asset": "BTC", "amount": "0.1", "fee": "0.0001", "reference": f"{name}-t-1"}
    out = {"kind": "withdrawal", "asset": "USDT", "amount": "812.50", "fee": "1", "reference": f"{name}-w-1"}
    return {
        "transactions": [
            {"time": _iso(now - timedelta(days=90)), **trade},
            {"time": _iso(now - timedelta(days=45)), **out},
        ]
    }


def _holding(name: str, area: str, asset: str, amount: str, value: str | None, **more: Any) -> Line:
    external = f"{name}:{area}:{asset}"
    plain: Line = {"area": area, "asset": asset, "amount": amount, "value_usdt": value, "unlocks": None}
    return {**plain, "redeemable": True, "external_id": external, **more}


def _dusty(name: str, now: datetime) -> Line:
    dust = [("ABC", "0.0003", "0.00"), ("SOL", "0.002", "0.34"), ("TRX", "0.21", "0.07")]
    return {**_nothing(name, now), "holdings": [_holding(name, "spot", *coin) for coin in dust]}


def _waiting(name: str, now: datetime) -> Line:
    unlocks = _iso(now + timedelta(days=90))
    locked = _holding(name, "earn_locked", "ETH", "0.75", "2625.00", unlocks=unlocks, redeemable=False)
    return {**_nothing(name, now), "holdings": [locked]}


def _large(name: str, now: datetime) -> Line:
    each = str(Decimal(25000) / 2)
    out = {"kind": "withdrawal", "asset": "USDT", "amount": each, "fee": "1"}
    return {
        "transactions": [
            {"time": _iso(now - timedelta(days=12)), "reference": f"{name}-w-1", **out},
            {"time": _iso(now - timedelta(days=4)), "reference": f"{name}-w-2", **out},
        ]
    }


def _restricted(name: str, now: datetime) -> Line:
    owed = {"asset": "USDT", "amount": "12.50", "network": "TRX", "address": "TDemoDeposit00000000000000000001"}
    placed = {"kind": "negative_balance", "note": "fee reversal"}
    return {**_nothing(name, now), "restrictions": [placed], "debts": [owed]}


def _judicial(name: str, now: datetime) -> Line:
    return {**_nothing(name, now), "restrictions": [{"kind": "judicial_freeze", "note": "order 12/2026"}]}


def _dormant(name: str, now: datetime) -> Line:
    order = {"area": "orders", "kind": "limit", "side": "buy", "amount": "0.05", "price": "141"}
    matured = _iso(now - timedelta(days=400))
    return {
        **_nothing(name, now),
        "holdings": [
            _holding(name, "spot", "BTC", "0.02000000", "1250.00"),
            _holding(name, "spot", OLD_TOKEN, "40", None),
            _holding(name, "earn_locked", "ETH", "0.75", "2625.00", unlocks=matured, redeemable=False),
        ],
        "orders": [
            {**order, "symbol": symbol, "external_id": f"{name}-o-{number}"}
            for number, symbol in enumerate(("SOL/USDT", OLD_MARKET))
        ],
        "api_keys": [{"label": "bot", "key_id": f"{name}-k-1", "scopes": ["read", "trade"], "last_used": None}],
        "addresses": [
            {"asset": "BTC", "network": "BTC", "address": address, "label": label, "whitelisted": whitelisted}
            for address, label, whitelisted in (
                ("bc1qdemo00000000000000000000000000000001", "my own wallet", True),
                ("bc1qdemo00000000000000000000000000000002", "from long ago", False),
            )
        ],
    }


# What became of both while somebody was away is told on the welcome-back page.
OLD_TOKEN, OLD_MARKET = "OLDSOL", "OLDSOL/USDT"
_OWN_WALLETS = (
    ("BTC", "BTC", "bc1qdemo00000000000000000000000000000000"),
    ("ETH", "ETH", "0xdemo000000000000000000000000000000000001"),
    ("SOL", "SOL", "So1demo00000000000000000000000000000000001"),
    ("USDT", "TRX", "TDemo0000000000000000000000000001"),
    ("ABC", "ABC", "abc1demo0000000000000000000000000000"),
)


def _loaded(name: str, now: datetime) -> Line:
    later = {days: _iso(now + timedelta(days=days)) for days in (2, 3, 41)}
    holdings = [
        _holding(name, "spot", "BTC", "0.50000000", "31250.00"),
        _holding(name, "spot", "ABC", "0.0003", None),
        _holding(name, "funding", "USDT", "120.40", "120.40"),
        _holding(name, "fiat", "EUR", "250.00", "271.25"),
        _holding(name, "usdm_futures", "USDT", "3.17", "3.17"),
        _holding(name, "coinm_futures", "BTC", "0.002", "125.00"),
        _holding(name, "cross_margin", "USDT", "44.10", "44.10"),
        _holding(name, "isolated_margin", "SOL", "0.4", "68.00"),
        _holding(name, "earn_flexible", "USDT", "500", "500"),
        _holding(name, "earn_locked", "ETH", "1.25", "4375.00", unlocks=later[41], redeemable=False),
        _holding(name, "liquidity", "BTC/USDT", "0.8", "96.00"),
        _holding(name, "staking", "SOL", "12", "2040.00", unlocks=later[3]),
        _holding(name, "web3", "ETH", "0.05", "175.00"),
    ]
    limit = {"kind": "limit", "symbol": "SOL/USDT", "side": "buy", "amount": "0.05", "price": "141"}
    p2p = {"kind": "p2p", "symbol": "USDT/EUR", "side": "sell", "amount": "100", "price": "0.93"}
    return {
        **_nothing(name, now),
        "holdings": holdings,
        "positions": [
            {"area": "usdm_futures", "symbol": "BTC/USDT:USDT", "side": "long", "amount": "0.2", "value_usdt": "12500"},
            {"area": "options", "symbol": "BTC-27MAR-70000-C", "side": "long", "amount": "1", "value_usdt": "310"},
        ],
        "orders": [
            {"area": "orders", **limit, "external_id": f"{name}-o-1"},
            {"area": "p2p", **p2p, "external_id": f"{name}-p-1"},
        ],
        "loans": [
            {"area": "cross_margin", "asset": "USDT", "amount": "12.5"},
            {"area": "loans", "asset": "USDT", "amount": "900"},
        ],
        "transfers": [{"direction": "out", "kind": "bank", "asset": "EUR", "amount": "100", "settles": later[2]}],
        "api_keys": [
            {"label": "bot", "key_id": f"{name}-k-1", "scopes": ["read", "trade"], "last_used": None},
            {"label": "tax", "key_id": f"{name}-k-2", "scopes": ["read"], "last_used": None},
        ],
        "addresses": [
            {"asset": asset, "network": network, "address": address, "label": "my own wallet", "whitelisted": True}
            for asset, network, address in _OWN_WALLETS
        ],
        "referrals": [{"amount": "3.20", "asset": "USDT", "settled": False}],
        "nfts": [{"collection": "Harbor Lights", "token": "17", "chain": "ETH"}],
    }


_HOLDINGS = {
    "loaded": _loaded,
    "dusty": _dusty,
    "waiting": _waiting,
    "dormant": _dormant,
    "large": _large,
    "restricted": _restricted,
    "judicial": _judicial,
}
