"""Builds findings: what was found, in the texts of its wording."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from closure.enums import Area, Verdict
from closure.exchange.contract import ApiKey, Holding, Item, Loan, Nft, Order, Position, Referral, Transfer
from closure.preflight import words
from closure.preflight.caps import Load
from closure.preflight.verdict import Finding, Found

# Codes stand in addresses and in what programs acknowledge.
_SAFE = re.compile(r"[A-Za-z0-9.-]{1,20}")
ONE = "1"


def finding(
    code: str,
    wording: str,
    *,
    area: Area,
    verdict: Verdict = Verdict.BLOCKED,
    found: Iterable[Item] = (),
    params: Mapping[str, str] | None = None,
    clears_at: datetime | None = None,
    actionable: bool = False,
    loads: Iterable[Load] = (),
) -> Finding:
    """Return a finding with its texts in the language of now; times in `params` are ISO and end in `_at`."""
    facts = dict(params or {})
    said = words.say(wording, area=area, params=facts)
    return Finding(
        code=code,
        area=area,
        verdict=verdict,
        found=tuple(found_of(item) for item in found),
        why=said.why,
        how=said.how,
        condition=said.condition,
        clears_at=clears_at,
        actionable=actionable,
        wording=wording,
        params=facts,
        loads=tuple(loads),
    )


def unknown(area: Area) -> Finding:
    """Return what stands for an area that could not be checked (A19)."""
    return finding(f"{area}_unknown", "unknown", area=area, verdict=Verdict.UNKNOWN)


def found_of(item: Item) -> Found:
    """Return one entry of `found`; the amount is the text that was imported."""
    match item:
        case Holding():
            value = None if item.value_usdt is None else f"{item.value_usdt:f}"
            return Found(asset=item.asset, amount=item.text, value_usdt=value, until=item.unlocks)
        case Position():
            value = None if item.value_usdt is None else f"{item.value_usdt:f}"
            return Found(asset=item.symbol, amount=item.text, value_usdt=value)
        case Order():
            return Found(asset=item.symbol, amount=item.text)
        case Transfer():
            return Found(asset=item.asset, amount=item.text, until=item.settles)
        case Loan() | Referral():
            return Found(asset=item.asset, amount=item.text)
        case ApiKey() | Nft():
            return Found(asset=_name(item), amount=ONE)


def _name(item: ApiKey | Nft) -> str:
    if isinstance(item, Nft):
        return f"{item.collection} #{item.token} ({item.chain})"
    return item.label or item.key_id


def slug(*names: str) -> str:
    """Return names as part of a code: one plain name stays itself, anything else becomes a digest."""
    if len(names) == 1 and _SAFE.fullmatch(names[0]):
        return names[0]
    return sha256("\x00".join(names).encode()).hexdigest()[:12]
