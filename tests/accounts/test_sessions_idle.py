"""A session ends when nobody uses it, whatever is left of its time (E04)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts import clock
from accounts.enums import Role
from accounts.models import Account, Session
from accounts.sessions import SessionStore
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.pages import sign_in

pytestmark = pytest.mark.django_db
Advance = Callable[..., datetime]


def opened(account: Account) -> Client:
    """Return a browser that is signed in."""
    client = Client()
    sign_in(client, str(account.email), PASSWORD, totp_code(account))
    return client


def is_in(client: Client, page: str = "/security/") -> bool:
    return client.get(page).status_code == 200


@pytest.mark.parametrize("staff", [False, True])
def test_idle_session_ends(staff: bool, advance: Advance) -> None:
    client = opened(make_staff("sam", Role.AGENT) if staff else make_account("ana"))
    minutes, page = (15, "/staff/") if staff else (30, "/security/")
    advance(minutes=minutes, seconds=-10)
    assert is_in(client, page)
    advance(minutes=minutes, seconds=-10)
    assert is_in(client, page)
    advance(minutes=minutes, seconds=10)
    assert not is_in(client, page)


@pytest.mark.parametrize("staff", [False, True])
def test_session_in_use_ends_too(staff: bool, advance: Advance) -> None:
    client = opened(make_staff("sam", Role.AGENT) if staff else make_account("ana"))
    hours, page = (8, "/staff/") if staff else (12, "/security/")
    for _step in range(hours * 5 - 1):
        advance(minutes=12)
        assert is_in(client, page)
    advance(minutes=13)
    assert not is_in(client, page)


@pytest.mark.row("L07")
def test_staff_session_ends_to_the_minute() -> None:
    """The server ends it: 15 minutes after the last request, and 8 hours after the first, whatever was done."""
    for idle, late, used_at in ((899, 901, 0), (8 * 3600 - 60, 8 * 3600 + 60, 8 * 3600 - 600)):
        Session.objects.all().delete()
        client = opened(make_staff(f"sam{idle}", Role.AGENT))
        begun = Session.objects.get().created_at
        Session.objects.update(active_at=begun + timedelta(seconds=used_at))
        with time_machine.travel(begun + timedelta(seconds=idle), tick=False):
            assert is_in(client, "/staff/")
        Session.objects.update(active_at=begun + timedelta(seconds=used_at))
        with time_machine.travel(begun + timedelta(seconds=late), tick=False):
            assert not is_in(client, "/staff/")


def test_use_is_written_at_most_once_a_minute(advance: Advance) -> None:
    client = opened(make_account("ana"))
    first = Session.objects.get().active_at
    advance(seconds=50)
    is_in(client)
    assert Session.objects.get().active_at == first
    moment = advance(seconds=15)
    is_in(client)
    written = Session.objects.get().active_at
    assert written is not None
    assert timedelta(0) <= written - moment < timedelta(seconds=30)


def test_row_from_before_counts_from_its_making(advance: Advance) -> None:
    client = opened(make_account("ana"))
    Session.objects.update(active_at=None)
    advance(minutes=29)
    assert is_in(client)
    Session.objects.update(active_at=None)
    advance(minutes=2)
    assert not is_in(client)


def test_idle_rows_are_swept(advance: Advance) -> None:
    opened(make_account("ana"))
    advance(minutes=29)
    SessionStore.clear_expired()
    assert Session.objects.count() == 1
    advance(minutes=1)
    SessionStore.clear_expired()
    assert Session.objects.filter(expires_at__gt=clock.now()).count() == 0
