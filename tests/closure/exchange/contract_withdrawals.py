"""What every gateway does about withdrawals: fee and arrival first, and never more in 24 hours than the level allows.

A gateway's tests inherit `WithdrawalsContract` beside `GatewayContract`.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from accounts.ids import uuid7
from closure.enums import Area, TransferKind
from closure.exchange.contract import Gateway, Transfer
from tests.closure.exchange.contract import address, held, refusal, send, spot

Hold = Callable[..., UUID]
Later = Callable[..., datetime]


@pytest.mark.django_db
class WithdrawalsContract:
    def test_withdrawal_is_quoted_sent_and_booked(
        self, gateway: Gateway, hold: Hold, now: datetime, later: Later
    ) -> None:
        account = hold(level=1, holdings=[spot("BTC", "0.50000000")], addresses=[address()])
        saved = gateway.addresses(account)[0]
        quote = gateway.quote_withdrawal(
            account, asset="BTC", amount=Decimal("0.2"), address_id=saved.address_id, method=TransferKind.CRYPTO
        )
        gateway.withdraw(account, quote_id=quote.quote_id, key="w")
        on_its_way = gateway.snapshot(account, now=now).areas[Area.TRANSFERS]
        assert [(item.asset, item.text) for item in on_its_way if isinstance(item, Transfer)] == [("BTC", "0.2")]
        assert (quote.receives + quote.fee, held(gateway, account, now)) == (Decimal("0.2"), {"BTC": "0.30000000"})
        after = gateway.snapshot(account, now=later(days=2))
        booked = [(item.asset, item.amount) for item in after.withdrawals or ()]
        assert (after.areas[Area.TRANSFERS], booked) == ((), [("BTC", Decimal("0.2"))])

    def test_withdrawal_by_bank_settles_on_a_business_day(self, gateway: Gateway, hold: Hold) -> None:
        account = hold(holdings=[{"area": "fiat", "asset": "EUR", "amount": "100"}])
        quote = gateway.quote_withdrawal(
            account, asset="EUR", amount=Decimal(100), address_id=None, method=TransferKind.BANK
        )
        assert quote.settles is not None
        assert quote.settles.weekday() < 5

    def test_withdrawal_refuses_unknown_address_and_method(self, gateway: Gateway, hold: Hold) -> None:
        account = hold(holdings=[spot("BTC", "0.5")], addresses=[address()])
        facts: dict[str, Any] = {"asset": "BTC", "amount": Decimal("0.1")}
        crypto = facts | {"address_id": str(uuid7()), "method": TransferKind.CRYPTO}
        bank = facts | {"address_id": None, "method": TransferKind.BANK}
        assert refusal(gateway.quote_withdrawal, account, **crypto) == "unknown_address"
        assert refusal(gateway.quote_withdrawal, account, **bank) == "wrong_method"

    @pytest.mark.row("B05")
    def test_withdrawals_stop_at_the_limit_of_24_hours(
        self, gateway: Gateway, hold: Hold, now: datetime, later: Later
    ) -> None:
        account = hold(level=1, holdings=[spot("BTC", "5")], addresses=[address()])
        send(gateway, account, "1.5", key="1")
        assert refusal(send, gateway, account, "0.50000001", key="2") == "above_cap"
        send(gateway, account, "0.5", key="2")
        used = gateway.snapshot(account, now=now).cap_used
        assert [use.btc for use in used] == [Decimal("1.5"), Decimal("0.5")]
        assert refusal(send, gateway, account, "1", key="3") == "above_cap"
        later(hours=24)
        send(gateway, account, "2", key="3")
        assert refusal(send, gateway, account, "1", key="4") == "above_cap"

    @pytest.mark.row("B05")
    @pytest.mark.parametrize(("level", "most"), [(0, "0.06"), (1, "2"), (2, "100")])
    def test_limit_follows_the_level(self, gateway: Gateway, hold: Hold, level: int, most: str) -> None:
        account = hold(level=level, holdings=[spot("BTC", "101")], addresses=[address()])
        above = str(Decimal(most) + Decimal("0.00000001"))
        assert refusal(send, gateway, account, above, key="above") == "above_cap"
        send(gateway, account, most, key="at")

    @pytest.mark.row("B05")
    def test_withdrawal_without_a_price_takes_the_limit_of_a_day(
        self, gateway: Gateway, hold: Hold, now: datetime, later: Later
    ) -> None:
        saved = [address(), address(asset="XYZ", network="XYZ")]
        account = hold(level=1, holdings=[spot("BTC", "1"), spot("XYZ", "9")], addresses=saved)
        send(gateway, account, "0.01", key="1")
        assert refusal(send, gateway, account, "9", asset="XYZ", key="2") == "above_cap"
        later(hours=24)
        send(gateway, account, "9", asset="XYZ", key="2")
        assert refusal(send, gateway, account, "0.01", key="3") == "above_cap"

    @pytest.mark.row("B05")
    def test_limit_between_quote_and_withdrawal_is_asked_again(self, gateway: Gateway, hold: Hold) -> None:
        account = hold(level=1, holdings=[spot("BTC", "4")], addresses=[address()])
        saved = gateway.addresses(account)[0]
        facts: dict[str, Any] = {"asset": "BTC", "address_id": saved.address_id, "method": TransferKind.CRYPTO}
        quotes = [gateway.quote_withdrawal(account, amount=Decimal("1.5"), **facts) for _ in range(2)]
        gateway.withdraw(account, quote_id=quotes[0].quote_id, key="1")
        assert refusal(gateway.withdraw, account, quote_id=quotes[1].quote_id, key="2") == "above_cap"

    @pytest.mark.row("N05")
    def test_whitelist_lets_crypto_leave_to_its_addresses_alone(self, gateway: Gateway, hold: Hold) -> None:
        saved = [address(whitelisted=True), address(address="bc1qnew")]
        account = hold(level=1, holdings=[spot("BTC", "0.5")], addresses=saved)
        listed, new = sorted(gateway.addresses(account), key=lambda each: not each.whitelisted)
        facts: dict[str, Any] = {"asset": "BTC", "amount": Decimal("0.1"), "method": TransferKind.CRYPTO}
        early = gateway.quote_withdrawal(account, address_id=new.address_id, **facts)
        assert gateway.whitelist_on(account) is False
        gateway.set_whitelist(account, on=True, key="on")
        assert gateway.whitelist_on(account) is True
        assert refusal(gateway.quote_withdrawal, account, address_id=new.address_id, **facts) == "not_whitelisted"
        assert refusal(gateway.withdraw, account, quote_id=early.quote_id, key="w") == "not_whitelisted"
        quote = gateway.quote_withdrawal(account, address_id=listed.address_id, **facts)
        gateway.withdraw(account, quote_id=quote.quote_id, key="w2")
        gateway.set_whitelist(account, on=False, key="off")
        # A key that comes late acts no more.
        gateway.set_whitelist(account, on=True, key="on")
        assert gateway.whitelist_on(account) is False
        assert refusal(gateway.set_whitelist, account, on=True, key="off") == "key_reused"
        gateway.withdraw(account, quote_id=early.quote_id, key="w")

    @pytest.mark.row("N05")
    def test_whitelist_is_each_one_s_own_and_leaves_banks_alone(self, gateway: Gateway, hold: Hold) -> None:
        ana, ben = (hold(holdings=[{"area": "fiat", "asset": "EUR", "amount": "100"}]) for _ in range(2))
        gateway.set_whitelist(ana, on=True, key="on")
        assert gateway.whitelist_on(ben) is False
        facts: dict[str, Any] = {"asset": "EUR", "amount": Decimal(100), "address_id": None}
        assert gateway.quote_withdrawal(ana, method=TransferKind.BANK, **facts).amount == 100
