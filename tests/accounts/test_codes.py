"""One-time codes."""

from typing import Any
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from accounts.codes import clean, digest, new_code
from accounts.models import OneTimeCode
from portal.env import KeyRing

CONTEXT: dict[str, Any] = {
    "account_id": UUID(int=1),
    "device_id": UUID(int=2),
    "step_up_id": UUID(int=3),
    "purpose": "sign_in",
    "version": 1,
}


def test_code_is_six_digits_zeros_included() -> None:
    made = [new_code() for _number in range(2000)]
    assert {len(code) for code in made} == {6}
    assert any(code.startswith("0") for code in made)
    assert len(set(made)) > 1900


@pytest.mark.row("D07")
@pytest.mark.parametrize(
    "other",
    [
        {"account_id": UUID(int=9)},
        {"device_id": UUID(int=9)},
        {"step_up_id": UUID(int=9)},
        {"purpose": "close_account"},
    ],
)
def test_digest_is_bound_to_its_one_context(other: dict[str, Any]) -> None:
    assert digest("123456", **CONTEXT) != digest("123456", **(CONTEXT | other))


def test_digest_is_keyed(settings: Settings) -> None:
    before = digest("123456", **CONTEXT)
    settings.FINGERPRINT_KEYS = KeyRing(((1, b"n" * 32),))
    assert digest("123456", **CONTEXT) != before


def test_code_sent_before_a_key_changed_still_matches(settings: Settings) -> None:
    facts = {name: value for name, value in CONTEXT.items() if name != "version"}
    row = OneTimeCode(**facts, digest=digest("123456", **CONTEXT))
    settings.FINGERPRINT_KEYS = KeyRing(((2, b"n" * 32), (1, b"f" * 32)))
    assert (row.matches("123456"), row.matches("123457")) == (True, False)


@pytest.mark.parametrize(("typed", "code"), [("12 34-56", "123456"), ("१२३४५६", ""), ("12345", ""), ("1e3456", "")])
def test_typed_code_is_cleaned(typed: str, code: str) -> None:
    assert clean(typed) == code
