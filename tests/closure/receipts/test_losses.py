"""What was left behind: sums by asset, NFTs without their names, nothing that is no loss."""

from typing import Any

import pytest

from closure.receipts import losses
from closure.receipts.document import Loss
from closure.receipts.enums import LeftBehind

pytestmark = pytest.mark.row("B08", "B09", "F07")


def warning(area: str, *found: tuple[str, str]) -> dict[str, Any]:
    return {"area": area, "code": area, "found": [{"asset": asset, "amount": amount} for asset, amount in found]}


def test_of_check_sums_each_asset_over_the_wallets() -> None:
    result = {
        "blockers": [],
        "warnings": [
            warning("funding", ("ABC", "1e-7"), ("XYZ", "2.50")),
            warning("spot", ("ABC", "0.0003")),
            warning("referrals", ("USDT", "3.20")),
            warning("nft", ("Art #17 (ETH)", "1")),
            warning("nft", ("Art #18 (ETH)", "1")),
            warning("api_keys", ("bot", "1")),
        ],
    }
    assert losses.of_check(result) == [
        Loss(what=LeftBehind.BALANCE, asset="ABC", amount="0.0003001"),
        Loss(what=LeftBehind.BALANCE, asset="XYZ", amount="2.50"),
        Loss(what=LeftBehind.NFT, asset="", amount="2"),
        Loss(what=LeftBehind.COMMISSION, asset="USDT", amount="3.20"),
    ]


@pytest.mark.parametrize("result", [{}, {"blockers": [], "warnings": []}])
def test_of_check_without_warnings_is_nothing(result: dict[str, Any]) -> None:
    assert losses.of_check(result) == []
