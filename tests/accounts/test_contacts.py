"""Where an account is told something: its contacts, and those it had until lately."""

from datetime import datetime, timedelta

import pytest

from accounts import contacts
from accounts.enums import MessageChannel
from accounts.housekeeping import tidy
from accounts.models import Account, FormerContact
from tests.factories import make_account

pytestmark = pytest.mark.django_db

MAIL, TEXT = MessageChannel.EMAIL, MessageChannel.SMS
OLD = "old@example.test"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.mark.parametrize(("phone", "places"), [("+14155550199", 2), (None, 1)])
def test_current_contacts_are_those_that_are_there(phone: str | None, places: int) -> None:
    ben = make_account("ben", phone=phone)
    assert contacts.current(ben) == [(MAIL, "ben@example.test"), (TEXT, "+14155550199")][:places]


@pytest.mark.row("D08")
def test_replaced_contact_is_known_for_as_long_as_is_asked(ana: Account, now: datetime) -> None:
    contacts.remember(ana, MAIL, OLD, now=now - timedelta(hours=71))
    contacts.remember(ana, TEXT, "+14155550111", now=now - timedelta(hours=73))
    contacts.remember(make_account("ben"), MAIL, "other@example.test", now=now)
    assert contacts.former(ana, since=now - timedelta(hours=72)) == [(MAIL, OLD)]
    assert contacts.former(ana, since=now - timedelta(hours=74)) == [(MAIL, OLD), (TEXT, "+14155550111")]


def test_contact_changed_forth_and_back_is_told_once(ana: Account, now: datetime) -> None:
    for value in (OLD, "ana@example.test", OLD):
        contacts.remember(ana, MAIL, value, now=now)
    assert contacts.former(ana, since=now - timedelta(hours=1)) == [(MAIL, OLD)]


def test_replaced_contact_is_sealed_and_forgotten(ana: Account, now: datetime) -> None:
    row = contacts.remember(ana, MAIL, OLD, now=now)
    assert OLD.encode() not in bytes(row.value)
    tidy(now + contacts.KEPT - timedelta(seconds=1))
    assert FormerContact.objects.count() == 1
    tidy(now + contacts.KEPT)
    assert FormerContact.objects.count() == 0
