"""A disputed account on the console: one person of compliance proposes its release, another one releases it."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Account
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.operations.hold import dispute
from tests.console import address, console, in_review
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db
BUTTONS = ("Propose release", "Release the account")


@pytest.fixture
def disputed(now: datetime) -> ClosureRequest:
    request = in_review(now=now)
    return dispute(request.pk, actor=Actor.link(request.account_id), reason="", now=now)


@pytest.fixture
def olga() -> Client:
    return console(make_staff("olga", Role.COMPLIANCE))


def release(client: Client, request: ClosureRequest, reason: str = "We phoned her.") -> Any:
    return client.post(address(request, "release/"), {"reason": reason})


def buttons(client: Client, request: ClosureRequest) -> list[str]:
    """Return which of the two the page offers."""
    html = client.get(address(request)).content.decode()
    return [button for button in BUTTONS if f">{button}</button>" in html]


def status(request: ClosureRequest) -> str:
    return Account.objects.get(pk=request.account_id).status


@pytest.mark.row("E07", "L06")
def test_two_people_of_compliance_release_by_the_page(disputed: ClosureRequest, olga: Client) -> None:
    assert buttons(olga, disputed) == ["Propose release"]
    assert release(olga, disputed)["Location"] == address(disputed)
    assert (status(disputed), buttons(olga, disputed)) == ("disabled", [])
    omar = console(make_staff("omar", Role.COMPLIANCE))
    assert buttons(omar, disputed) == ["Release the account"]
    assert release(omar, disputed)["Location"] == address(disputed)
    assert (status(disputed), buttons(omar, disputed)) == ("active", [])
    words = read(omar.get(address(disputed))).text
    assert ("Release after the dispute proposed" in words, "Released after the dispute" in words) == (True, True)


@pytest.mark.row("L06")
def test_who_proposed_does_not_release(disputed: ClosureRequest, olga: Client) -> None:
    release(olga, disputed)
    answer = release(olga, disputed)
    assert (answer.status_code, status(disputed)) == (403, "disabled")


def test_reason_is_asked_for(disputed: ClosureRequest, olga: Client) -> None:
    answer = release(olga, disputed, " ")
    assert (answer.status_code, "Give the reason." in read(answer).text) == (422, True)


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.AUDITOR])
def test_other_roles_read_and_release_nothing(disputed: ClosureRequest, role: Role) -> None:
    client = console(make_staff("sam", role))
    assert "the account is locked" in read(client.get(address(disputed))).text
    assert (buttons(client, disputed), release(client, disputed).status_code) == ([], 403)
    assert (status(disputed), client.get(address(disputed, "release/")).status_code) == ("disabled", 405)


@pytest.mark.parametrize("state", [ClosureState.IN_REVIEW, ClosureState.CANCELLED])
def test_there_is_nothing_to_release_without_a_dispute(olga: Client, now: datetime, state: ClosureState) -> None:
    request = in_review(now=now, state=state)
    assert buttons(olga, request) == []
    assert release(olga, request).status_code == 422
