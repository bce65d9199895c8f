"""What a receipt says: every fact, in one form, signed once."""

import json
from datetime import UTC, datetime

import pytest
from django.conf import settings

from accounts import signing
from accounts.blocked import Blocked
from accounts.enums import IdentifierKind
from accounts.journal import canonical
from accounts.signing import Signed
from closure.receipts import document
from closure.receipts.document import Facts
from tests.closure.receipts.facts import BASIS, blocks, closed, receipt, sealed

pytestmark = [pytest.mark.django_db, pytest.mark.row("F07", "H02")]
AT = datetime(2026, 3, 10, 14, 20, 0, 250, tzinfo=UTC)


def test_contents_says_everything_in_codes() -> None:
    request = closed(now=AT)
    request.account.journal_head = b"\x01" * 32
    said = document.contents(request, Facts(kept=sealed(AT)[:1], blocked=blocks(AT)[-1:]), now=AT)
    assert said == {
        "v": 1,
        "kind": "closeout.receipt",
        "reference": request.reference,
        "closed_at": "2026-03-10T14:20:00Z",
        "issuer": {"name": "Northbank", "origin": settings.PORTAL_ORIGIN},
        "policy": {"name": "standard", "version": request.policy_version},
        "erased": [
            {"what": what, "count": 0}
            for what in (
                "profile",
                "sign_ins",
                "protection",
                "exchange_access",
                "trading",
                "transactions",
                "checks",
                "messages",
                "records",
            )
        ],
        "removed_at_exchange": ["api_keys", "saved_addresses"],
        "kept": [{"what": "identity", "until": "2031-03-09T14:20:00Z", "basis": BASIS}],
        "stays_without_personal_data": ["closed_account", "closure", "journal", "receipt"],
        "stays_public": ["on_chain_addresses", "on_chain_transactions"],
        "blocked": [{"kind": "national_number", "until": None}],
        "given_up": [],
        "journal_head": "01" * 32,
        "key": signing.key_id(signing.public_keys(Signed.RECEIPT)[0]),
    }


def test_contents_names_no_time_before_an_identifier_is_free() -> None:
    whole, fraction = AT.replace(microsecond=0), AT.replace(microsecond=1)
    ends = [(IdentifierKind.EMAIL, whole), (IdentifierKind.PHONE, fraction)]
    facts = Facts(blocked=[Blocked(kind=kind, until=until, for_ever=False) for kind, until in ends])
    said = document.contents(closed(now=AT), facts, now=AT)
    assert [each["until"] for each in said["blocked"]] == ["2026-03-10T14:20:00Z", "2026-03-10T14:20:01Z"]


def test_sign_signs_exactly_the_canonical_bytes() -> None:
    body, signature = document.sign({"b": "ü", "a": [1]})
    assert body == '{"a":[1],"b":"ü"}'.encode()
    assert signing.is_signed(Signed.RECEIPT, body, signature)
    others = [kind for kind in Signed if kind is not Signed.RECEIPT]
    assert [signing.is_signed(kind, body, signature) for kind in others] == [False] * (len(Signed) - 1)


def test_file_is_canonical_and_frames_what_was_signed() -> None:
    made = receipt(now=AT)
    file = document.file_of(made)
    assert file == canonical(json.loads(file))
    assert (file[11:-104], json.loads(file)["signature"]) == (made.body, document.signature_text(made))
