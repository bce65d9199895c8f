"""Whether an owner may disable the account, and ask to have it back, under each preset (C07, E06, J07)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.exceptions import PortalError
from accounts.models import Account
from closure.operations import disable
from closure.reactivation import lifecycle
from tests.closure.by_operations import give_codes
from tests.closure.policy.behavior.columns import by_preset
from tests.closure.reactivating import disabled, me
from tests.factories import PASSWORD, make_account


def refusal(tried: Callable[[], object]) -> str:
    """Return the code with which something is refused, empty when it is not."""
    try:
        tried()
    except PortalError as error:
        return error.code
    return ""


def disable_by_codes(account: Account, now: datetime) -> None:
    """Give the codes that the preset asks for, and the password."""
    give_codes(disable.begin(account, now=now), account, now)
    disable.disable(account, password=PASSWORD, actor=Actor.customer(account), now=now)


@pytest.mark.row("C07", "E06", "J07")
@pytest.mark.django_db(transaction=True)
@by_preset(
    "offered",
    {"binance": False, "binance-cooling-off": False, "binance-us": True, "pionex": False, "standard": True},
)
def test_owner_disables_and_begins_to_come_back(now: datetime, settings: Any, preset: str, offered: bool) -> None:
    settings.PORTAL_POLICY = preset
    ana, ben = make_account("ana"), disabled("ben", now=now)
    tries = (lambda: disable_by_codes(ana, now), lambda: lifecycle.start(ben.pk, actor=me(ben), now=now))
    assert [refusal(each) for each in tries] == ([""] * 2 if offered else ["not_offered"] * 2)
    ana.refresh_from_db()
    assert ana.status == (AccountStatus.DISABLED if offered else AccountStatus.ACTIVE)
