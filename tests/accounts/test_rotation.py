"""A new key: what is known in plain moves to it, nothing is lost, and what still needs the old one is told."""

from datetime import datetime
from typing import Any

import pytest
from django.conf import settings as portal_settings
from django.core.checks import run_checks
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts import identifiers, rotation
from accounts.enums import IdentifierKind
from accounts.fingerprints import every
from accounts.models import Account, BlockedIdentity, Identifier, OutboxMessage, TotpDevice
from accounts.rotation import Counts, Use
from portal.env import KeyRing
from tests.blocking import block
from tests.factories import document_number, make_account
from tests.races import race

pytestmark = pytest.mark.django_db

K = IdentifierKind
CONTACTS = (K.EMAIL, K.PHONE)
NEW_KEY = (9, b"n" * 32)


def add_key() -> int:
    """Make a new key the newest; returns the version before."""
    ring = portal_settings.FINGERPRINT_KEYS
    portal_settings.FINGERPRINT_KEYS = KeyRing((NEW_KEY, *ring.keys))
    return int(ring.newest)


@pytest.fixture(autouse=True)
def _ring_comes_back(settings: Settings) -> None:
    settings.FINGERPRINT_KEYS = portal_settings.FINGERPRINT_KEYS


def versions(**having: Any) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for kind, version in Identifier.objects.filter(**having).values_list("kind", "key_version"):
        found.setdefault(kind, set()).add(version)
    return found


@pytest.mark.row("G08")
def test_rotate_renews_contacts_and_leaves_what_is_known_by_fingerprint() -> None:
    ana = make_account("ana")
    make_account("bea", phone=None)
    before = add_key()
    assert rotation.behind() == 3
    assert rotation.rotate(batch_size=2) == Counts(renewed=3)
    assert versions() == {"email": {9}, "phone": {9}, "document": {before}}
    assert (rotation.rotate(), rotation.behind()) == (Counts(), 0)
    portal_settings.FINGERPRINT_KEYS = KeyRing((NEW_KEY,))
    assert (identifiers.find_account("ana@example.test"), identifiers.find_account(str(ana.phone))) == (ana, ana)


@pytest.mark.row("D03")
def test_document_moves_to_the_new_key_when_its_number_is_given() -> None:
    ana = make_account("ana")
    before = add_key()
    assert identifiers.matches(ana, K.DOCUMENT, "X-WRONG-1") is False
    assert versions(account=ana)["document"] == {before}
    assert identifiers.matches(ana, K.DOCUMENT, document_number("ana")) is True
    assert versions(account=ana)["document"] == {9}
    portal_settings.FINGERPRINT_KEYS = KeyRing((NEW_KEY,))
    assert identifiers.matches(ana, K.DOCUMENT, document_number("ana")) is True


def test_row_whose_plain_value_is_not_what_was_fingerprinted_is_told_and_left() -> None:
    ana, bea = make_account("ana", phone=None), make_account("bea", phone=None)
    Account.objects.filter(pk=ana.pk).update(email="other@example.test")
    Account.objects.filter(pk=bea.pk).update(email=None)
    cid = make_account("cid", phone=None)
    before, failed = add_key(), list[Identifier]()
    assert rotation.rotate(report=failed.append) == Counts(renewed=1, failed=2)
    assert {row.account_id for row in failed} == {ana.pk, bea.pk}
    assert (versions(account=ana)["email"], versions(account=cid)["email"]) == ({before}, {9})


def test_two_accounts_with_one_address_are_told_and_not_merged(now: datetime) -> None:
    """Hosts that disagree about the newest key for a moment can let two in: it is found, not hidden."""
    ana = make_account("ana", phone=None)
    before = add_key()
    bea = make_account("bea", phone=None)
    Account.objects.filter(pk=bea.pk).update(email="ana@example.test")
    renewed = every(K.EMAIL, "ana@example.test")[0]
    Identifier.objects.filter(account=bea, kind=K.EMAIL).update(fingerprint=renewed)
    assert rotation.rotate() == Counts(failed=1)
    assert versions(account=ana)["email"] == {before}


