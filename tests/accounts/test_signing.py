"""Signatures: of exact bytes, of one kind, and still good when the key was replaced."""

import base64
from typing import Any

from accounts import signing
from accounts.signing import Signed
from portal.env import parse_keys

MESSAGE = b"closed, and this is what stays"
NEW = bytes(range(32))


def test_signature_holds_for_exactly_its_bytes() -> None:
    signature = signing.sign(Signed.RECEIPT, MESSAGE)
    changed = [bytes([*MESSAGE[:at], MESSAGE[at] ^ 1, *MESSAGE[at + 1 :]]) for at in range(len(MESSAGE))]
    assert signing.is_signed(Signed.RECEIPT, MESSAGE, signature)
    assert [text for text in changed if signing.is_signed(Signed.RECEIPT, text, signature)] == []


def test_signature_of_another_kind_is_none() -> None:
    signature = signing.sign(Signed.RECEIPT, MESSAGE)
    assert [kind for kind in Signed if signing.is_signed(kind, MESSAGE, signature)] == [Signed.RECEIPT]


def test_signature_that_is_no_signature_is_refused() -> None:
    assert not signing.is_signed(Signed.RECEIPT, MESSAGE, b"")


def test_signature_of_a_replaced_key_holds_while_it_is_kept(settings: Any) -> None:
    old, signature = settings.SIGNING_KEY, signing.sign(Signed.RECEIPT, MESSAGE)
    settings.SIGNING_KEY = NEW
    assert not signing.is_signed(Signed.RECEIPT, MESSAGE, signature)
    settings.RETIRED_SIGNING_KEYS = [old]
    assert signing.is_signed(Signed.RECEIPT, MESSAGE, signature)


def test_public_key_is_named_and_written_as_tools_read_it() -> None:
    key = signing.public_keys(Signed.RECEIPT)[0]
    assert len(signing.key_id(key)) == signing.KEY_ID_LETTERS
    inside = base64.b64decode("".join(signing.pem(key).splitlines()[1:-1]))
    assert inside[-32:] == signing.raw(key)


def test_keys_are_read_from_a_list() -> None:
    text = base64.urlsafe_b64encode(NEW).decode()
    assert (parse_keys("RETIRED_SIGNING_KEYS", f"{text}, {text}"), parse_keys("RETIRED_SIGNING_KEYS", "")) == (
        [NEW, NEW],
        [],
    )
