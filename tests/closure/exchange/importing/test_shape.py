"""Bad lines are refused whole, with a short reason that names the field, and the rest of the file is kept."""

from pathlib import Path
from typing import Any

import pytest

from accounts.enums import DocumentType, RestrictionKind
from tests.closure.importing import identity, line, rows_of_everything, run, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.jsonl"


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


BTC: dict[str, Any] = {"area": "spot", "asset": "BTC", "amount": "1"}
LONG = "9" * 10**6


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (b'{"email": ', "the line is not JSON: Expecting value (column 10)"),
        (b"[]", "the line is not a JSON object"),
        (b'"text"', "the line is not a JSON object"),
        (b"null", "the line is not a JSON object"),
        (b'{"email": "a@example.test", "email": "b@example.test"}', "a key stands twice in one object"),
        (b'{"vip": NaN}', "NaN is not a value"),
        (b'{"vip": -Infinity}', "-Infinity is not a value"),
        (b'{"vip": 1.0}', "vip must be a whole number from 0 to 32767"),
        (b'{"vip": %s}' % LONG.encode(), "a number is too long; amounts are text"),
        (b'{"email": "\xff"}', "the line is not UTF-8 (byte 12)"),
        (b"\xff\xfe{\x00}\x00", "the line is not UTF-8 (byte 1)"),
        (deep(100_000), "the line is nested too deeply"),
        (b'{"email": "' + b"a" * 5 * 1024 * 1024 + b'"}', "the line is longer than 4194304 bytes"),
        ({}, "email or phone must be there"),
        (line(colour="red"), "'colour' is not a field"),
        (line() | {LONG: 1}, f"'{'9' * 40}…' is not a field"),
        (line(holdings=[BTC | {"colour": "red"}]), "holdings[0].'colour' is not a field"),
        (line(identity=identity() | {"age": 7}), "identity.'age' is not a field"),
        (line(holdings={}), "holdings must be a list"),
        (line(holdings=[[]]), "holdings[0] must be an object"),
        (line(holdings=[{"area": "spot", "asset": "BTC"}]), "holdings[0].amount is missing"),
        (line(holdings=[BTC | {"amount": None}]), "holdings[0].amount must not be null"),
        (line(holdings=[BTC, BTC | {"amount": "-1"}]), "holdings[1].amount is negative"),
        (line(holdings=[BTC | {"amount": "NaN"}]), "holdings[0].amount is not a decimal number"),
        (line(holdings=[BTC | {"amount": "Infinity"}]), "holdings[0].amount is not a decimal number"),
        (line(holdings=[BTC | {"amount": 0.5}]), "holdings[0].amount must be an amount as text"),
        (line(holdings=[BTC | {"amount": 1}]), "holdings[0].amount must be an amount as text"),
        (line(holdings=[BTC | {"amount": LONG}]), "holdings[0].amount is longer than 64 characters"),
        (line(holdings=[BTC | {"amount": "1e-19"}]), "holdings[0].amount has more than 18 decimal places"),
        (line(holdings=[BTC | {"value_usdt": "-1"}]), "holdings[0].value_usdt is negative"),
        (line(holdings=[BTC | {"asset": LONG}]), "holdings[0].asset is longer than 32 characters"),
        (line(holdings=[BTC | {"asset": "B\x00TC"}]), "holdings[0].asset has a character that cannot be printed"),
        (line(holdings=[BTC | {"asset": "\ud800"}]), "holdings[0].asset has a character that cannot be printed"),
        (line(holdings=[BTC | {"asset": " "}]), "holdings[0].asset is empty"),
        (line(holdings=[BTC | {"unlocks": "2026-01-01T00:00:00"}]),
         "holdings[0].unlocks must say its time zone, such as Z"),
        (line(holdings=[BTC | {"unlocks": "0001-01-01T00:00:00Z"}]),
         "holdings[0].unlocks must be in the years 1900 to 2200"),
        (line(holdings=[BTC | {"external_id": "x"}] * 2), "holdings has the same external_id twice"),
        (line(api_keys=[{"key_id": "x"}] * 2), "api_keys has the same key_id twice"),
        (line(orders=[{"area": "orders", "kind": "swap", "symbol": "B", "side": "buy", "amount": "1"}]),
         "orders[0].kind must be one of limit, stop_limit, oco, conditional, p2p"),
        (line(transfers=[{"direction": "out", "kind": "pigeon", "asset": "EUR", "amount": "1"}]),
         "transfers[0].kind must be one of bank, swift, local, crypto"),
        (line(restrictions=[{"kind": "bad_mood"}]),
         f"restrictions[0].kind must be one of {', '.join(RestrictionKind.values)}"),
        (line(identity=identity(status="great")),
         "identity.status must be one of none, pending, verified, refused, refresh_due"),
        (line(identity=identity(document={"type": "library_card", "number": "1"})),
         f"identity.document.type must be one of {', '.join(DocumentType.values)}"),
        (line(email="not an address"), "email is not valid"),
        (line(email=f"{LONG}@example.test"), "email is longer than 320 characters"),
        (line(phone="12"), "phone is not valid"),
        (line(country="usa"), "country must be like US"),
        (line(created="yesterday"), "created must be a time such as 2026-01-02T03:04:05Z"),
        (line(password="demo-Passw0rd!"), "password must be null or a Django argon2 hash, never plain"),
        (line(password="pbkdf2_sha256$1$a$b"), "password must be null or a Django argon2 hash, never plain"),
        (line(password="argon2$argon2id$v=19$m=999999,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNo"),
         "password asks for more work than a sign-in may take"),
        (line(vip=True), "vip must be a whole number from 0 to 32767"),
    ],
)  # fmt: skip
def test_bad_line_is_refused_whole_and_the_rest_kept(bad: Any, error: str, file: Path) -> None:
    before = rows_of_everything()
    refused = run(write(file, bad))
    assert (refused.code, refused.summary["refused"]) == (3, [{"line": 1, "error": error}])
    assert rows_of_everything() == before
    kept = run(write(file, bad, line("good"), b"", bad))
    assert ([refused["line"] for refused in kept.summary["refused"]], kept.summary["created"]) == ([1, 4], 1)
