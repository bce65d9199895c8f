"""Whatever is not exactly what we signed is told, byte for byte, and told by its kind."""

import base64
import json
import random
from datetime import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django.fixtures import Settings

from accounts import signing
from accounts.journal import canonical
from accounts.signing import Signed
from closure.receipts import checking
from closure.receipts.checking import check_file, check_value
from closure.receipts.enums import ReceiptAnswer
from tests.closure.receipts.facts import signed_file
from tests.closure.receipts.tampering import KINDS, tampered

pytestmark = [pytest.mark.django_db, pytest.mark.row("F07"), pytest.mark.one_database]
VALID, CHANGED, NOT_OURS, NOT_A_RECEIPT = ReceiptAnswer
TAMPERS = 1000


@pytest.fixture
def file(now: datetime) -> bytes:
    return signed_file(now)


def resigned(file: bytes, by: Ed25519PrivateKey, **said: Any) -> bytes:
    """Return a receipt that somebody else signed."""
    receipt = {**json.loads(file)["receipt"], **said}
    signature = base64.b64encode(by.sign(canonical(receipt))).decode()
    return canonical({"receipt": receipt, "signature": signature})


def test_genuine_receipt_is_valid_and_says_what_it_says(file: bytes) -> None:
    found = check_file(file)
    assert (found.answer, found.contents) == (VALID, json.loads(file)["receipt"])
    assert check_value(json.loads(file)) == found


def test_one_changed_byte_fails_wherever_it_is(file: bytes) -> None:
    """Every byte of the receipt and of its signature: each of its bits turned, and its place taken by other letters."""
    stayed = []
    for place, byte in enumerate(file):
        for other in {*(byte ^ 1 << bit for bit in range(8)), *b' 0aA"\\/'} - {byte}:
            found = check_file(file[:place] + bytes([other]) + file[place + 1 :])
            if found.answer is VALID or found.contents is not None:
                stayed.append((place, chr(byte), chr(other)))
    # Spaces and line ends around the file are no part of it, and no byte of it is one.
    assert stayed == []


def test_one_byte_more_or_less_fails(file: bytes) -> None:
    less = [file[:place] + file[place + 1 :] for place in range(len(file))]
    more = [
        file[:place] + letter + file[place:] for place in range(1, len(file)) for letter in (b" ", b"\\", b"-", b"0")
    ]
    assert [each for each in less + more if check_file(each).answer is VALID] == []


@pytest.mark.parametrize("kind", KINDS)
def test_random_tampers_all_fail(file: bytes, now: datetime, kind: str) -> None:
    """Also with everything that only moves, doubles or mixes what was signed; 10,000 in tests/campaigns/receipts.py."""
    other, chance = signed_file(now, "ben"), random.Random(kind)
    answers = [check_file(tampered(kind, file, other, chance)).answer for _time in range(TAMPERS // len(KINDS))]
    assert VALID not in answers


def test_spaces_and_line_ends_around_a_file_are_what_pasting_adds(file: bytes) -> None:
    assert check_file(b"\r\n " + file + b"\n").answer is VALID


def test_programs_may_write_the_same_json_otherwise(file: bytes) -> None:
    spaced = json.dumps(dict(reversed(json.loads(file).items())), indent=2)
    assert check_value(json.loads(spaced)).answer is VALID
    assert check_file(spaced.encode()).answer is CHANGED


def test_name_that_occurs_twice_is_no_way_round(file: bytes) -> None:
    """Readers take the first or the last of them: nothing that could say two things is valid."""
    reference = json.loads(file)["receipt"]["reference"].encode()
    doubled = file.replace(b'"reference":', b'"reference":"CL-2222-2222","reference":')
    assert reference in doubled
    assert check_file(doubled).answer is CHANGED


@pytest.mark.parametrize("member", ["note", "receipt "])
def test_members_beside_the_two_are_refused(file: bytes, member: str) -> None:
    more = canonical({**json.loads(file), member: "paid out"})
    assert check_file(more).answer is NOT_A_RECEIPT


def test_receipt_signed_by_somebody_else_is_not_ours(file: bytes) -> None:
    assert check_file(resigned(file, Ed25519PrivateKey.generate(), key="0123456789abcdef")).answer is NOT_OURS
    assert check_file(resigned(file, Ed25519PrivateKey.generate(), key=["x"])).answer is NOT_OURS
    assert check_file(resigned(file, Ed25519PrivateKey.generate())).answer is CHANGED


@pytest.mark.parametrize("kind", [Signed.CHECKPOINT, Signed.BUNDLE])
def test_signature_of_another_kind_of_ours_is_no_receipt_s(file: bytes, kind: Signed) -> None:
    body = canonical(json.loads(file)["receipt"])
    signature = base64.b64encode(signing.sign(kind, body)).decode()
    assert check_file(canonical({"receipt": json.loads(body), "signature": signature})).answer is CHANGED


def test_receipt_of_a_retired_key_stays_valid(file: bytes, settings: Settings) -> None:
    settings.SIGNING_KEY, settings.RETIRED_SIGNING_KEYS = b"n" * 32, [settings.SIGNING_KEY]
    assert check_file(file).answer is VALID
    settings.RETIRED_SIGNING_KEYS = []
    assert check_file(file).answer is NOT_OURS


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"hello",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"receipt":{},"signature":""}',
        b'{"receipt":[],"signature":""}',
        b'{"receipt":{"kind":"other"},"signature":"' + b"A" * 88 + b'"}',
        b"[" * 100_000,
        b'{"receipt":1e999,"signature":""}',
    ],
)
def test_other_things_are_not_a_receipt(raw: bytes) -> None:
    assert check_file(raw).answer is NOT_A_RECEIPT


def test_what_is_larger_than_any_receipt_is_none(file: bytes) -> None:
    assert check_file(file + b"x" * checking.MAX_BYTES).answer is NOT_A_RECEIPT


@pytest.mark.parametrize("signature", [None, 7, [], "", "é", "A" * 87, "A" * 88, "=" * 88])
def test_signature_that_is_none_is_a_change(file: bytes, signature: object) -> None:
    assert check_value({**json.loads(file), "signature": signature}).answer is CHANGED
