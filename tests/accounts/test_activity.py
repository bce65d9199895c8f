"""When an account was active and when its owner was here are two dates, each written once a day, never back."""

from datetime import datetime, timedelta

import pytest

from accounts import activity
from accounts.models import Account
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("I06", "I07")]
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def dates(account: Account) -> tuple[datetime, datetime]:
    """Return the last activity, and the last visit, of the row."""
    kept = Account.objects.get(pk=account.pk)
    assert (account.last_active_at, account.last_here_at) == (kept.last_active_at, kept.last_here_at)
    return kept.last_active_at, activity.last_here(kept)


def test_visit_is_activity_once_a_day(now: datetime) -> None:
    ana = make_account("ana", last_active_at=now - DAY)
    assert dates(ana) == (now - DAY, now - DAY)
    assert [activity.here(ana, at=now), activity.here(ana, at=now + HOUR)] == [True, False]
    assert dates(ana) == (now, now)


def test_activity_elsewhere_leaves_the_last_visit_where_it_was(now: datetime) -> None:
    ana = make_account("ana", last_active_at=now - 90 * DAY)
    assert [activity.note(ana, at=now - days * DAY) for days in (30, 29.5, 2, 9)] == [True, False, True, False]
    assert dates(ana) == (now - 2 * DAY, now - 90 * DAY)


@pytest.mark.parametrize("ago", [5 * DAY, HOUR])
def test_visit_after_activity_elsewhere_is_the_newest_of_both(ago: timedelta, now: datetime) -> None:
    ana = make_account("ana", last_active_at=now - 90 * DAY)
    activity.note(ana, at=now - ago)
    assert activity.here(ana, at=now) is True
    assert dates(ana) == (now, now)


def test_no_date_moves_back(now: datetime) -> None:
    ana = make_account("ana", last_active_at=now)
    assert [activity.note(ana, at=now - DAY), activity.here(ana, at=now - DAY)] == [False, False]
    activity.note(ana, at=now + 2 * DAY)
    # A visit of before the newest activity, by a clock that is slow.
    assert activity.here(ana, at=now + DAY) is False
    assert dates(ana) == (now + 2 * DAY, now)