def test_rotate_stops_between_batches_and_at_its_limit() -> None:
    for name in ("ana", "bea", "cid", "dan"):
        make_account(name, phone=None)
    add_key()
    turns = iter([False, True])
    assert rotation.rotate(batch_size=1, stop=lambda: next(turns)) == Counts(renewed=1)
    assert (rotation.rotate(batch_size=1, limit=2), rotation.behind()) == (Counts(renewed=2), 1)


def test_uses_count_rows_by_version_and_table(now: datetime) -> None:
    make_account("ana", phone=None)
    block(K.DOCUMENT, "B-1", now=now)
    before = add_key()
    block(K.DOCUMENT, "B-2", now=now)
    rotation.rotate()
    assert rotation.uses() == [
        Use(table="accounts.BlockedIdentity", version=9, rows=1),
        Use(table="accounts.Identifier", version=9, rows=1),
        Use(table="accounts.BlockedIdentity", version=before, rows=1),
        Use(table="accounts.Event", version=before, rows=1),
        Use(table="accounts.Identifier", version=before, rows=1),
        Use(table="accounts.TotpDevice", version=before, rows=1),
    ]


def test_every_column_that_names_a_version_is_watched() -> None:
    assert sorted(f"{model._meta.label}.{column}" for model, column in rotation.named()) == [
        "accounts.BlockedIdentity.key_version",
        "accounts.DeliveryEvent.key_version",
        "accounts.Event.key_version",
        "accounts.Identifier.key_version",
        "closure.LedgerImport.key_version",
        "closure.Sighting.key_version",
        "retention.ArchivePrint.base_version",
    ]


def found_by_check() -> list[str]:
    """Return what the check of the database finds."""
    return [str(message.msg) for message in run_checks(databases=["default"]) if message.id == "accounts.E002"]


@pytest.mark.row("G08")
def test_check_finds_rows_whose_key_left_the_ring(now: datetime) -> None:
    make_account("ana")
    block(K.DOCUMENT, "B-1", now=now)
    before = add_key()
    assert found_by_check() == []
    portal_settings.FINGERPRINT_KEYS = KeyRing((NEW_KEY,))
    said = f"needs keys that are not in FINGERPRINT_KEYS: version {before}."
    tables = ("accounts.BlockedIdentity", "accounts.Identifier", "accounts.Event", "accounts.TotpDevice")
    assert sorted(found_by_check()) == sorted(f"{table} {said}" for table in tables)
    assert [message for message in run_checks() if message.id == "accounts.E002"] == []


def test_check_passes_by_contents_that_were_wiped(now: datetime) -> None:
    facts = {"template": "x", "channel": "email", "created_at": now, "due_at": now}
    for payload in (None, b""):
        OutboxMessage.objects.create(payload=payload, **facts)
    assert rotation.sealed_versions(OutboxMessage, "payload") == []
    make_account("ana")
    assert rotation.sealed_versions(TotpDevice, "secret") == [(portal_settings.FINGERPRINT_KEYS.newest, 1)]


@pytest.mark.django_db(transaction=True)
def test_rotating_while_a_contact_changes_loses_neither(now: datetime) -> None:
    people = [make_account(f"a{number}", phone=None) for number in range(4)]
    add_key()
    todo = [*people, None, None, None, None]

    def act() -> object:
        account = todo.pop()
        if account is None:
            return rotation.rotate(batch_size=1)
        email = f"new-{account.pk}@example.test"
        with transaction.atomic():
            owner = Account.objects.select_for_update().get(pk=account.pk)
            identifiers.attach(owner, K.EMAIL, email, now=now)
            Account.objects.filter(pk=owner.pk).update(email=email)
        return email

    results = race(8, act)
    assert [result for result in results if isinstance(result, Exception)] == []
    assert sum(result.failed for result in results if isinstance(result, Counts)) == 0
    for account in people:
        assert identifiers.find_account(f"new-{account.pk}@example.test") == account
    assert versions(kind="email") == {"email": {9}}
    assert BlockedIdentity.objects.count() == 0
