"""Announced dates at the console: what is due and what did not arrive first, with the law and what counsel confirms."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import DormancyNotice
from closure.exchange.ledger.models import LedgerHolding
from tests.closure.clearing import hold
from tests.closure.dormancy.sleepers import DAY, asleep, swept
from tests.closure.exchange.contract import spot
from tests.console import console
from tests.factories import make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("H03")]
LIST = "/staff/accounts/dormancynotice/"
QUERIES = ("work=unclaimed", "handled=yes", "handled=no", "matter=unclaimed")


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


def test_unclaimed_property_is_work_on_its_date_and_only_looked_at(sam: Client, now: datetime) -> None:
    ana = asleep("ana", 3000, now=now, status="dormant", country="US", region="CA")
    swept(now=now)
    notice = DormancyNotice.objects.get(account=ana)
    work = f"{LIST}?work=unclaimed"
    assert str(notice.pk) not in sam.get(work).content.decode()
    DormancyNotice.objects.update(on=now.date())
    assert f"{LIST}{notice.pk}/" in sam.get(work).content.decode()
    page = read(sam.get(f"{LIST}{notice.pk}/"))
    assert "Counsel confirms" in page.text
    assert "California Code of Civil Procedure" in page.text
    assert [form.get("action") for form in page.every("form") if LIST in (form.get("action") or "")] == []


@pytest.mark.row("I01")
def test_compliance_handles_what_is_due_and_sees_what_is_held(now: datetime) -> None:
    olga = console(make_staff("olga", Role.COMPLIANCE))
    ana = asleep("ana", 3000, now=now, status="dormant", country="US", region="CA")
    hold(ana, holdings=[spot("BTC", "0.5", "31250")])
    swept(now=now)
    DormancyNotice.objects.update(on=now.date())
    place = f"{LIST}{DormancyNotice.objects.get(account=ana).pk}/"
    assert "Spot wallet: 0.5 BTC (31250 USDT)" in read(olga.get(place)).text
    assert olga.post(f"{place}handle/", {"reason": ""}).status_code == 422
    assert olga.post(f"{place}handle/", {"reason": "Reported."})["Location"] == place
    page = read(olga.get(place))
    assert "Handled by" in page.text
    assert [form.get("action") for form in page.every("form") if place in (form.get("action") or "")] == []
    lists = {query: place in olga.get(f"{LIST}?{query}").content.decode() for query in QUERIES}
    assert list(lists.values()) == [False, True, False, True]
    assert LedgerHolding.objects.get().amount == "0.5"


def test_what_the_core_does_not_answer_is_not_known(sam: Client, now: datetime) -> None:
    ana = asleep("ana", 3000, now=now, status="dormant", country="US", region="CA")
    LedgerHolding.objects.create(account_id=ana.pk, area="spot", asset="BTC", amount="a lot")
    swept(now=now)
    page = read(sam.get(f"{LIST}{DormancyNotice.objects.get(account=ana).pk}/"))
    assert "Spot wallet: not known, the core did not answer" in page.text


def test_what_did_not_arrive_is_work(sam: Client, now: datetime) -> None:
    for name, phone in (("ana", None), ("ben", "+14155550199")):
        asleep(name, 3000, now=now, email=None, phone=phone or "+14155550198")
    swept(now=now)
    lost = DormancyNotice.objects.order_by("id").first()
    assert lost is not None
    DormancyNotice.objects.filter(pk=lost.pk).update(channel="")
    page = sam.get(f"{LIST}?work=unreached").content.decode()
    assert (page.count("/staff/accounts/dormancynotice/0"), "nobody could be told" in page) == (1, True)
    found = sam.get(LIST, {"q": str(lost.account_id)}).content.decode()
    assert found.count("/staff/accounts/dormancynotice/0") == 1


def test_list_asks_the_database_as_often_whatever_there_is(
    sam: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    for count, name in enumerate(("ana", "ben", "cal")):
        asleep(name, 3000 + count, now=now, status="dormant", country="US", region="CA")
        swept(now=now + count * 8 * DAY)
        if count != 1:
            with django_assert_num_queries(5):
                assert sam.get(LIST).status_code == 200
