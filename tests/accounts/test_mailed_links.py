"""Mailed links: digests only, one use, one purpose, their own time."""

from datetime import datetime, timedelta

import pytest

from accounts import mailed_links
from accounts.enums import LinkPurpose, MessageChannel
from accounts.ids import uuid7
from accounts.models import Account, MailedLink
from tests.factories import make_account

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def issue(account: Account, now: datetime, lives: timedelta | None = HOUR) -> str:
    return mailed_links.issue(
        account.pk, LinkPurpose.STATUS, subject_id=uuid7(), channel=MessageChannel.EMAIL, lives=lives, now=now
    )


def test_table_keeps_the_digest_alone(ana: Account, now: datetime) -> None:
    token = issue(ana, now)
    row = MailedLink.objects.get()
    assert (len(token), bytes(row.digest)) == (43, mailed_links.digest(token))
    assert token not in str(MailedLink.objects.values().get())


def test_link_is_found_by_its_purpose_in_its_time(ana: Account, now: datetime) -> None:
    token, lasting = issue(ana, now), issue(ana, now, lives=None)
    almost = now + HOUR - timedelta(microseconds=1)
    assert mailed_links.find(token, LinkPurpose.STATUS, now=almost) is not None
    assert mailed_links.find(token, LinkPurpose.STATUS, now=now + HOUR) is None
    assert mailed_links.find(token, LinkPurpose.STOP, now=now) is None
    assert mailed_links.find(lasting, LinkPurpose.STATUS, now=now + timedelta(days=400)) is not None


def test_link_is_used_once_and_not_late(ana: Account, now: datetime) -> None:
    issue(ana, now)
    link = MailedLink.objects.get()
    assert mailed_links.use(link, now=now + HOUR) is False
    assert [mailed_links.use(link, now=now), mailed_links.use(link, now=now)] == [True, False]


def test_old_links_are_forgotten_and_lasting_ones_kept(ana: Account, now: datetime) -> None:
    over, lasting = issue(ana, now), issue(ana, now, lives=None)
    assert mailed_links.forget_old(now=now + HOUR) == 0
    assert mailed_links.forget_old(now=now + mailed_links.KEPT + HOUR) == 1
    assert [mailed_links.find(each, LinkPurpose.STATUS, now=now) is None for each in (over, lasting)] == [True, False]
