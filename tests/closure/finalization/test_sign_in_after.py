"""Signing in to a closed account looks like one that never existed (M01)."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts import identifiers
from accounts.models import Session
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from tests.closure.closing import approved
from tests.factories import PASSWORD
from tests.pages import without_csrf

pytestmark = pytest.mark.django_db(transaction=True)


def answer(identifier: str) -> tuple[Any, ...]:
    """Return all that a browser gets, but for the token and what was typed."""
    response: Any = Client().post("/sign-in/", {"identifier": identifier, "password": PASSWORD})
    headers = tuple(sorted(response.headers.items()))
    return response.status_code, without_csrf(response).replace(identifier, ""), headers, sorted(response.cookies)


@pytest.mark.row("M01", "E05")
def test_sign_in_to_a_closed_account_is_answered_like_an_unknown_one(now: datetime) -> None:
    request = approved("ana", now=now)
    phone = str(request.account.phone)
    assert finalize_due(now=now) == Summary(closed=1)
    unknown = answer("eve@example.test")
    assert [answer("ana@example.test"), answer(phone)] == [unknown, answer("+14155559999")]
    assert unknown[0] == 422
    assert identifiers.find_account("ana@example.test") is None
    assert Session.objects.filter(account_id=request.account_id).count() == 0
