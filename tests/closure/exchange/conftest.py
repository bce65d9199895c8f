"""Accounts at the embedded core, filled from sections of the import format."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from accounts.ids import uuid7
from closure.exchange.importing import holdings
from closure.exchange.importing.shape import read_record


@pytest.fixture
def hold() -> Callable[..., UUID]:
    """Return a function that makes an account at the core: `hold(holdings=[...], orders=[...])` gives its key."""

    def make(**sections: list[dict[str, Any]]) -> UUID:
        account_id = uuid7()
        record = read_record({"email": "ana@example.test", **sections})
        holdings.replace(account_id, record, is_new=True)
        return account_id

    return make


@pytest.fixture
def later(advance: Callable[..., datetime]) -> Callable[..., datetime]:
    """Return what moves the core's clock: it is the portal's."""
    return advance
