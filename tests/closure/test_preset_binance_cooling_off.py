"""The preset `binance-cooling-off` as behavior: a verified identity, an empty account, a week that can be read."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts import journal
from accounts.enums import Action, IdentityStatus
from accounts.models import Account
from accounts.verification import step_up as step_ups
from closure import journey, offers
from closure.enums import ClosureState, Step
from closure.exchange.ledger.models import LedgerApiKey, LedgerHolding
from closure.operations.verify import begin_verification
from closure.policy import loader
from closure.policy.schema import StatusShows
from closure.verification import asks_password
from tests.closure.by_operations import give_codes
from tests.closure.presets import before_codes, blockers, cancel_by_support, decided, web_alone
from tests.closure.scenes import SYSTEM, make_request
from tests.factories import make_account
from tests.pages import read

pytestmark = pytest.mark.django_db(transaction=True)

S = ClosureState
POLICY = loader.load("binance-cooling-off")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _policy(settings: Any) -> None:
    settings.PORTAL_POLICY = "binance-cooling-off"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.mark.row("C02")
def test_web_alone_takes_requests() -> None:
    assert web_alone(POLICY)


@pytest.mark.row("A14", "A15")
@pytest.mark.parametrize(
    ("status", "found"),
    [
        (IdentityStatus.VERIFIED, []),
        (IdentityStatus.REFRESH_DUE, []),
        (IdentityStatus.PENDING, ["identity_pending"]),
        (IdentityStatus.REFUSED, ["identity_not_verified"]),
        (IdentityStatus.NONE, ["identity_not_verified"]),
    ],
)
def test_identity_must_be_verified(ana: Account, now: datetime, status: IdentityStatus, found: list[str]) -> None:
    Account.objects.filter(pk=ana.pk).update(identity_status=status)
    ana.refresh_from_db()
    assert blockers(ana, now) == found


@pytest.mark.row("A02", "A11")
def test_every_unit_blocks_and_keys_are_a_warning(ana: Account, now: datetime) -> None:
    LedgerApiKey.objects.create(account_id=ana.pk, key_id="k-1", label="bot", scopes=["read"])
    assert blockers(ana, now) == []
    LedgerHolding.objects.create(account_id=ana.pk, area="spot", asset="ABC", amount="0.0003", value_usdt="0.0001")
    assert blockers(ana, now) == ["spot_balance"]


@pytest.mark.row("D01", "D02")
def test_one_code_by_text_or_app_is_enough_beside_the_password(ana: Account, now: datetime) -> None:
    begun = begin_verification(before_codes(ana, POLICY, now).pk, now=now)
    assert (begun.needed, sorted(begun.kinds)) == (1, ["sms", "totp"])
    assert (begun.expires_at - now, begun.extensions_left) == (10 * MINUTE, 10)
    assert step_ups.is_complete(give_codes(begun, ana, now), now)
    assert asks_password(POLICY)


@pytest.mark.row("D03")
def test_document_number_is_no_step(ana: Account, now: datetime) -> None:
    assert Step.DOCUMENT not in journey.steps_of(before_codes(ana, POLICY, now), POLICY)


@pytest.mark.row("E01", "F01", "D08")
@pytest.mark.parametrize(("changed", "days", "flags"), [(False, 7, ()), (True, 14, ("brake",))])
def test_it_waits_a_week_and_nobody_looks(
    ana: Account, now: datetime, days: int, flags: tuple[str, ...], *, changed: bool
) -> None:
    if changed:
        with transaction.atomic():
            locked = Account.objects.select_for_update().get(pk=ana.pk)
            journal.record(Action.FACTOR_ADDED, actor=SYSTEM, at=now - DAY, account=locked, data={})
    found = decided(ana, POLICY, now)
    assert (found.flags, found.review_due, found.four_eyes_due) == (flags, False, False)
    assert (found.finalizes_after - now, found.finalizes_before - now) == (days * DAY, (days + 1) * DAY)
    assert found.release_at - now == 30 * DAY


@pytest.mark.row("E03", "L01")
def test_customer_and_support_cancel(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now, pinned=POLICY)
    assert offers.cancel(request)
    assert cancel_by_support(request, now).state == S.CANCELLED


@pytest.mark.row("B11", "E02")
def test_balances_history_and_exports_stay_readable_while_it_waits(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now, pinned=POLICY)
    assert offers.readable(request) == {StatusShows.BALANCES, StatusShows.HISTORY}
    assert offers.export_until(request, now=now) == request.finalizes_after


@pytest.mark.row("C02", "C07", "E02")
def test_start_page_says_what_this_policy_does(client: Client) -> None:
    page = read(client.get("/close/"))
    assert "You can still see balances and history on the status page." in page.text
    assert "7 days. You can cancel in this time." in page.text
    assert "1 code, by: text message, authenticator app." in page.text
    assert ("Disable the account" in page.text, "Your password." in page.text) == (False, True)
