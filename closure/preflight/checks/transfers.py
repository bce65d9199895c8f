"""Transfers on their way, in or out: they arrive first, on the day shown (A01, B04)."""

from datetime import datetime

from closure.enums import Area, TransferKind
from closure.exchange.contract import Transfer
from closure.policy.schema import Policy
from closure.preflight.business_days import settlement
from closure.preflight.findings import finding
from closure.preflight.verdict import Finding
from closure.preflight.view import AccountView

AREA = Area.TRANSFERS


def check(view: AccountView, policy: Policy, now: datetime) -> list[Finding]:
    """Return the transfers, in up to three findings: with a date, through a bank without one, on a chain without one.

    A date that has passed says nothing any more: such a transfer counts as one without.
    """
    moving = [item for item in view.items(AREA, Transfer) if item.amount]
    dated = [item for item in moving if item.settles is not None and item.settles > now]
    undated = [item for item in moving if item not in dated]
    on_chain = [item for item in undated if item.kind == TransferKind.CRYPTO]
    at_bank = [item for item in undated if item not in on_chain]
    return [*_dated(dated), *_at_bank(at_bank, view.facts.country, now), *_on_chain(on_chain)]


def _dated(moving: list[Transfer]) -> list[Finding]:
    if not moving:
        return []
    last = max(item.settles for item in moving if item.settles is not None)
    params = {"condition": "settles", "until_at": last.isoformat()}
    return [finding("transfers_settling", "transfers", area=AREA, found=moving, params=params, clears_at=last)]


def _at_bank(moving: list[Transfer], country: str, now: datetime) -> list[Finding]:
    if not moving:
        return []
    arrives = settlement(now, country)
    params = {"condition": "settling", "until_at": arrives.last.isoformat()}
    return [finding("transfers_at_bank", "transfers", area=AREA, found=moving, params=params, clears_at=arrives.first)]


def _on_chain(moving: list[Transfer]) -> list[Finding]:
    if not moving:
        return []
    params = {"condition": "confirming"}
    return [finding("transfers_on_chain", "transfers", area=AREA, found=moving, params=params)]
