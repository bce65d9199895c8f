"""Announced dates at the console: what is due and what did not arrive first, with the law and what counsel confirms."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import DormancyNotice
from tests.closure.dormancy.sleepers import DAY, asleep, swept
from tests.console import console
from tests.factories import make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("H03")]
LIST = "/staff/accounts/dormancynotice/"


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
