"""Policies that contradict themselves are refused; odd ones are told."""

from typing import Any

import pytest

from closure.policy.parsing import parse
from closure.policy.rules import contradictions, warnings
from closure.policy.schema import Policy
from tests.closure.policy.mappings import COLUMNS, Changes, changed


def policy(changes: Changes, **top: Any) -> Policy:
    found, problems = parse(changed(changes, **top))
    assert found is not None, problems
    return found


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"waiting": {"due": "6 d"}}, "[waiting] due is before wait ends"),
        (
            {"waiting": {"max_frozen": "8 d", "brake_adds": "0 d"}},
            "[waiting] max_frozen must be longer than due and brake_adds together (E09)",
        ),
        ({"verification": {"window": "4 min"}}, "[verification] window must be 5 to 10 minutes (D02)"),
        ({"verification": {"window": "11 min"}}, "[verification] window must be 5 to 10 minutes (D02)"),
        ({"verification": {"extensions": 11}}, "[verification] extensions must be 10 at most"),
        ({"verification": {"needed": 5}}, "[verification] needed is more than the accepted kinds"),
        ({"verification": {"needed": 0, "accepted": ["totp"]}}, "[verification] needed must be 1 at least"),
        (
            {"verification": {"accepted": ["email"], "needed": 1}},
            "[verification] accepted: an e-mail code alone would be enough, and it is no second factor (A13)",
        ),
        (
            {"verification": {"accepted": ["email", "totp"], "needed": 1}},
            "[verification] accepted: an e-mail code alone would be enough, and it is no second factor (A13)",
        ),
        (
            {"verification": {"accepted": ["sms", "totp", "backup"]}},
            "[verification] accepted: backup is no code; use password, face_from_level",
        ),
        ({"verification": {"required": [[]]}}, "[verification] required has an empty group"),
        (
            {"verification": {"accepted": ["sms", "totp"], "required": [["email"]]}},
            "[verification] required names a kind that is not accepted",
        ),
        (
            {"waiting": {"export_until": "submission"}},
            "[waiting] export_until wait_ends and status_shows export go together (B11)",
        ),
        (
            {"review": {"mode": "none"}},
            "[review] mode none leaves nobody for four_eyes_above and four_eyes_under_brake",
        ),
        (
            {
                "review": {"mode": "none", "four_eyes_above": "none", "four_eyes_under_brake": False},
                "verification": {"face_from_level": 2},
            },
            "[review] mode none leaves nobody to compare a face ([verification] face_from_level)",
        ),
        ({"dormancy": {"dormant_years": "none"}}, "[dormancy] locks needs dormant_years"),
        ({"dormancy": {"unclaimed_years": 1}}, "[dormancy] unclaimed_years is before dormant_years"),
        ({"dormancy": {"inactive_after": "731 d"}}, "[dormancy] dormant_years is too early"),
        ({"dormancy": {"wake_factors": 0}}, "[dormancy] wake_factors must be 1 at least (J02)"),
        ({"preflight": {"dust_total": "0.5"}}, "[preflight] dust_total is less than dust_per_coin allows for one"),
        (
            {"reregistration": {"national_number": "30 d", "national_number_while_archived": True}},
            "[reregistration] national_number and national_number_while_archived exclude each other",
        ),
        (
            {"reactivation": {"disable_offered": False, "offered_first": True}},
            "[reactivation] offered_first needs disable_offered",
        ),
        ({"retention": {"images_days": 0}}, "[retention] every class is kept for one year or day at least"),
    ],
)
def test_contradictions_of_one_cell(changes: Changes, problem: str) -> None:
    assert contradictions(policy(changes)) == [problem]


def test_contradictions_of_no_channel() -> None:
    assert contradictions(policy({}, channels=[])) == ["channels must name at least one"]


def test_contradictions_are_all_told() -> None:
    found = contradictions(policy({"waiting": {"due": "6 d"}, "verification": {"window": "4 min"}}))
    assert found == ["[verification] window must be 5 to 10 minutes (D02)", "[waiting] due is before wait ends"]


def test_warnings_of_standard_are_none() -> None:
    assert warnings(policy({})) == []


@pytest.mark.row("E03")
def test_warnings_of_pionex() -> None:
    assert warnings(policy(COLUMNS["pionex"])) == [
        "[cancelling] by: nobody may cancel, whatever happens while it waits",
        "[waiting] wait is nothing: a mistaken closure cannot be stopped in time",
        "[preflight] dust_total: any number of small coins may be left behind",
    ]


def test_warnings_of_short_retention() -> None:
    problem = "[retention] less than the five years that anti-money-laundering law asks for (H01)"
    assert warnings(policy({"retention": {"identity_years": 4}})) == [problem]
