"""Restrictions, second factor and identity: the portal's own areas (A12-A15, K)."""

from dataclasses import replace

import pytest

from accounts.enums import FactorKind, IdentityStatus, RestrictionKind
from closure.enums import Area, Verdict
from closure.exchange.contract import Item
from closure.preflight.checks import identity, restrictions, second_factor
from closure.preflight.verdict import Finding
from tests.closure.preflight.builders import (
    CLEAR,
    NOW,
    STANDARD,
    api_key,
    holding,
    nft,
    order,
    preflight_policy,
    referral,
    verification_policy,
    view,
)

F, K = FactorKind, RestrictionKind
HOLDS = [K.COMPLIANCE_REVIEW, K.SECURITY_INVESTIGATION, K.RISK_CONTROL, K.JUDICIAL_FREEZE]


def restricted(*kinds: RestrictionKind, items: tuple[Item, ...] = (), required: bool = False) -> list[Finding]:
    policy = preflight_policy(identity_verified_required=required)
    return restrictions.check(view(*items, facts=replace(CLEAR, restrictions=frozenset(kinds))), policy, NOW)


def test_restriction_none_is_clear() -> None:
    assert restricted() == []


@pytest.mark.row("A12")
@pytest.mark.parametrize("kind", HOLDS)
def test_hold_is_one_neutral_sentence_that_tells_nothing(kind: RestrictionKind) -> None:
    [blocker] = restricted(kind)
    assert (blocker.code, blocker.verdict) == ("legal_hold", Verdict.BLOCKED)
    assert blocker.why == "A legal or risk hold applies; we cannot say more."
    assert (blocker.clears_at, blocker.found, dict(blocker.params)) == (None, (), {})
    said = str(blocker.as_dict()).lower()
    assert [word for word in (kind.value, str(kind.label), "judicial", "compliance") if word in said] == []


@pytest.mark.row("A12")
def test_holds_look_the_same_whichever_and_however_many() -> None:
    alone = [restricted(kind) for kind in HOLDS]
    assert [found == restricted(*HOLDS) for found in alone] == [True] * len(HOLDS)


def test_negative_balance_says_how_it_is_cleared() -> None:
    [blocker] = restricted(K.NEGATIVE_BALANCE)
    assert (blocker.code, blocker.verdict) == ("negative_balance", Verdict.BLOCKED)
    assert "Deposit what is missing" in blocker.how
    assert "lifts by itself" in blocker.condition


def test_fraud_alert_blocks_until_staff_clear_it() -> None:
    [blocker] = restricted(K.FRAUD_ALERT)
    assert (blocker.code, blocker.verdict, blocker.clears_at) == ("fraud_alert", Verdict.BLOCKED, None)


def test_unsupported_region_may_close() -> None:
    assert restricted(K.UNSUPPORTED_REGION, items=(holding(),)) == []


@pytest.mark.parametrize("items", [(), (holding("ABC", "0", None),), (api_key(), referral())])
def test_failed_verification_may_close_when_empty(items: tuple[Item, ...]) -> None:
    assert restricted(K.FAILED_VERIFICATION, items=items) == []


@pytest.mark.parametrize("item", [holding("ABC", "0.0001", "0.01"), order(), nft()])
def test_failed_verification_blocks_while_anything_is_left(item: Item) -> None:
    [blocker] = restricted(K.FAILED_VERIFICATION, items=(item,))
    assert (blocker.code, blocker.verdict) == ("failed_verification", Verdict.BLOCKED)


def test_failed_verification_blocks_when_not_all_could_be_read() -> None:
    seen = view(facts=replace(CLEAR, restrictions=frozenset({K.FAILED_VERIFICATION})), unknown={Area.SPOT: "missing"})
    assert [found.code for found in restrictions.check(seen, STANDARD, NOW)] == ["failed_verification"]


@pytest.mark.row("A14")
def test_failed_verification_always_blocks_where_identity_must_be_verified() -> None:
    [blocker] = restricted(K.FAILED_VERIFICATION, required=True)
    assert blocker.code == "failed_verification"
    assert "closing needs a verified identity" in blocker.why


