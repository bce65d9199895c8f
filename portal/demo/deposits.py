"""Money that arrives for somebody of the demo, as at a real exchange; what it settles is settled before the answer."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts import clock
from accounts.identifiers import find_account
from accounts.models import Account
from closure.exchange.amounts import BadAmount
from closure.exchange.ledger.deposits import deposit

WANTED = 'Send {"account": "restricted@demo.test", "asset": "USDT", "amount": "12.50"}.'
LONGEST_ASSET = 32


@dataclass(frozen=True, kw_only=True)
class Deposit:
    """What arrives, and for whom."""

    account: Account
    asset: str
    amount: str


def read(request: HttpRequest) -> Deposit:
    """Return what a form or a script sends; raises ValueError, which says what to send."""
    given: Any = request.POST or json.loads(request.body)
    fields = [given.get(name) for name in ("account", "asset", "amount")] if hasattr(given, "get") else []
    if not fields or not all(isinstance(each, str) and each.strip() for each in fields):
        raise ValueError(WANTED)
    address, asset, amount = (str(each).strip() for each in fields)
    account = find_account(address)
    if account is None or account.is_staff:
        raise ValueError("No customer has this address.")
    if not asset.isalnum() or len(asset) > LONGEST_ASSET:
        raise ValueError(WANTED)
    return Deposit(account=account, asset=asset.upper(), amount=amount)


def arrive(given: Deposit) -> None:
    """Book it at the embedded core; raises ValueError for what is no amount."""
    try:
        deposit(given.account.pk, given.asset, given.amount, now=clock.now())
    except BadAmount as error:
        raise ValueError(f"The amount: {error}") from error
