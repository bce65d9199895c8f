"""Accounts that have to do with each other, by fingerprints alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import contacts, linked
from accounts.enums import IdentifierKind, MessageChannel
from accounts.ids import uuid7
from accounts.linked import Linked, Tie
from accounts.models import Account, FormerContact, SignIn
from tests.blocking import block
from tests.factories import make_account

pytestmark = pytest.mark.django_db
K = IdentifierKind


def former(account: Account, value: str, now: datetime, *, held: bool = True) -> None:
    """Let an account have had an address until lately."""
    row = FormerContact.objects.create(account=account, kind=MessageChannel.EMAIL, value=b"sealed", replaced_at=now)
    if held:
        contacts.hold(row, K.EMAIL, value, until=now + timedelta(days=3))


def test_former_address_links_both_ways(now: datetime) -> None:
    ana, ben = make_account("ana"), make_account("ben")
    former(ben, "ana@example.test", now)
    assert linked.to(ana.pk) == [Linked(account_id=ben.pk, kind=K.EMAIL, tie=Tie.HAD)]
    assert linked.to(ben.pk) == [Linked(account_id=ana.pk, kind=K.EMAIL, tie=Tie.HAS)]


def test_account_that_was_closed_is_linked_to_who_has_its_identifiers_now(now: datetime) -> None:
    ana, gone = make_account("ana"), uuid7()
    block(K.EMAIL, "ana@example.test", now=now, account_id=gone)
    assert linked.to(ana.pk) == [Linked(account_id=gone, kind=K.EMAIL, tie=Tie.CLOSED)]
    assert linked.to(gone) == [Linked(account_id=ana.pk, kind=K.EMAIL, tie=Tie.HAS)]


def test_strangers_and_browsers_link_nobody(now: datetime) -> None:
    ana, ben = make_account("ana"), make_account("ben")
    former(ben, "ana@example.test", now, held=False)
    for account in (ana, ben):
        SignIn.objects.create(account=account, at=now, result="completed", factor="totp", device=b"d" * 32)
    assert (linked.to(ana.pk), linked.to(ben.pk)) == ([], [])


def test_six_queries_whatever_is_found(now: datetime, django_assert_num_queries: Any) -> None:
    ana = make_account("ana")
    for name in ("ben", "cid", "dan"):
        former(make_account(name), "ana@example.test", now)
        with django_assert_num_queries(6):
            linked.to(ana.pk)
