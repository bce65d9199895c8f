"""What stops an account under each preset: small rests, keys, an identity, factors (A02, A11, A13, A14, D01)."""

from dataclasses import replace

import pytest

from accounts.enums import FactorKind, IdentityStatus
from closure.policy import loader
from closure.preflight.checks import api_keys, identity, second_factor, spot
from tests.closure.policy.behavior.columns import by_preset
from tests.closure.preflight.builders import CLEAR, NOW, api_key, holding, view

K = FactorKind
RESTS = {"one": ["0.0001"], "six": ["0.99"] * 6, "many": ["0.99"] * 300, "worth 1": ["1"]}
LEFT, WARNED = [("spot_balance", "blocked")], [("spot_dust", "warning")]
TOO_MUCH = [("spot_dust", "blocked")]
NOTHING_IS_SMALL = dict.fromkeys(RESTS, LEFT)


@pytest.mark.row("A02")
@by_preset(
    "found",
    {
        "binance": {"one": WARNED, "six": WARNED, "many": WARNED, "worth 1": LEFT},
        "binance-cooling-off": NOTHING_IS_SMALL,
        "binance-us": NOTHING_IS_SMALL,
        "pionex": NOTHING_IS_SMALL,
        # Six of 0.99 are more than 5 USDT together.
        "standard": {"one": [("spot_dust_A0", "warning")], "six": TOO_MUCH, "many": TOO_MUCH, "worth 1": LEFT},
    },
)
def test_small_rests_are_what_the_preset_says(preset: str, found: dict[str, list[tuple[str, str]]]) -> None:
    said = {}
    for name, values in RESTS.items():
        coins = [holding(f"A{number}", "3", value) for number, value in enumerate(values)]
        checked = spot.check(view(*coins), loader.load(preset), NOW)
        said[name] = [(each.code, each.verdict.value) for each in checked]
    assert said == found


@pytest.mark.row("A11")
@by_preset(
    "verdict",
    {
        "binance": "blocked",
        "binance-cooling-off": "warning",
        "binance-us": "warning",
        "pionex": "blocked",
        "standard": "warning",
    },
)
def test_keys_are_deleted_first_or_revoked(preset: str, verdict: str) -> None:
    [found] = api_keys.check(view(api_key()), loader.load(preset), NOW)
    assert found.verdict.value == verdict


@pytest.mark.row("A14")
@by_preset(
    "stops",
    {"binance": False, "binance-cooling-off": True, "binance-us": False, "pionex": False, "standard": False},
)
def test_identity_must_be_verified_where_the_preset_says_so(preset: str, stops: bool) -> None:
    found = {}
    for status in IdentityStatus:
        person = replace(CLEAR, identity_status=status)
        found[status] = bool(identity.check(view(facts=person), loader.load(preset), NOW))
    verified = {IdentityStatus.VERIFIED, IdentityStatus.REFRESH_DUE}
    assert found == {status: stops and status not in verified for status in IdentityStatus}


TWO_OF_ALL = {"mail": "second_factor", "app": "factors_too_few", "mail, app": "", "text": "factors_too_few"}


@pytest.mark.row("A13", "D01")
@by_preset(
    "missing",
    {
        "binance": TWO_OF_ALL,
        "binance-cooling-off": {"mail": "second_factor", "app": "", "mail, app": "", "text": ""},
        "binance-us": {
            "mail": "second_factor",
            "app": "factor_missing_email",
            "mail, app": "",
            "text": "factor_missing_email",
        },
        "pionex": TWO_OF_ALL,
        "standard": TWO_OF_ALL,
    },
)
def test_factors_that_the_preset_asks_for_must_be_there(preset: str, missing: dict[str, str]) -> None:
    have = {"mail": {K.EMAIL}, "app": {K.TOTP}, "mail, app": {K.EMAIL, K.TOTP}, "text": {K.SMS}}
    found = {}
    for name, kinds in have.items():
        codes = second_factor.check(view(facts=replace(CLEAR, factors=frozenset(kinds))), loader.load(preset), NOW)
        found[name] = codes[0].code if codes else ""
    assert found == missing
