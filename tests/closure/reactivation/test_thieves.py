"""What a thief can do with one stolen thing to a disabled account: submit nothing, learn nothing (invariant 18)."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import Account
from closure.enums import ReactivationState
from closure.models import Evidence, Reactivation
from tests.api import Caller, problem
from tests.closure.coming_back import asked, opened, proven
from tests.closure.reactivating import disabled, make_reactivation
from tests.factories import PASSWORD
from tests.outbox import last_code, messages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J07")]
S = ReactivationState
ACTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("document/", {"type": "visa"}),
    ("evidence/", {}),
    ("submit/", {}),
    ("withdraw/", {}),
)


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


def try_everything(caller: Caller, reference: str) -> list[int]:
    here = f"reactivations/{reference}/"
    return [caller.get(here).status_code, *(caller.post(here + call, body).status_code for call, body in ACTIONS)]


def picture(account: Account) -> tuple[Any, ...]:
    rows = Reactivation.objects.filter(account=account).values_list("state", "version", "document_type", "touched_at")
    status = Account.objects.values_list("status", "password").get(pk=account.pk)
    return list(rows), status, Evidence.objects.count()


def test_mailbox_alone_begins_nothing_and_sees_nothing_of_what_its_owner_began(ana: Account, now: datetime) -> None:
    """The thief reads every mail, answers with codes that come by mail, and guesses."""
    caller = Caller()
    caller.csrf = caller.post(f"reactivations/{asked('ana@example.test')}/").json()["csrf"]
    factors = caller.post("reactivations/verification/").json()["factors"]
    assert [each["kind"] for each in factors] == ["sms", "totp"]
    for each in factors:
        guess = caller.post(f"reactivations/verification/{each['id']}/", {"code": "123456"})
        assert guess.status_code in {400, 429}
    problem(caller.post("reactivations/password/", {"password": "guessed wrong"}), 400, "wrong_password")
    assert (Reactivation.objects.count(), messages(ana, template="reactivation_started")) == (0, [])

    standing = make_reactivation(ana, S.DRAFT, now=now)
    before = picture(ana)
    assert try_everything(caller, standing.reference) == [403] * 5
    assert picture(ana) == before


def test_phone_alone_begins_nothing(ana: Account, now: datetime) -> None:
    """The thief reads every text on a card of their own, and neither mail nor the authenticator."""
    caller = Caller()
    caller.csrf = caller.post(f"reactivations/{asked(str(ana.phone))}/").json()["csrf"]
    factors = {each["kind"]: each["id"] for each in caller.post("reactivations/verification/").json()["factors"]}
    assert sorted(factors) == ["email", "totp"]
    caller.post(f"reactivations/verification/{factors['email']}/challenge/")
    assert [each.channel for each in messages(ana, template="confirmation_code")] == ["email"]
    assert Reactivation.objects.count() == 0


def test_password_alone_opens_no_session(ana: Account) -> None:
    """The thief knows the password, and reads neither mail nor texts."""
    caller = Caller()
    problem(caller.post("session/", {"identifier": "ana@example.test", "password": PASSWORD}), 400, "sign_in_failed")
    caller.post("reactivations/", {"contact": "ana@example.test"})
    problem(caller.post("reactivations/password/", {"password": PASSWORD}), 401, "not_signed_in")
    assert Reactivation.objects.count() == 0


def test_live_link_alone_touches_nothing_and_every_contact_learns_what_more_would_do(
    ana: Account, now: datetime
) -> None:
    standing = make_reactivation(ana, S.SUBMITTED, now=now)
    before = picture(ana)
    assert try_everything(opened(ana), standing.reference) == [403] * 5
    assert picture(ana) == before
    Reactivation.objects.filter(pk=standing.pk).update(state=S.WITHDRAWN)
    proven(ana)
    assert [each.channel for each in messages(ana, template="reactivation_started")] == ["email", "sms"]


def test_code_for_this_session_proves_nothing_elsewhere(ana: Account) -> None:
    mine, theirs = opened(ana), opened(ana)
    factors = {each["kind"]: each["id"] for each in mine.post("reactivations/verification/").json()["factors"]}
    here = f"reactivations/verification/{factors['sms']}/"
    mine.post(f"{here}challenge/")
    code = last_code(ana, channel="sms")
    problem(theirs.post(here, {"code": code}), 409, "verification_required")
    assert mine.post(here, {"code": code}).status_code == 200
