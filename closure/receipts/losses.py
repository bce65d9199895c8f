"""What owners accepted to leave behind, from the last account check: small balances, NFTs, commissions (B08, B09, B12).

Nobody sees from an NFT's name or number on a receipt whose it was: those are counted only.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from closure.enums import Area
from closure.exchange import amounts
from closure.receipts.document import Loss
from closure.receipts.enums import LeftBehind

LOST: dict[str, LeftBehind] = {
    Area.SPOT: LeftBehind.BALANCE,
    Area.FUNDING: LeftBehind.BALANCE,
    Area.FIAT: LeftBehind.BALANCE,
    Area.NFT: LeftBehind.NFT,
    Area.REFERRALS: LeftBehind.COMMISSION,
}


def of_check(result: Mapping[str, Any]) -> list[Loss]:
    """Return what the warnings of a stored check let go, one line for each kind and asset, sums exact."""
    sums: dict[tuple[LeftBehind, str], Decimal] = defaultdict(Decimal)
    for what, asset, amount in _found(result):
        sums[what, asset] = amounts.add(sums[what, asset], amounts.read(amount))
    order = list(LeftBehind)
    return [
        Loss(what=what, asset=asset, amount=amounts.plain(total))
        for (what, asset), total in sorted(sums.items(), key=lambda entry: (order.index(entry[0][0]), entry[0][1]))
    ]


def _found(result: Mapping[str, Any]) -> Iterator[tuple[LeftBehind, str, str]]:
    for warning in result.get("warnings", ()):
        if what := LOST.get(warning["area"]):
            for item in warning["found"]:
                yield what, "" if what is LeftBehind.NFT else item["asset"], item["amount"]
