"""Ana, and a verification of hers."""

from datetime import datetime
from typing import Any

import pytest

from accounts.enums import Purpose
from accounts.models import Account, StepUp
from accounts.verification import step_up
from tests.accounts.verification.ceremony import ALL, DIGEST, WINDOW, Open
from tests.factories import make_account


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def begin(ana: Account, now: datetime) -> Open:
    """Open a verification for closing with two kinds, one a second factor."""

    def opened(**facts: Any) -> StepUp:
        usual: dict[str, Any] = {
            "purpose": Purpose.CLOSE_ACCOUNT,
            "digest": DIGEST,
            "kinds": ALL,
            "needed": 2,
            "second_factor_required": True,
            "window": WINDOW,
            "extensions": 10,
            "now": now,
        }
        return step_up.begin(facts.pop("account", ana), **(usual | facts))

    return opened