def test_restrictions_of_several_kinds_are_each_listed_with_their_own_next_step() -> None:
    found = restricted(*RestrictionKind, items=(holding(),))
    assert [each.code for each in found] == ["legal_hold", "negative_balance", "fraud_alert", "failed_verification"]
    assert len({each.how for each in found}) == 4


@pytest.mark.row("A13")
@pytest.mark.parametrize(
    ("factors", "codes"),
    [
        ({F.EMAIL, F.TOTP}, []),
        ({F.EMAIL, F.SMS}, []),
        ({F.EMAIL, F.PASSKEY}, []),
        ({F.EMAIL}, ["second_factor"]),
        (set(), ["second_factor"]),
        ({F.EMAIL, F.BACKUP, F.PASSWORD, F.FACE}, ["second_factor"]),
    ],
)
def test_second_factor_is_text_message_authenticator_or_passkey(factors: set[FactorKind], codes: list[str]) -> None:
    found = second_factor.check(view(facts=replace(CLEAR, factors=frozenset(factors))), STANDARD, NOW)
    assert [finding.code for finding in found] == codes


@pytest.mark.row("D01")
@pytest.mark.parametrize(
    ("factors", "codes"),
    [
        ({F.EMAIL, F.TOTP}, []),
        ({F.EMAIL, F.SMS}, ["factor_missing_totp"]),
        ({F.TOTP}, ["factor_missing_email"]),
    ],
)
def test_factors_that_the_policy_names_must_be_there(factors: set[FactorKind], codes: list[str]) -> None:
    groups = (frozenset({F.EMAIL}), frozenset({F.TOTP}))
    policy = verification_policy(required=groups, accepted=frozenset({F.EMAIL, F.TOTP}), needed=2)
    found = second_factor.check(view(facts=replace(CLEAR, factors=frozenset(factors))), policy, NOW)
    assert [finding.code for finding in found] == codes


@pytest.mark.row("D01")
def test_factors_asked_only_where_enrolled_are_not_missed() -> None:
    groups = (frozenset({F.EMAIL}), frozenset({F.SMS}), frozenset({F.TOTP, F.PASSKEY}))
    policy = verification_policy(required=groups, all_enrolled=True)
    facts = replace(CLEAR, factors=frozenset({F.EMAIL, F.TOTP}))
    assert second_factor.check(view(facts=facts), policy, NOW) == []


@pytest.mark.row("D01")
def test_factors_too_few_for_the_policy_block_before_the_verification() -> None:
    [blocker] = second_factor.check(view(facts=replace(CLEAR, factors=frozenset({F.SMS}))), STANDARD, NOW)
    assert blocker.code == "factors_too_few"
    assert blocker.why == "Closing needs 2 kinds of code, and you have only: text message code."


def test_second_factor_that_the_policy_does_not_accept_is_named() -> None:
    policy = verification_policy(accepted=frozenset({F.EMAIL, F.TOTP}), needed=1)
    [blocker] = second_factor.check(view(facts=replace(CLEAR, factors=frozenset({F.EMAIL, F.SMS}))), policy, NOW)
    assert blocker.code == "factor_missing_totp"


@pytest.mark.row("A14")
@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (IdentityStatus.NONE, ["identity_not_verified"]),
        (IdentityStatus.PENDING, ["identity_pending"]),
        (IdentityStatus.REFUSED, ["identity_not_verified"]),
        (IdentityStatus.VERIFIED, []),
        (IdentityStatus.REFRESH_DUE, []),
    ],
)
def test_identity_must_be_verified_where_the_policy_asks(status: IdentityStatus, codes: list[str]) -> None:
    seen = view(facts=replace(CLEAR, identity_status=status))
    asking = identity.check(seen, preflight_policy(identity_verified_required=True), NOW)
    assert [finding.code for finding in asking] == codes
    assert identity.check(seen, preflight_policy(identity_verified_required=False), NOW) == []
