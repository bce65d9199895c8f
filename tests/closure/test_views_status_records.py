"""Records to take along while frozen: where the pinned policy allows, by a code of another channel than the link's."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import MessageChannel
from accounts.models import Account, EmailDevice, SmsDevice, TotpDevice
from closure.enums import ClosureState, ExportKind
from closure.models import ClosureRequest, Export
from closure.policy import loader
from tests.closure.downloading import build_all
from tests.closure.exporting import give_history
from tests.closure.links import in_status
from tests.closure.scenes import make_request
from tests.factories import make_account, totp_code
from tests.outbox import last_code
from tests.pages import house_rules, read

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E07", "E02")]
S = ClosureState
LIST = "/status/records/"
PAGES = {kind: f"{LIST}{kind.value}/" for kind in ExportKind}
PAGE, FILE = PAGES[ExportKind.TRANSACTIONS], f"{PAGES[ExportKind.TRANSACTIONS]}file/"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def request_(ana: Account, now: datetime) -> ClosureRequest:
    return make_request(ana, S.COOLING_OFF, now=now)


@pytest.fixture
def tab(client: Client, request_: ClosureRequest) -> Client:
    """A browser that opened the mailed link."""
    return in_status(client, request_)


def links(response: Any) -> list[str]:
    return [link["href"] for link in read(response).every("a")]


def fields(response: Any) -> list[str]:
    return [each["name"] for each in read(response).every("input") if len(each.get("name", "")) == 36]


def give_app_code(client: Client, account: Account, page: str = PAGE) -> Any:
    return client.post(page, {str(TotpDevice.objects.get(user=account).pk): totp_code(account)})


@pytest.mark.row("B11")
def test_frozen_owner_takes_records_along(tab: Client, ana: Account, now: datetime) -> None:
    give_history(ana, now, 2)
    opened = tab.get("/status/open/")
    assert (LIST in links(opened), "Download my data" in read(opened).text) == (True, True)
    listed = tab.get(LIST)
    assert [link for link in links(listed) if link.startswith(LIST)] == list(PAGES.values())
    assert house_rules(read(listed)) == []
    assert tab.get(FILE)["Location"] == PAGE
    assert house_rules(read(tab.get(PAGE))) == []
    assert give_app_code(tab, ana)["Location"] == PAGE
    waits = tab.get(PAGE)
    assert (FILE in links(waits), PAGE in links(waits), house_rules(read(waits))) == (False, True, [])
    build_all()
    assert FILE in links(tab.get(PAGE))
    answer: Any = tab.get(FILE)
    text = b"".join(answer).decode()
    assert (answer["Content-Length"], text.splitlines()[1].rpartition(",")[2]) == (str(len(text)), "t0")
    assert tab.post(PAGE, {"ask": "1"})["Location"] == PAGE


@pytest.mark.parametrize(("channel", "device"), [(MessageChannel.EMAIL, EmailDevice), (MessageChannel.SMS, SmsDevice)])
def test_code_of_the_links_own_channel_is_refused(
    client: Client, request_: ClosureRequest, ana: Account, channel: MessageChannel, device: Any
) -> None:
    """It is not offered, not sent, and opens nothing when it is typed all the same."""
    tab, own = in_status(client, request_, channel), str(device.objects.get(user=ana).pk)
    assert own not in fields(tab.get(PAGE))
    tab.post(PAGE, {"send": own})
    tab.post(PAGE, {own: "123456"})
    assert (tab.get(FILE)["Location"], Export.objects.count()) == (PAGE, 0)
    other = SmsDevice if device is EmailDevice else EmailDevice
    fresh = str(other.objects.get(user=ana).pk)
    tab.post(PAGE, {"send": fresh})
    code = last_code(ana, channel="sms" if other is SmsDevice else "email")
    assert tab.post(PAGE, {fresh: code})["Location"] == PAGE
    build_all()
    assert tab.get(FILE).status_code == 200


def test_each_kind_needs_a_code_of_its_own(tab: Client, ana: Account) -> None:
    give_app_code(tab, ana)
    build_all()
    archive = PAGES[ExportKind.ARCHIVE]
    assert tab.get(f"{archive}file/")["Location"] == archive
    tab.post(archive, {"ask": "1"})
    assert list(Export.objects.values_list("kind", flat=True)) == ["transactions"]


def test_code_opens_the_session_that_gave_it_alone(tab: Client, ana: Account, request_: ClosureRequest) -> None:
    give_app_code(tab, ana)
    build_all()
    other = in_status(Client(), request_)
    assert (tab.get(FILE).status_code, other.get(FILE)["Location"]) == (200, PAGE)


@pytest.mark.row("D07")
def test_what_is_open_shuts_after_ten_minutes(tab: Client, ana: Account, advance: Callable[..., datetime]) -> None:
    give_app_code(tab, ana)
    build_all()
    advance(minutes=11)
    assert tab.get(FILE)["Location"] == PAGE
    assert fields(tab.get(PAGE)) != []


@pytest.mark.row("B11")
def test_wait_that_is_over_shuts_every_page(tab: Client, ana: Account, request_: ClosureRequest, now: datetime) -> None:
    give_app_code(tab, ana)
    build_all()
    ClosureRequest.objects.update(finalizes_after=now)
    answers = [tab.get(LIST), tab.get(PAGE), tab.post(PAGE, {"ask": "1"})]
    assert [answer["Location"] for answer in answers] == ["/status/open/"] * 3
    assert tab.get(FILE)["Location"] == PAGE
    assert "Download my data" not in read(tab.get("/status/open/")).text


@pytest.mark.row("B11")
@pytest.mark.parametrize("state", [S.FINALIZING, S.CLOSED, S.CANCELLED, S.REJECTED])
def test_request_that_is_over_offers_nothing(client: Client, ana: Account, now: datetime, state: ClosureState) -> None:
    tab = in_status(client, make_request(ana, S.COOLING_OFF, now=now))
    give_app_code(tab, ana)
    build_all()
    ended = None if state is S.FINALIZING else now
    ClosureRequest.objects.update(state=state, ended_at=ended)
    assert tab.get(LIST)["Location"] == "/status/open/"
    assert tab.get(FILE)["Location"] == PAGE


@pytest.mark.row("B11")
def test_policy_without_exports_offers_none(client: Client, ana: Account, now: datetime) -> None:
    pinned = loader.load("binance")
    tab = in_status(client, make_request(ana, S.COOLING_OFF, now=now, pinned=pinned))
    assert "Download my data" not in read(tab.get("/status/open/")).text
    for page in (LIST, PAGE):
        assert tab.get(page)["Location"] == "/status/open/"
    assert give_app_code(tab, ana)["Location"] == "/status/open/"
    assert (tab.get(FILE)["Location"], Export.objects.count()) == (PAGE, 0)


def test_visitor_without_a_link_asks_for_one(client: Client, ana: Account) -> None:
    for page in (LIST, PAGE, FILE):
        assert client.get(page)["Location"] == "/status/"


def test_looking_begins_and_opens_nothing(tab: Client, ana: Account) -> None:
    for _time in range(3):
        tab.get(LIST), tab.get(PAGE), tab.get(FILE)
    assert Export.objects.count() == 0
