"""The portal's clock, in Python and in the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from accounts import clock
from accounts.models import Account
from tests.factories import make_account


def test_clock_is_real_time_unless_moved(advance: Callable[..., datetime]) -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    assert abs(advance(hours=24) - datetime.now(UTC) - timedelta(hours=24)) < timedelta(seconds=1)
    assert (clock.offset(), clock.now().tzinfo) == (timedelta(hours=24), UTC)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("hours", [0, 24, 24 * 365])
def test_database_has_the_same_time(advance: Callable[..., datetime], hours: int) -> None:
    make_account("ana")
    moved = advance(hours=hours)
    Account.objects.update(last_active_at=moved - timedelta(seconds=5))
    assert Account.objects.filter(last_active_at__lte=clock.db_now()).count() == 1
    Account.objects.update(last_active_at=moved + timedelta(seconds=60))
    assert Account.objects.filter(last_active_at__lte=clock.db_now()).count() == 0
