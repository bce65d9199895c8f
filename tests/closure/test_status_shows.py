"""What the status session shows under every preset: its row of the table, and nothing else (E02, E03, E07, B11)."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.enums import MessageChannel
from accounts.models import Account
from closure.enums import ClosureState, HeldReason
from closure.models import ClosureRequest
from closure.operations.hold import hold
from closure.policy import loader
from tests.closure.links import in_status, stop_token
from tests.closure.presets import shown, waiting
from tests.closure.scenes import SYSTEM
from tests.factories import make_account
from tests.pages import read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B11", "E02", "E03", "E07")]
S = ClosureState
ALWAYS = {"timeline", "dispute"}
# The row "status session shows" of docs/lifecycle.md, and "cancel.by" where it names the customer.
ROWS = {
    "binance": set[str](),
    "binance-cooling-off": {"balances", "history", "export", "cancel"},
    "binance-us": {"export", "cancel"},
    "pionex": set[str](),
    "standard": {"export", "cancel"},
}


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def test_every_preset_has_its_row() -> None:
    assert sorted(ROWS) == loader.presets()
    for name, row in ROWS.items():
        told = {each.value for each in loader.load(name).waiting.status_shows} - ALWAYS
        assert told == row - {"cancel"}, name


@pytest.mark.parametrize("preset", ROWS)
@pytest.mark.parametrize("channel", list(MessageChannel))
def test_status_session_shows_its_row_and_nothing_else(
    client: Client, ana: Account, now: datetime, preset: str, channel: MessageChannel
) -> None:
    tab = in_status(client, waiting(ana, preset, now), channel)
    assert shown(tab) == ALWAYS | ROWS[preset]
    hidden = {"/status/records/": "export", "/status/balances/": "balances", "/status/history/": "history"}
    for page, name in hidden.items():
        answer = tab.get(page)
        assert (answer.status_code == 200) is (name in ROWS[preset]), page


@pytest.mark.parametrize("preset", ROWS)
def test_nothing_but_the_timeline_is_left_when_it_is_over(
    client: Client, ana: Account, now: datetime, preset: str
) -> None:
    request = waiting(ana, preset, now)
    tab = in_status(client, request)
    for state in (S.CANCELLED, S.REJECTED):
        ClosureRequest.objects.filter(pk=request.pk).update(state=state, ended_at=now, end_reason="rejected")
        assert shown(tab) == {"timeline"}


@pytest.mark.row("A19")
@pytest.mark.parametrize("preset", ROWS)
def test_held_for_a_deposit_it_can_be_cancelled_whatever_the_preset(
    client: Client, ana: Account, now: datetime, preset: str
) -> None:
    request = waiting(ana, preset, now)
    hold(request.pk, {HeldReason.DEPOSIT}, actor=SYSTEM, reason="found_by_check", now=now)
    assert "cancel" in shown(in_status(client, request))


@pytest.mark.parametrize("preset", ROWS)
def test_dispute_link_of_the_confirmation_works_until_sealing(
    client: Client, ana: Account, now: datetime, advance: Callable[..., datetime], preset: str
) -> None:
    request = waiting(ana, preset, now)
    token = stop_token(request)
    wait = loader.load(preset).waiting.wait or loader.load(preset).waiting.brake_adds
    advance(seconds=wait.total_seconds() - 1)
    ClosureRequest.objects.filter(pk=request.pk).update(state=S.FINALIZING)
    for _time in range(3):
        assert read(client.get(f"/stop/{token}/")).text.count(request.reference) == 1
    ClosureRequest.objects.filter(pk=request.pk).update(sealed_at=now)
    assert client.post(f"/stop/{token}/").status_code == 410
    ClosureRequest.objects.filter(pk=request.pk).update(sealed_at=None)
    assert client.post(f"/stop/{token}/")["Location"] == "/stop/done/"
    request.refresh_from_db()
    assert (request.state, request.end_reason) == (S.CANCELLED, "disputed")
