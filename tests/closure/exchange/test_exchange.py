"""PORTAL_GATEWAY says which core answers."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from closure.exchange import get_gateway
from closure.exchange.ledger.gateway import LedgerGateway


def test_gateway_is_the_ledger_by_default() -> None:
    assert isinstance(get_gateway(), LedgerGateway)


@pytest.mark.parametrize("name", ["http", "ccxt", "", "Ledger"])
def test_gateway_that_does_not_exist_says_what_to_set(name: str, settings: Any) -> None:
    settings.PORTAL_GATEWAY = name
    with pytest.raises(ImproperlyConfigured, match=r"^PORTAL_GATEWAY is .*\. Set it to 'ledger'\.$"):
        get_gateway()
