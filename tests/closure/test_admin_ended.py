"""What staff see of a closure that is over and of its account, after everything personal was erased."""

from datetime import datetime

import pytest

from accounts.enums import Role
from accounts.models import Event
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from tests.closure.closing import approved
from tests.console import LIST, address, case_of, console
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.row("F02")
@pytest.mark.parametrize("role", Role)
def test_every_page_about_a_closed_account_opens(role: Role, now: datetime) -> None:
    request = approved("ana", now=now)
    case_of(request.account, now)
    assert finalize_due(now=now) == Summary(closed=1)
    client = console(make_staff("sam", role))
    page = read(client.get(address(request)))
    assert ("No check is kept for this request." in page.text, "This request is over." in page.text) == (True, True)
    others = [
        f"{LIST}?state=all",
        f"/staff/accounts/account/{request.account_id}/",
        "/staff/accounts/account/",
        "/staff/accounts/case/",
        *(f"/staff/accounts/event/{key}/" for key in Event.objects.values_list("pk", flat=True)),
    ]
    assert {path: client.get(path).status_code for path in others} == dict.fromkeys(others, 200)
