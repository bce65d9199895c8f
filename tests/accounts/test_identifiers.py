"""Identifiers: one normal form, one keyed fingerprint, one masked hint; nothing plain that can be read back."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from accounts import identifiers
from accounts.enums import IdentifierKind
from accounts.exceptions import BadIdentifier
from accounts.fingerprints import fingerprint
from accounts.identifiers import IdentifierTaken, attach, find_account, mask, matches, normalize
from accounts.models import Account, Event, Identifier
from portal.env import KeyRing
from tests.factories import document_number, make_account
from tests.races import race

K = IdentifierKind


@pytest.mark.parametrize(
    ("kind", "typed", "normal"),
    [
        (K.EMAIL, "Ana@Example.TEST", "ana@example.test"),
        (K.EMAIL, "ana@bücher.test", "ana@bücher.test"),
        (K.PHONE, "+1 (415) 555-0101", "+14155550101"),
        (K.PHONE, "+49 30 123456", "+4930123456"),
        (K.DOCUMENT, " x-123 45.67/8 ", "X12345678"),
        (K.DOCUMENT, "\uff38\uff11", "X1"),
        (K.NATIONAL_NUMBER, "123-45-6789", "123456789"),
    ],
)
def test_normal_form(kind: IdentifierKind, typed: str, normal: str) -> None:
    assert normalize(kind, typed) == normal


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (K.EMAIL, ""),
        (K.EMAIL, "nobody"),
        (K.EMAIL, "a@b@c.test"),
        (K.EMAIL, "x" * 400 + "@example.test"),
        (K.EMAIL, "ana@example.test\nbcc: x@example.test"),
        (K.PHONE, ""),
        (K.PHONE, "4155550101"),
        (K.PHONE, "+1"),
        (K.PHONE, "+1" + "5" * 40),
        (K.DOCUMENT, ""),
        (K.DOCUMENT, " - / "),
    ],
)
def test_what_cannot_be_one_is_refused(kind: IdentifierKind, typed: str) -> None:
    with pytest.raises(BadIdentifier):
        normalize(kind, typed)


@pytest.mark.parametrize(
    ("kind", "normal", "hint"),
    [
        (K.EMAIL, "ana@example.test", "a•••@example.test"),
        (K.PHONE, "+14155550101", "+1•••01"),
        (K.DOCUMENT, "X1234567", "•••67"),
        (K.DOCUMENT, "X123", "•••"),
    ],
)
def test_hint_shows_little(kind: IdentifierKind, normal: str, hint: str) -> None:
    assert mask(kind, normal) == hint


def test_fingerprint_depends_on_kind_value_and_key(settings: Settings) -> None:
    prints = {fingerprint(K.DOCUMENT, "X1"), fingerprint(K.NATIONAL_NUMBER, "X1"), fingerprint(K.DOCUMENT, "X2")}
    settings.FINGERPRINT_KEYS = KeyRing(((2, b"n" * 32), (1, b"f" * 32)))
    prints.add(fingerprint(K.DOCUMENT, "X1"))
    assert len(prints) == 4
    assert fingerprint(K.DOCUMENT, "X1", 1) in prints


@pytest.mark.django_db
def test_account_is_found_under_every_key_on_the_ring(settings: Settings) -> None:
    ana = make_account("ana")
    settings.FINGERPRINT_KEYS = KeyRing(((2, b"n" * 32), (1, b"f" * 32)))
    assert find_account("ana@example.test") == ana
    settings.FINGERPRINT_KEYS = KeyRing(((2, b"n" * 32),))
    assert find_account("ana@example.test") is None


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "nobody@example.test", "+14155559999", "X-ANA-1", "\x00", "@", "a" * 100_000])
def test_nobody_is_found_by_anything_else(typed: str) -> None:
    make_account("ana")
    assert find_account(typed) is None


@pytest.mark.django_db
@pytest.mark.row("D03", "D04")
def test_document_matches_what_was_given_then() -> None:
    ana = make_account("ana")
    told = [
        matches(ana, K.DOCUMENT, typed)
        for typed in (document_number("ana"), " x-ana 1", document_number("bea"), "", "X-ANA-11")
    ]
    assert told == [True, True, False, False, False]
    assert not matches(ana, K.NATIONAL_NUMBER, "123-45-6789")


@pytest.mark.django_db
def test_document_number_is_nowhere_in_the_database() -> None:
    make_account("ana")
    assert identifiers.hint(make_account("bea"), K.DOCUMENT) == "•••A1"
    for model in (Identifier, Account, Event):
        cells = [_bytes(cell) for row in model._default_manager.values_list() for cell in row]
        assert not [cell for cell in cells if b"XANA1" in cell or b"X-ANA-1" in cell]


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, memoryview | bytes) else str(cell).encode()


@pytest.mark.django_db
def test_identifier_belongs_to_one_account(now: datetime) -> None:
    make_account("ana")
    bea = make_account("bea")
    with pytest.raises(IdentifierTaken):
        attach(bea, K.EMAIL, "ANA@example.test", now=now)
    assert find_account("bea@example.test") == bea


@pytest.mark.django_db
def test_identifier_taken_under_an_old_key_stays_taken(settings: Settings, now: datetime) -> None:
    make_account("ana")
    bea = make_account("bea")
    settings.FINGERPRINT_KEYS = KeyRing(((2, b"n" * 32), (1, b"f" * 32)))
    with pytest.raises(IdentifierTaken):
        attach(bea, K.EMAIL, "ana@example.test", now=now)


@pytest.mark.django_db
def test_new_identifier_replaces_the_one_of_its_kind(now: datetime) -> None:
    ana = make_account("ana")
    attach(ana, K.EMAIL, "new@example.test", now=now)
    assert (find_account("new@example.test"), find_account("ana@example.test")) == (ana, None)
    assert Identifier.objects.filter(account=ana, kind=K.EMAIL).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_identifier_raced_by_many_has_one_owner(now: datetime) -> None:
    people: list[UUID] = [make_account(name).pk for name in ("ana", "bea", "cai", "dot")]

    def take() -> Identifier:
        return attach(Account.objects.get(pk=people.pop()), K.NATIONAL_NUMBER, "123-45-6789", now=now)

    results = race(4, take)
    refused = [result for result in results if isinstance(result, IdentifierTaken)]
    assert (Identifier.objects.filter(kind=K.NATIONAL_NUMBER).count(), len(refused)) == (1, 3)


@pytest.mark.row("M01")
@pytest.mark.django_db
def test_looking_for_nobody_is_the_same_work_as_finding_somebody(django_assert_num_queries: Any) -> None:
    """Each fetches one whole account: what building it costs shows in time."""
    ana = make_account("ana")
    asked = {}
    for text in ("ana@example.test", "nobody@example.test", "not an address"):
        with django_assert_num_queries(2) as seen:
            found = find_account(text)
        asked[text] = [re.sub(r"'[^']*'|[0-9a-f]{8,}|X'\w*'", "?", query["sql"]) for query in seen.captured_queries]
        assert (found.pk if found else None) == (ana.pk if text.startswith("ana") else None)
    assert asked["ana@example.test"] == asked["nobody@example.test"] == asked["not an address"]
