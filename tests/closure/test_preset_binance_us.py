"""The preset `binance-us` as behavior: mail and authenticator, one agent, one account for each national number."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import journal
from accounts.enums import Action, IdentifierKind, IdentityStatus, Role
from accounts.identifiers import attach
from accounts.identity_check import conflicts
from accounts.models import Account
from accounts.verification import step_up as step_ups
from closure import journey, offers
from closure.enums import ClosureState, RequestChannel, Step
from closure.exchange.ledger.models import LedgerApiKey, LedgerHolding
from closure.models import ClosureRequest
from closure.operations import review
from closure.operations.captcha import is_asked_of
from closure.operations.sweep import run_sweeps
from closure.operations.verify import begin_verification
from closure.policy import loader
from closure.verification import asks_password
from tests.closure.by_operations import exported, give_codes, submit_now
from tests.closure.presets import before_codes, blockers, cancel_by_support, channels, decided
from tests.closure.scenes import SYSTEM, make_request, staff
from tests.factories import make_account
from tests.pages import read

pytestmark = pytest.mark.django_db(transaction=True)

S = ClosureState
POLICY = loader.load("binance-us")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
NUMBER = "123-45-6789"


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "binance-us"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


# Before closing


@pytest.mark.row("C02")
def test_every_channel_takes_requests() -> None:
    assert channels(POLICY) == set(RequestChannel)


@pytest.mark.row("A02", "A11", "A14")
def test_every_unit_blocks_and_neither_keys_nor_an_identity_do(ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(identity_status=IdentityStatus.NONE)
    ana.refresh_from_db()
    LedgerApiKey.objects.create(account_id=ana.pk, key_id="k-1", label="bot", scopes=["read"])
    assert blockers(ana, now) == []
    LedgerHolding.objects.create(account_id=ana.pk, area="spot", asset="ABC", amount="0.0003", value_usdt="0.0001")
    assert blockers(ana, now) == ["spot_balance"]


@pytest.mark.row("A13", "D01")
@pytest.mark.parametrize(
    ("have", "found"),
    [({}, []), ({"phone": None}, []), ({"totp": False}, ["factor_missing_totp"])],
    ids=["all", "no phone", "no authenticator"],
)
def test_text_message_is_no_factor_here(now: datetime, have: dict[str, Any], found: list[str]) -> None:
    assert blockers(make_account("ben", **have), now) == found


@pytest.mark.row("D01", "D02")
def test_mail_and_authenticator_are_needed_and_the_password_at_the_end(ana: Account, now: datetime) -> None:
    begun = begin_verification(before_codes(ana, POLICY, now).pk, now=now)
    assert (begun.needed, sorted(begun.kinds)) == (2, ["email", "totp"])
    assert (begun.expires_at - now, begun.extensions_left) == (10 * MINUTE, 10)
    assert step_ups.is_complete(give_codes(begun, ana, now), now)
    assert asks_password(POLICY)


@pytest.mark.row("D03")
def test_neither_document_number_nor_captcha_is_asked(ana: Account, now: datetime) -> None:
    request = before_codes(ana, POLICY, now)
    assert Step.DOCUMENT not in journey.steps_of(request, POLICY)
    assert not is_asked_of(request)


# Review by one agent


@pytest.mark.row("D08", "E01", "F01", "L06")
@pytest.mark.parametrize(
    ("changed", "withdrawn", "days", "flags"),
    [
        (False, "0", 7, ()),
        (False, "25000", 7, ("large_withdrawals",)),
        (True, "0", 14, ("brake",)),
    ],
)
def test_one_agent_looks_whatever_the_flags_while_it_waits_a_week(
    ana: Account, now: datetime, days: int, withdrawn: str, flags: tuple[str, ...], *, changed: bool
) -> None:
    if changed:
        with transaction.atomic():
            locked = Account.objects.select_for_update().get(pk=ana.pk)
            journal.record(Action.FACTOR_ADDED, actor=SYSTEM, at=now - DAY, account=locked, data={})
    found = decided(ana, POLICY, now, withdrawn=withdrawn)
    assert (found.flags, found.review_due, found.four_eyes_due, found.face_due) == (flags, True, False, False)
    assert (found.finalizes_after - now, found.finalizes_before - now) == (days * DAY, (days + 1) * DAY)
    assert found.release_at - now == 30 * DAY


def submitted(account: Account, now: datetime) -> ClosureRequest:
    request = exported(account, now)
    step_up = give_codes(begin_verification(request.pk, now=now), account, now)
    return submit_now(request, step_up, now)


@pytest.mark.row("A11", "E01", "F01", "G03", "G05")
def test_account_closes_by_operations_and_only_its_national_number_stays_blocked(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    attach(ana, IdentifierKind.NATIONAL_NUMBER, NUMBER, now=now)
    key = LedgerApiKey.objects.create(account_id=ana.pk, key_id="k-1", label="bot", scopes=["read"])
    request = submitted(ana, now)
    key.refresh_from_db()
    assert (request.state, key.revoked) == (S.IN_REVIEW, True)
    agent, seen = staff(Role.AGENT), request.version
    request = review.approve(request.pk, actor=agent, reason="Looked at it.", seen_version=seen, now=now)
    assert request.state == S.COOLING_OFF
    run_sweeps(advance(days=6, hours=23))
    request.refresh_from_db()
    assert request.state == S.COOLING_OFF
    closed = advance(hours=2)
    run_sweeps(closed)
    request.refresh_from_db()
    assert request.state == S.CLOSED
    typed = [(IdentifierKind.EMAIL, "ana@example.test"), (IdentifierKind.NATIONAL_NUMBER, NUMBER)]
    found = conflicts(typed, account_id=None, now=closed)
    assert [(each.kind, each.why) for each in found] == [(IdentifierKind.NATIONAL_NUMBER, "blocked")]


# Waiting


@pytest.mark.row("E03", "L01")
def test_customer_and_support_cancel(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now, pinned=POLICY)
    assert offers.cancel(request)
    assert cancel_by_support(request, now).state == S.CANCELLED


@pytest.mark.row("B11", "E02")
def test_exports_stay_until_the_wait_ends_and_balances_do_not(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now, pinned=POLICY)
    assert (offers.readable(request), offers.export_until(request, now=now)) == (frozenset(), request.finalizes_after)


@pytest.mark.row("C02", "C04", "C07", "E02")
def test_start_page_says_what_this_policy_does(client: Client) -> None:
    page = read(client.get("/close/"))
    assert "7 days. You can cancel in this time." in page.text
    assert "2 codes, by: mail, authenticator app." in page.text
    assert "Your national number stays blocked for as long as we keep your identity records." in page.text
    assert "You can follow the request and save your records on the status page." in page.text
    assert "Your password." in page.text
    assert page.text.index("Disable the account") < page.text.index("Change your e-mail address or phone")
