"""Money arrives for somebody of the demo, and what it settles ends; what is none is refused with what to send."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.test import RequestFactory

from accounts import restrictions
from closure.operations.sweep import run_sweeps
from portal.demo import deposits
from tests.factories import make_account, make_staff
from tests.settling import indebted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("K01")]


def given(**more: Any) -> Any:
    body = {"account": "ana@example.test", "asset": "usdt", "amount": "12.50", **more}
    return RequestFactory().post("/demo/deposit/", json.dumps(body), content_type="application/json")


def test_deposit_settles_what_is_owed(now: datetime) -> None:
    ana = indebted("ana", now, USDT="12.50")
    deposits.arrive(deposits.read(given()))
    assert run_sweeps(now)["settled"] == 1
    assert restrictions.active(ana.pk) == []
    form = {"account": "ana@example.test", "asset": "USDT", "amount": "1"}
    assert deposits.read(RequestFactory().post("/demo/deposit/", form)).account == ana


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": "nobody@example.test"},
        {"account": "sam@staff.example.test"},
        {"account": 7},
        {"asset": ""},
        {"asset": "U S"},
        {"asset": "X" * 33},
        {"amount": "-1"},
        {"amount": "much"},
        {"amount": None},
    ],
)
def test_what_is_no_deposit_is_refused(wrong: dict[str, Any]) -> None:
    make_account("ana")
    make_staff("sam")
    with pytest.raises(ValueError, match=r"\S"):
        deposits.arrive(deposits.read(given(**wrong)))


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        deposits.read(RequestFactory().post("/demo/deposit/", body, content_type="application/json"))
