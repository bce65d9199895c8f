"""Accounts at the embedded core, filled from sections of the import format."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from accounts import clock
from accounts.ids import uuid7
from accounts.models import Account
from closure.exchange.importing import holdings
from closure.exchange.importing.shape import read_record


@pytest.fixture
def hold() -> Callable[..., UUID]:
    """Return a function that makes an account at the core: `hold(holdings=[...], orders=[...])` gives its key.

    `level` is the verification level of its owner.
    """

    def make(*, level: int | None = None, **sections: list[dict[str, Any]]) -> UUID:
        account_id = uuid7()
        if level is not None:
            then = clock.now()
            Account.objects.create(
                pk=account_id, identity_level=level, created_at=then, last_active_at=then, status_changed_at=then
            )
        record = read_record({"email": "ana@example.test", **sections})
        holdings.replace(account_id, record, is_new=True)
        return account_id

    return make


@pytest.fixture
def later(advance: Callable[..., datetime]) -> Callable[..., datetime]:
    """Return what moves the core's clock: it is the portal's."""
    return advance
