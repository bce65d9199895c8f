"""What a receipt says and how it is signed (docs/receipts.md): canonical JSON, codes and numbers, nobody's data.

The file is the signed bytes in a frame of fixed length, so that a few lines of shell can take them out again.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from accounts import signing
from accounts.blocked import Blocked
from accounts.journal import canonical
from accounts.signing import Signed
from closure.models import ClosureRequest, Receipt
from closure.receipts.enums import LeftBehind
from closure.retention.archive import Kept
from closure.retention.groups import ErasedGroup

KIND = "closeout.receipt"
VERSION = 1
SECOND = timedelta(seconds=1)
# The calls of the step before: done, or there would be no receipt (F03).
REMOVED_AT_EXCHANGE = ("api_keys", "saved_addresses")
# Rows of class keep, by opaque key; they have no end.
STAYS_WITHOUT_PERSONAL_DATA = ("closed_account", "closure", "journal", "receipt")
# Said before confirming, and here again (F05).
STAYS_PUBLIC = ("on_chain_addresses", "on_chain_transactions")


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What the owner accepted to leave behind: `amount` is decimal text."""

    what: LeftBehind
    asset: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a receipt is told about one closure."""

    erased: Mapping[ErasedGroup, int] = field(default_factory=dict)
    kept: Sequence[Kept] = ()
    blocked: Sequence[Blocked] = ()
    given_up: Sequence[Loss] = ()


def contents(request: ClosureRequest, facts: Facts, *, now: datetime) -> dict[str, Any]:
    """Return what the receipt of a sealed request says; its account is locked and not erased yet."""
    return {
        "v": VERSION,
        "kind": KIND,
        "reference": request.reference,
        "issuer": {"name": settings.PORTAL_BRAND, "origin": settings.PORTAL_ORIGIN},
        "policy": {"name": request.policy_name, "version": request.policy_version},
        "erased": [{"what": group.value, "count": facts.erased.get(group, 0)} for group in ErasedGroup],
        "removed_at_exchange": list(REMOVED_AT_EXCHANGE),
        "stays_without_personal_data": list(STAYS_WITHOUT_PERSONAL_DATA),
        "stays_public": list(STAYS_PUBLIC),
        "given_up": [{"what": each.what.value, "asset": each.asset, "amount": each.amount} for each in facts.given_up],
        "journal_head": bytes(request.account.journal_head).hex(),
        **dates(kept=facts.kept, blocked=facts.blocked, closed_at=now),
    }


def dates(*, kept: Sequence[Kept], blocked: Sequence[Blocked], closed_at: datetime) -> dict[str, Any]:
    """Return the members that count from the closing, with the key that signs them."""
    return {
        "closed_at": _text(closed_at),
        "kept": [
            {"what": each.record_class.value, "until": _text(each.expires_at), "basis": each.basis} for each in kept
        ],
        "blocked": [{"kind": each.kind.value, "until": _free_from(each)} for each in blocked],
        "key": signing.key_id(signing.public_keys(Signed.RECEIPT)[0]),
    }


def sign(said: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return the bytes of a receipt and their signature."""
    body = canonical(said)
    return body, signing.sign(Signed.RECEIPT, body)


def file_of(receipt: Receipt) -> bytes:
    """Return the file that is given out: itself canonical JSON, 11 bytes before and 104 after what was signed."""
    return b'{"receipt":' + bytes(receipt.body) + b',"signature":"' + signature_text(receipt).encode() + b'"}'


def signature_text(receipt: Receipt) -> str:
    """Return the signature as the file has it."""
    return base64.b64encode(bytes(receipt.signature)).decode()


def _free_from(block: Blocked) -> str | None:
    """Return when an identifier is free again, never a fraction of a second too early; None: never."""
    if block.for_ever:
        return None
    cut = block.until.replace(microsecond=0)
    return _text(cut if cut == block.until else cut + SECOND)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
