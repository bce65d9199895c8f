"""Policies in words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Account
from closure.enums import RequestChannel
from closure.policy import loader
from closure.policy.schema import CancelBy, CancellingPolicy, Policy
from closure.views import words
from tests.factories import make_account


@pytest.fixture
def policy() -> Policy:
    return loader.load("standard")


@pytest.mark.row("C11")
def test_start_page_says_how_long(policy: Policy) -> None:
    assert words.wait(policy) == "7 days. You can cancel in this time. The mail tells you how."
    assert words.due(policy) == "At the latest 8 days after you ask"


def test_cancelling_is_said_as_the_policy_has_it(policy: Policy) -> None:
    by_support = replace(policy, cancelling=CancellingPolicy(by=frozenset({CancelBy.SUPPORT})))
    by_nobody = replace(policy, cancelling=CancellingPolicy(by=frozenset()))
    said = "Only support can cancel it in this time. Open a case with us and give your reference."
    assert words.cancelling(by_support) == said
    assert words.cancelling(by_nobody) == "It cannot be cancelled."


def test_no_waiting_time_is_said(policy: Policy) -> None:
    at_once = replace(policy, waiting=replace(policy.waiting, wait=timedelta()))
    assert words.wait(at_once) == "No waiting time: we begin at once."


@pytest.mark.row("D02")
def test_time_limit_is_said_before_it_starts(policy: Policy) -> None:
    fixed = replace(policy, verification=replace(policy.verification, extensions=0))
    limit = "You have 10 minutes for all codes together. The time starts with the first code."
    assert words.limit(policy) == f"{limit} You can ask for more time."
    assert words.limit(fixed) == limit


@pytest.mark.row("C04")
def test_blocks_name_each_identifier_with_its_time(policy: Policy) -> None:
    assert words.blocks(policy) == [
        "Your e-mail address stays blocked for 30 days after closing.",
        "Your phone number stays blocked for 90 days after closing.",
        "Your document stays blocked for 90 days after closing.",
    ]


@pytest.mark.row("C04", "G04", "G05")
@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ("pionex", "Your national number stays blocked for 30 days after closing."),
        ("binance-us", "Your national number stays blocked for as long as we keep your identity records."),
    ],
)
def test_blocks_name_the_national_number_where_it_stays_blocked(preset: str, said: str) -> None:
    assert words.blocks(loader.load(preset))[-1] == said


def test_what_stays_has_its_years(policy: Policy) -> None:
    assert words.stays(policy)[1] == "Identity records: 5 years. Transaction records: 7 years."


def test_privileges_are_named_to_those_who_have_them() -> None:
    assert words.goes(3)[0] == "VIP level 3, fee discounts and staking privileges end at closing, with no grace."
    assert words.goes(3)[1:] == words.goes(0)


def test_needs_follow_the_policy(policy: Policy) -> None:
    without = replace(
        policy,
        verification=replace(policy.verification, password=False, final_reauthentication=None, needed=1),  # type: ignore[arg-type]
    )
    assert "Your password." in words.needs(policy)
    assert "Your password." not in words.needs(without)
    assert words.needs(without)[0] == "1 code, by: mail, text message, authenticator app."


@pytest.mark.row("C02")
def test_web_is_open_where_the_policy_says_so(policy: Policy) -> None:
    assert words.web_open(policy)
    assert not words.web_open(replace(policy, channels=frozenset({RequestChannel.APP})))


ASKED = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.row("C11")
@pytest.mark.parametrize(
    ("after", "before", "said"),
    [
        (timedelta(hours=24), timedelta(hours=72), "Your account closes within 24-72 hours."),
        (timedelta(days=7), timedelta(days=8), "Your account closes in 7 days."),
        (timedelta(), timedelta(hours=1), "Closing now."),
        (timedelta(hours=96), timedelta(hours=144), "Your account closes in 4 days."),
    ],
)
def test_last_page_says_when_it_closes(after: timedelta, before: timedelta, said: str) -> None:
    assert words.closes(ASKED, ASKED + after, ASKED + before) == said


@pytest.mark.row("E02")
@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ("binance", "You can follow the request on the status page."),
        ("standard", "You can follow the request and save your records on the status page."),
    ],
)
def test_freeze_says_what_stays_to_be_seen(preset: str, said: str) -> None:
    assert words.frozen(loader.load(preset)) == f"No sign-in, no trading, no withdrawals. {said}"


@pytest.mark.row("B11")
@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ("binance", "You can get them until you ask us to close the account, not later."),
        ("standard", "You can also get them on the status page, until the waiting time ends."),
    ],
)
def test_export_page_says_until_when(preset: str, said: str) -> None:
    assert words.export_until(loader.load(preset)) == said


MAIL, TEXT, APP = (
    "Give the code from the mail.",
    "Give the code from the text message.",
    "Give the code from the authenticator app.",
)


@pytest.mark.row("A13", "D01")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("preset", "have", "said"),
    [
        ("binance", {}, [MAIL, APP, TEXT]),
        ("binance", {"totp": False}, [MAIL, TEXT]),
        ("binance", {"phone": None}, [MAIL, APP]),
        (
            "standard",
            {},
            ["Give 2 of these codes.", "One must come from a text message or the authenticator app."],
        ),
    ],
)
def test_code_page_says_a_sentence_for_each_group(preset: str, have: dict[str, Any], said: list[str]) -> None:
    ana: Account = make_account("ana", **have)
    assert words.codes(loader.load(preset), ana) == said


@pytest.mark.row("D01")
def test_start_page_names_every_code_that_is_asked(policy: Policy) -> None:
    assert words.needs(policy)[0] == "2 codes, by: mail, text message, authenticator app."
    said = "A code by each of these that you have: mail, text message, authenticator app. At least 2."
    assert words.needs(loader.load("binance"))[0] == said


@pytest.mark.row("A13")
@pytest.mark.parametrize(
    ("preset", "said"), [("standard", "text message or authenticator app"), ("binance-us", "authenticator app")]
)
def test_start_page_names_the_second_factors_that_count(preset: str, said: str) -> None:
    assert words.needs(loader.load(preset))[1] == f"A second factor that is on: {said}."
