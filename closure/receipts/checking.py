"""Checks what somebody holds: whether it is a receipt, ours, and exactly as we signed it. Asks no table (F07)."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts import signing, strict_json
from accounts.journal import canonical
from accounts.signing import Signed
from closure.receipts.document import KIND
from closure.receipts.enums import ReceiptAnswer

# Far above any receipt: one is 2 to 3 KB, and 100 bytes more for each asset that was left behind.
MAX_BYTES = 256 * 1024
MEMBERS = {"receipt", "signature"}


@dataclass(frozen=True, kw_only=True)
class Checked:
    """The answer, and what a valid receipt says; of others nothing is worth repeating."""

    answer: ReceiptAnswer
    contents: Mapping[str, Any] | None = None


def check_file(raw: bytes) -> Checked:
    """Check a receipt as a file: every byte counts, but for spaces and line ends around it, which pasting adds."""
    given = raw.strip()
    unreadable = ReceiptAnswer.CHANGED if KIND.encode() in given else ReceiptAnswer.NOT_A_RECEIPT
    if len(given) > MAX_BYTES:
        return Checked(answer=ReceiptAnswer.NOT_A_RECEIPT)
    try:
        value = strict_json.read(given)
        exact = canonical(value) == given
    except ValueError:
        return Checked(answer=unreadable)
    found = check_value(value)
    return found if exact or found.answer is not ReceiptAnswer.VALID else Checked(answer=ReceiptAnswer.CHANGED)


def check_value(value: object) -> Checked:
    """Check a receipt as programs read it: what it says counts, not how its JSON is spaced."""
    receipt = _receipt_in(value)
    if receipt is None:
        return Checked(answer=ReceiptAnswer.NOT_A_RECEIPT)
    if receipt.get("key") not in [signing.key_id(key) for key in signing.public_keys(Signed.RECEIPT)]:
        return Checked(answer=ReceiptAnswer.NOT_OURS)
    signature = _signature_in(value)
    if signature is None or not signing.is_signed(Signed.RECEIPT, canonical(receipt), signature):
        return Checked(answer=ReceiptAnswer.CHANGED)
    return Checked(answer=ReceiptAnswer.VALID, contents=receipt)


def _receipt_in(value: object) -> Mapping[str, Any] | None:
    if not isinstance(value, dict) or set(value) != MEMBERS:
        return None
    receipt = value["receipt"]
    return receipt if isinstance(receipt, dict) and receipt.get("kind") == KIND else None


def _signature_in(value: Any) -> bytes | None:
    """Return the bytes of a signature, None for text that is not exactly how we write them."""
    text = value["signature"]
    try:
        found = base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        return None
    # The last letter has bits that mean nothing: several spellings, and only one of them is ours.
    return found if base64.b64encode(found).decode() == text else None
