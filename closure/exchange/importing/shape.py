"""The import format: the fields of a line, and the typed record it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.creation import IdentityFacts
from accounts.enums import DocumentType, IdentityStatus, RestrictionKind
from closure.enums import Area, Direction, OrderKind, Side, TransactionKind, TransferKind
from closure.exchange.importing import readers as r
from closure.exchange.importing.errors import LineRefused
from closure.exchange.importing.readers import Field, read_list, read_object
from closure.exchange.ledger.models import (
    ADDRESS_LENGTH,
    ASSET_LENGTH,
    ID_LENGTH,
    NAME_LENGTH,
    LedgerAddress,
    LedgerApiKey,
    LedgerDebt,
    LedgerHolding,
    LedgerLoan,
    LedgerNft,
    LedgerOrder,
    LedgerPosition,
    LedgerReferral,
    LedgerRow,
    LedgerTransaction,
    LedgerTransfer,
)

A = Area
HOLDING_AREAS = frozenset(tuple(Area)[: tuple(Area).index(A.WEB3) + 1])
POSITION_AREAS = frozenset({
    A.SPOT, A.USDM_FUTURES, A.COINM_FUTURES, A.OPTIONS, A.CROSS_MARGIN, A.ISOLATED_MARGIN,
})  # fmt: skip
LOAN_AREAS = frozenset({A.CROSS_MARGIN, A.ISOLATED_MARGIN, A.LOANS})
ORDER_AREAS = frozenset({A.ORDERS, A.P2P})
LONGEST_NOTE = 2000

_asset, _name, _id = Field(r.text(ASSET_LENGTH)), Field(r.text(NAME_LENGTH)), Field(r.text(ID_LENGTH))
_amount, _maybe_amount = Field(r.amount), Field(r.amount, None)
_maybe_time, _label = Field(r.time, None), Field(r.text(NAME_LENGTH, empty=True), "")
_external_id = Field(r.text(ID_LENGTH, empty=True), "")
_side = Field(r.choice(Side))

Fields = Mapping[str, Field]
# The sections of a line that the ledger keeps, each with its table.
SECTIONS: Mapping[str, tuple[type[LedgerRow], Fields]] = {
    "holdings": (LedgerHolding, {
        "area": Field(r.choice(Area, HOLDING_AREAS)), "asset": _asset, "amount": _amount, "value_usdt": _maybe_amount,
        "unlocks": _maybe_time, "redeemable": Field(r.truth, True), "external_id": _external_id,
    }),
    "positions": (LedgerPosition, {
        "area": Field(r.choice(Area, POSITION_AREAS)), "symbol": _name, "side": _side, "amount": _amount,
        "value_usdt": _maybe_amount,
    }),
    "orders": (LedgerOrder, {
        "area": Field(r.choice(Area, ORDER_AREAS)), "kind": Field(r.choice(OrderKind)), "symbol": _name, "side": _side,
        "amount": _amount, "price": _maybe_amount, "external_id": _external_id,
    }),
    "loans": (LedgerLoan, {"area": Field(r.choice(Area, LOAN_AREAS)), "asset": _asset, "amount": _amount}),
    "debts": (LedgerDebt, {
        "asset": _asset, "amount": _amount, "network": Field(r.text(ASSET_LENGTH, empty=True), ""),
        "address": Field(r.text(ADDRESS_LENGTH, empty=True), ""),
    }),
    "transfers": (LedgerTransfer, {
        "direction": Field(r.choice(Direction)), "kind": Field(r.choice(TransferKind)), "asset": _asset,
        "amount": _amount, "settles": _maybe_time,
    }),
    "api_keys": (LedgerApiKey, {
        "label": _label, "key_id": _id, "scopes": Field(r.texts(64, 64), []), "last_used": _maybe_time,
    }),
    "addresses": (LedgerAddress, {
        "asset": _asset, "network": _asset, "address": Field(r.text(ADDRESS_LENGTH)), "label": _label,
        "whitelisted": Field(r.truth, False),
    }),
    "transactions": (LedgerTransaction, {
        "time": Field(r.time), "kind": Field(r.choice(TransactionKind)), "asset": _asset, "amount": _amount,
        "fee": Field(r.amount, "0"), "reference": _external_id,
    }),
    "referrals": (LedgerReferral, {"amount": _amount, "asset": _asset, "settled": Field(r.truth, False)}),
    "nfts": (LedgerNft, {"collection": _name, "token": _name, "chain": _asset}),
}  # fmt: skip
RESTRICTION: Fields = {
    "kind": Field(r.choice(RestrictionKind)),
    "note": Field(r.text(LONGEST_NOTE, empty=True), ""),
}
DOCUMENT: Fields = {
    "type": Field(r.choice(DocumentType)),
    "number": Field(r.text(64)),
    "country": Field(r.matching("[A-Z]{2}", "US"), ""),
    "expires": Field(r.day, None),
}
_any = Field(lambda value: value, None)
IDENTITY: Fields = {
    "level": Field(r.whole, 0),
    "status": Field(r.choice(IdentityStatus), IdentityStatus.NONE),
    "name": Field(r.text(200, empty=True), ""),
    "document": _any,
    "national_number": Field(r.text(64), None),
}
ACCOUNT: Fields = {
    "email": Field(r.text(320), None),
    "phone": Field(r.text(32), None),
    "password": Field(r.password_hash, None),
    "country": Field(r.matching("[A-Z]{2}", "US"), ""),
    "region": Field(r.text(16, empty=True), ""),
    "language": Field(r.matching("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", "en"), "en"),
    "created": _maybe_time,
    "last_active": _maybe_time,
    "vip": Field(r.whole, 0),
    "identity": _any,
    "restrictions": _any,
    **dict.fromkeys(SECTIONS, _any),
}


@dataclass(frozen=True, kw_only=True)
class Record:
    """A line that is well-formed: the person, and the rows of each section."""

    facts: Mapping[str, Any]
    identity: IdentityFacts
    sections: Mapping[str, tuple[dict[str, Any], ...]]
    restrictions: tuple[tuple[RestrictionKind, str], ...]


def read_record(content: Mapping[str, Any]) -> Record:
    """Return the record of a line's object; raises LineRefused."""
    facts = read_object(content, ACCOUNT, "")
    if facts["email"] is None and facts["phone"] is None:
        raise LineRefused("email or phone must be there")
    sections = {name: read_list(_given(facts, name), fields, name) for name, (_model, fields) in SECTIONS.items()}
    _once(sections, "holdings", "external_id")
    _once(sections, "orders", "external_id")
    _once(sections, "api_keys", "key_id")
    _once(sections, "debts", "asset")
    placed = read_list(_given(facts, "restrictions"), RESTRICTION, "restrictions")
    return Record(
        facts=facts,
        identity=_identity(facts["identity"]),
        sections=sections,
        restrictions=tuple((item["kind"], item["note"]) for item in placed),
    )


def _given(facts: Mapping[str, Any], name: str) -> Any:
    return [] if facts[name] is None else facts[name]


def _once(sections: Mapping[str, tuple[dict[str, Any], ...]], section: str, name: str) -> None:
    given = [item[name] for item in sections[section] if item[name]]
    if len(set(given)) != len(given):
        raise LineRefused(f"{section} has the same {name} twice")


def _identity(value: Any) -> IdentityFacts:
    if value is None:
        return IdentityFacts()
    found = read_object(value, IDENTITY, "identity")
    document: dict[str, Any] = {}
    if found["document"] is not None:
        document = read_object(found["document"], DOCUMENT, "identity.document")
    return IdentityFacts(
        level=found["level"],
        status=found["status"],
        name=found["name"],
        document_type=document.get("type", ""),
        document_number=document.get("number"),
        document_country=document.get("country", ""),
        document_expires=document.get("expires"),
        national_number=found["national_number"],
    )


def times(record: Record, now: datetime) -> tuple[datetime, datetime]:
    """Return when the account was created and last active; what the line leaves out is the other, or now."""
    created, active = record.facts["created"], record.facts["last_active"]
    return created or active or now, active or created or now
