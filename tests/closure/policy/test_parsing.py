"""Text of a policy file becomes typed sections, and every mistake is named by its section and field."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.enums import FactorKind
from closure.enums import RequestChannel
from closure.policy.parsing import duration_text, parse, to_mapping
from closure.policy.rules import contradictions
from closure.policy.schema import ApiKeys, CancelBy, DustAbove, Policy, Review, StatusShows
from tests.closure.policy.mappings import COLUMNS, Changes, changed, standard


def parsed(mapping: dict[str, Any]) -> Policy:
    policy, problems = parse(mapping)
    assert (problems, policy is not None) == ([], True)
    assert policy is not None
    return policy


@pytest.mark.parametrize(
    ("section", "field", "value", "problem"),
    [
        ("waiting", "wait", 7, 'must be a duration as text, such as "7 d", "72 h" or "10 min"'),
        ("waiting", "wait", "7 weeks", 'must be a duration as text, such as "7 d", "72 h" or "10 min"'),
        ("waiting", "wait", "-7 d", 'must be a duration as text, such as "7 d", "72 h" or "10 min"'),
        ("preflight", "dust_per_coin", 1.5, 'must be an amount as text, such as "1" or "0.5"'),
        ("preflight", "dust_per_coin", 1, 'must be an amount as text, such as "1" or "0.5"'),
        ("preflight", "dust_per_coin", "NaN", 'must be an amount as text, such as "1" or "0.5"'),
        ("preflight", "dust_per_coin", "-1", 'must be an amount as text, such as "1" or "0.5"'),
        ("preflight", "identity_verified_required", "yes", "must be true or false"),
        ("preflight", "api_keys", "keep", "must be one of deleted_first, revoke"),
        ("verification", "needed", True, "must be a whole number from 0 to 1000"),
        ("verification", "needed", "2", "must be a whole number from 0 to 1000"),
        ("verification", "accepted", "email", "must be a list"),
        ("verification", "accepted", ["email", "email"], "names something twice"),
        ("verification", "required", [["fax"]], f"must be one of {', '.join(FactorKind.values)}"),
        ("retention", "identity_years", None, "must be a whole number from 0 to 1000"),
    ],
)
def test_parse_value_that_does_not_fit(section: str, field: str, value: Any, problem: str) -> None:
    assert parse(changed({section: {field: value}})) == (None, [f"[{section}] {field} {problem}"])


def test_parse_names_every_missing_and_unknown_field() -> None:
    mapping = standard()
    del mapping["waiting"]["wait"], mapping["review"]
    mapping["cancelling"]["when"] = "always"
    mapping["colour"] = "red"
    assert parse(mapping) == (
        None,
        [
            "colour is not a field",
            "[waiting] wait is missing",
            "[cancelling] when is not a field",
            "review is missing",
        ],
    )


def test_parse_section_that_is_no_table() -> None:
    assert parse(standard() | {"waiting": "7 d"}) == (None, ["[waiting] must be a section"])


@pytest.mark.parametrize("name", ["", "Standard", "../standard", "a" * 65, 7])
def test_parse_name_that_is_none(name: object) -> None:
    problem = "name must be lower-case letters, digits and hyphens, 64 at most"
    assert parse(standard() | {"name": name}) == (None, [problem])


def test_mapping_comes_back_the_same() -> None:
    policy = parsed(standard())
    assert parsed(to_mapping(policy)) == policy


def test_mapping_is_the_same_for_what_means_the_same() -> None:
    written = changed(
        {
            "waiting": {"wait": "168 h", "status_shows": ["timeline", "export"]},
            "preflight": {"dust_per_coin": "1.000", "dust_total": "5.0"},
            "verification": {"required": [["totp", "sms"], ["email"]]},
        },
        channels=["web", "api", "app"],
    )
    other = changed(
        {
            "waiting": {"wait": "7 d", "status_shows": ["export", "timeline"]},
            "preflight": {"dust_per_coin": "1", "dust_total": "5"},
            "verification": {"required": [["email"], ["sms", "totp"]]},
        }
    )
    assert to_mapping(parsed(written)) == to_mapping(parsed(other))


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(days=7), "7 d"),
        (timedelta(hours=24), "1 d"),
        (timedelta(hours=25), "25 h"),
        (timedelta(minutes=90), "90 min"),
        (timedelta(seconds=61), "61 s"),
        (timedelta(), "0 d"),
    ],
)
def test_duration_text(duration: timedelta, text: str) -> None:
    assert duration_text(duration) == text


@pytest.mark.row("A02", "A11", "A14", "C02", "E03")
@pytest.mark.parametrize("changes", COLUMNS.values(), ids=COLUMNS)
def test_columns_published_are_all_policies(changes: Changes) -> None:
    assert contradictions(parsed(changed(changes))) == []


def test_standard_is_the_published_column() -> None:
    policy = parsed(standard())
    preflight, verification, waiting, review = policy.preflight, policy.verification, policy.waiting, policy.review
    assert policy.channels == frozenset(RequestChannel)
    assert (preflight.dust_per_coin, preflight.dust_total) == (Decimal(1), Decimal(5))
    assert (preflight.dust_within, preflight.api_keys) == (DustAbove.RESOLVE_EACH, ApiKeys.REVOKE)
    assert (verification.password, verification.needed, verification.required) == (True, 2, ())
    assert (verification.window, verification.extensions) == (timedelta(minutes=10), 10)
    assert (waiting.wait, waiting.due, waiting.brake_adds) == (
        *[timedelta(days=7), timedelta(days=8)],
        timedelta(days=7),
    )
    assert (waiting.max_frozen, waiting.brake_looks_back) == (timedelta(days=30), timedelta(hours=72))
    assert waiting.status_shows == {StatusShows.TIMELINE, StatusShows.EXPORT}
    assert policy.cancelling.by == frozenset(CancelBy)
    assert (review.mode, review.four_eyes_above, review.four_eyes_under_brake) == (
        Review.AUTOMATIC,
        Decimal(10000),
        True,
    )
