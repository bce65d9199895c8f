"""What the core saw counts as activity: forward only, once, and waking as the policy says."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.enums import AccountStatus
from accounts.ids import uuid7
from closure.dormancy.activity import Seen, seen
from tests.closure.core_calls import report
from tests.closure.dormancy.sleepers import DAY, asleep, stands, swept

pytestmark = [pytest.mark.django_db, pytest.mark.row("I03", "I06")]
PATH, KEY = "/api/v1/core/activity/", "g" * 32
S = AccountStatus


def test_activity_ends_inactivity_and_what_was_announced(now: datetime) -> None:
    ana = asleep("ana", 3000, now=now)
    swept(now=now)
    assert seen(ana.pk, at=now, now=now) is Seen.WOKEN
    assert (stands(ana), ana.last_active_at) == (("active", {}), now)
    assert seen(ana.pk, at=now, now=now) is Seen.KNOWN


def test_date_never_moves_back_nor_beyond_now(now: datetime) -> None:
    ana = asleep("ana", 10, now=now)
    assert seen(ana.pk, at=now - 20 * DAY, now=now) is Seen.KNOWN
    assert seen(ana.pk, at=now + 500 * DAY, now=now) is Seen.NOTED
    assert (stands(ana), ana.last_active_at) == (("active", {}), now)


def test_late_report_of_something_long_ago_wakes_nobody_and_counts_anew(now: datetime) -> None:
    ana = asleep("ana", 800, now=now)
    swept(now=now)
    assert seen(ana.pk, at=now - 300 * DAY, now=now) is Seen.NOTED
    assert (stands(ana), ana.last_active_at) == (("inactive", {}), now - 300 * DAY)


@pytest.mark.row("I05")
@pytest.mark.parametrize(("preset", "status"), [("standard", "dormant"), ("binance", "active")])
def test_locked_dormant_account_waits_for_its_owner(preset: str, status: str, now: datetime, settings: Any) -> None:
    settings.PORTAL_POLICY = preset
    ana = asleep("ana", 3000, now=now, status=S.DORMANT)
    seen(ana.pk, at=now, now=now)
    assert (stands(ana), ana.last_active_at) == ((status, {}), now)


@pytest.mark.parametrize("status", [S.FROZEN, S.DISABLED])
def test_other_states_stay_as_they_are(status: AccountStatus, now: datetime) -> None:
    ana = asleep("ana", 300, now=now, status=status)
    assert (seen(ana.pk, at=now, now=now), stands(ana)) == (Seen.NOTED, (status, {}))


def test_call_of_the_core_says_what_became_of_each(now: datetime, settings: Any) -> None:
    settings.PORTAL_GATEWAY_KEY = KEY
    ana, ben = asleep("ana", 300, now=now, status=S.INACTIVE), asleep("ben", 300, now=now)
    cal = asleep("cal", 300, now=now, status=S.CLOSED)
    who = [ana.pk, ben.pk, ben.pk, cal.pk, uuid7()]
    told = [{"account": str(key), "kind": "trade", "at": (now - timedelta(hours=1)).isoformat()} for key in who]
    answer = report(PATH, told, key=KEY, now=now).json()
    assert answer == {"noted": 1, "woken": 1, "known": 1, "unknown_account": 2}
    assert report(PATH, told, key=KEY, now=now).json() == {"noted": 0, "woken": 0, "known": 3, "unknown_account": 2}


@pytest.mark.parametrize("wrong", [{"kind": "deposit"}, {"account": "ana"}, {"at": "yesterday"}])
def test_report_of_a_wrong_shape_is_refused_whole(wrong: dict[str, str], now: datetime, settings: Any) -> None:
    settings.PORTAL_GATEWAY_KEY = KEY
    ana = asleep("ana", 300, now=now)
    good = {"account": str(ana.pk), "kind": "sign_in", "at": now.isoformat()}
    assert report(PATH, [good, {**good, **wrong}], key=KEY, now=now).status_code == 400
    assert report(PATH, [good], key="x" * 32, now=now).status_code == 401
    before = ana.last_active_at
    ana.refresh_from_db()
    assert ana.last_active_at == before
