"""What ran out goes, what still counts stays."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest

from accounts.enums import Purpose, SessionKind
from accounts.housekeeping import tidy
from accounts.models import Attempt, OneTimeCode, Session, SmsDevice
from accounts.sessions import SessionStore
from accounts.verification import attempts, sign_in, step_up
from tests.factories import make_account

pytestmark = pytest.mark.django_db

TABLES = (Session, Attempt, OneTimeCode)


@pytest.mark.parametrize(("hours", "left"), [(0, [1, 2, 1]), (2, [0, 2, 0]), (25, [0, 0, 0])])
def test_only_what_ran_out_goes(advance: Callable[..., datetime], now: datetime, hours: int, left: list[int]) -> None:
    store = SessionStore()
    store.name_somebody(SessionKind.SIGNING_IN, uuid4())
    store.save()
    attempts.spend(uuid4(), Purpose.SIGN_IN, now=now)
    ana = make_account("ana")
    step_up.challenge(sign_in.begin(ana, now=now), SmsDevice.objects.get(user=ana).id, now=now)
    tidy(advance(hours=hours))
    assert [table._default_manager.count() for table in TABLES] == left
