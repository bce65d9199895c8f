"""Quotes that need no row: a signed text holds what was shown, and doing it refuses when that no longer holds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing

from closure.exchange.errors import Refused

LIVES = timedelta(minutes=10)
_signer = signing.Signer(salt="closure.exchange.ledger.quote")


def give(call: str, account_id: UUID, facts: Mapping[str, str], *, now: datetime) -> str:
    """Return the id of a quote for this account, good for ten minutes."""
    return _signer.sign_object({"call": call, "account": str(account_id), "at": now.isoformat(), **facts})


def read(quote_id: str, call: str, account_id: UUID, *, now: datetime) -> dict[str, str]:
    """Return the facts of a quote; raises Refused(`unknown_quote` or `quote_expired`)."""
    try:
        facts: Any = _signer.unsign_object(quote_id)
    except (signing.BadSignature, ValueError) as error:
        raise Refused("unknown_quote") from error
    if facts["call"] != call or facts["account"] != str(account_id):
        raise Refused("unknown_quote")
    if not timedelta() <= now - datetime.fromisoformat(facts["at"]) <= LIVES:
        raise Refused("quote_expired")
    return {name: str(value) for name, value in facts.items()}
