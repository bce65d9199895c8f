"""A bundle says what was sealed, to who has its passphrase, and one changed byte fails (F05)."""

import hashlib
import json
from datetime import UTC, datetime
from random import Random

import pytest
from django.conf import settings as configured
from hypothesis import given as for_any
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts import signing
from accounts.ids import REFERENCE_ALPHABET
from accounts.journal import canonical
from accounts.signing import Signed
from closure.retention import bundles, cipher
from closure.retention.bundles import HEAD_BYTES, KIND, MAGIC, BundleRefused, Lock
from tests.closure.retention.bundling import KINDS, TEXTS, Given, answer, given, said_of, tampered

pytestmark = pytest.mark.row("F05")
NOW = datetime(2026, 11, 29, 12, 0, 30, tzinfo=UTC)
TAMPERS = 480


@pytest.fixture(scope="module")
def one() -> Given:
    return given(now=NOW)


@pytest.fixture(scope="module")
def other() -> Given:
    return given((b"{}\n", *TEXTS[1:]), now=NOW)


def test_bundle_says_whom_it_is_for_and_what_was_sealed(one: Given) -> None:
    said = bundles.open_bundle(one.file, one.passphrase)
    told = {name: said[name] for name in ("v", "kind", "purpose", "reference", "opened_at", "issuer", "key")}
    assert told == {
        "v": 1,
        "kind": "closeout.bundle",
        "purpose": "regulator",
        "reference": "BA 12/2026",
        "opened_at": "2026-11-29T12:00:30Z",
        "issuer": {"name": configured.PORTAL_BRAND, "origin": configured.PORTAL_ORIGIN},
        "key": signing.key_id(signing.public_keys(Signed.BUNDLE)[0]),
    }
    assert [text.encode() for text in said["records"]] == list(TEXTS)
    assert [(entry["bytes"], entry["sha256"], entry["part"]) for entry in said["manifest"]] == [
        (len(text), hashlib.sha256(text).hexdigest(), part) for part, text in enumerate(TEXTS)
    ]


def test_two_bundles_of_the_same_share_no_salt_and_no_key(now: datetime) -> None:
    passphrase = bundles.new_passphrase()
    locks = [Lock.under(passphrase) for _time in range(2)]
    assert (locks[0].salt == locks[1].salt, locks[0].key == locks[1].key) == (False, False)


def test_nothing_of_the_contents_shows_in_the_file(one: Given) -> None:
    assert [word for word in (b"Ana", b"Diaz", b"BA 12", b"identity", b"manifest") if word in one.file] == []
    assert one.file.startswith(MAGIC)


def test_passphrases_are_random_and_can_be_typed_in_other_spellings(one: Given) -> None:
    made = {bundles.new_passphrase() for _time in range(200)}
    assert (len(made), {len(each) for each in made}) == (200, {29})
    assert set("".join(made)) == {*REFERENCE_ALPHABET, "-"}
    for typed in (one.passphrase.lower(), f" {one.passphrase.replace('-', ' ')}\n", one.passphrase.replace("-", "")):
        assert bundles.key_of(one.file, typed) == one.key


@pytest.mark.parametrize("typed", ["", "7F2A", "0" * 24, "A" * 25, "é" * 24, "A" * 5000])
def test_what_cannot_be_a_passphrase_is_told_before_anything_is_tried(one: Given, typed: str) -> None:
    with pytest.raises(BundleRefused) as error:
        bundles.open_bundle(one.file, typed)
    assert error.value.code == "bad_passphrase"


def test_other_passphrase_opens_nothing(one: Given) -> None:
    with pytest.raises(BundleRefused) as error:
        bundles.open_bundle(one.file, bundles.new_passphrase())
    assert error.value.code == "bundle_locked"


@pytest.mark.parametrize("file", [b"", b"hello", MAGIC, MAGIC + b"s" * 16, b"\x00" * 400, MAGIC[:-1] + b"x" * 400])
def test_other_things_are_no_bundle(one: Given, file: bytes) -> None:
    with pytest.raises(BundleRefused) as error:
        bundles.open_bundle(file, one.passphrase)
    assert error.value.code == "not_a_bundle"


def test_head_without_a_whole_box_does_not_open(one: Given) -> None:
    assert {answer(one.file[:end], one) for end in range(HEAD_BYTES + 1, HEAD_BYTES + 40)} == {"bundle_locked"}


def test_one_changed_byte_fails_wherever_it_is(one: Given) -> None:
    """Each bit of each byte of the box, of what is in it, and of the name; of the salt one bit of each byte."""
    salt = range(len(MAGIC), HEAD_BYTES)
    bits = [(place, bit) for place in range(len(one.file)) for bit in range(8) if place not in salt or bit == 0]
    stayed = [where for where in bits if answer(turned(one.file, *where), one) == "valid"]
    inside = [(place, bit) for place in range(len(one.plain)) for bit in range(8)]
    stayed += [where for where in inside if refusal(turned(one.plain, *where)) != "bundle_changed"]
    assert stayed == []


def turned(file: bytes, place: int, bit: int) -> bytes:
    return file[:place] + bytes([file[place] ^ 1 << bit]) + file[place + 1 :]


def refusal(plain: bytes) -> str:
    try:
        bundles.check(plain)
    except BundleRefused as error:
        return error.code
    return "valid"


@pytest.mark.parametrize("kind", KINDS)
def test_random_tampers_all_fail(one: Given, other: Given, kind: str) -> None:
    """10,000 in tests/campaigns/bundles.py."""
    chance = Random(kind)
    answers = {answer(tampered(kind, one, other, chance), one) for _time in range(TAMPERS // len(KINDS))}
    assert "valid" not in answers
    assert answers <= {"bundle_locked", "bundle_changed", "not_a_bundle"}


def test_bundle_of_a_retired_key_stays_valid(one: Given, settings: Settings) -> None:
    settings.SIGNING_KEY, settings.RETIRED_SIGNING_KEYS = b"n" * 32, [settings.SIGNING_KEY]
    assert answer(one.file, one) == "valid"
    settings.RETIRED_SIGNING_KEYS = []
    assert answer(one.file, one) == "bundle_changed"


@pytest.mark.parametrize("wrong", [{"records": ["{}"] * 3}, {"records": []}, {"kind": "closeout.receipt"}])
def test_signature_of_ours_around_other_records_than_those_of_the_manifest_is_refused(wrong: dict[str, object]) -> None:
    body = canonical({**said_of(now=NOW), **wrong})
    assert refusal(signing.sign(Signed.BUNDLE, body) + body) == "bundle_changed"


@for_any(st.lists(st.text().map(str.encode), max_size=5))
def test_any_text_comes_back_as_it_was(texts: list[bytes]) -> None:
    key = cipher.new_key()
    file = bundles.seal(said_of(tuple(texts), now=NOW), Lock(salt=b"s" * 16, key=key))
    said = bundles.open_with(file, key)
    assert [text.encode() for text in said["records"]] == texts
    assert json.loads(cipher.unlock(file[HEAD_BYTES:], key, bound_to=KIND)[64:]) == said
