"""The link of a member of staff: once, for a day, for the account as it is now."""

import time
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.core import signing

from accounts.actors import Actor
from accounts.enums import AccountStatus, Role
from accounts.exceptions import BadIdentifier, NotAllowed, WrongCode
from accounts.identifiers import find_account
from accounts.models import Account, Event, TotpDevice
from accounts.passwords import WeakPassword
from accounts.staff_enrollment import LINK_ISSUED, SALT, LinkRefused, enroll, invite, read
from tests.factories import PASSWORD, make_account, make_staff
from tests.races import race

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system("tests")
EMAIL = "sam@staff.example.test"


def invited(now: datetime, role: Role = Role.AGENT) -> str:
    return invite(EMAIL, role, actor=SYSTEM, now=now)


def code_of(token: str, now: datetime) -> str:
    return read(token, now=now).device.code_at(time.time())


def test_invitation_makes_staff_who_cannot_sign_in_yet(now: datetime) -> None:
    invitation = read(invited(now), now=now)
    account = Account.objects.get()
    assert (invitation.account, invitation.expires_at) == (account, now + timedelta(hours=24))
    assert (account.is_staff, [group.name for group in account.groups.all()]) == (True, ["agent"])
    assert (account.has_usable_password(), TotpDevice.objects.count()) == (False, 0)
    assert Event.objects.filter(action=LINK_ISSUED).count() == 1


@pytest.mark.row("L07")
def test_enrollment_sets_password_and_authenticator_together(now: datetime) -> None:
    token = invited(now)
    account = enroll(token, password=PASSWORD, code=code_of(token, now), now=now)
    kept, device = Account.objects.get(), TotpDevice.objects.get()
    assert (check_password(PASSWORD, kept.password), device.confirmed, device.user_id) == (True, True, account.pk)
    assert Event.objects.filter(action="staff.enrolled", account_id=account.pk).count() == 1


def test_link_works_once(now: datetime) -> None:
    token = invited(now)
    code = code_of(token, now)
    enroll(token, password=PASSWORD, code=code, now=now)
    with pytest.raises(LinkRefused):
        read(token, now=now)
    with pytest.raises(LinkRefused):
        enroll(token, password="Another-password-8", code=code, now=now)
    assert check_password(PASSWORD, Account.objects.get().password)


def test_link_ends_after_a_day(now: datetime) -> None:
    token = invited(now)
    assert read(token, now=now + timedelta(hours=24) - timedelta(microseconds=1)).account.email == EMAIL
    with pytest.raises(LinkRefused):
        read(token, now=now + timedelta(hours=24))


def test_link_changed_in_any_letter_is_refused(now: datetime) -> None:
    token = invited(now)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        changed = token[:place] + other + token[place + 1 :]
        # The last letter of a part may hold bits that decode to nothing.
        if place + 1 < len(token) and token[place + 1] != ":":
            with pytest.raises(LinkRefused):
                read(changed, now=now)


@pytest.mark.parametrize("facts", [{}, [], "x", {"account": "x"}, {"account": None, "until": None}])
def test_link_of_another_shape_is_refused(facts: object, now: datetime) -> None:
    for token in (signing.dumps(facts, salt=SALT), signing.dumps(facts), "", "a:b:c"):
        with pytest.raises(LinkRefused):
            read(token, now=now)


def test_link_of_an_account_that_is_not_open_is_refused(now: datetime) -> None:
    token = invited(now)
    Account.objects.update(status=AccountStatus.DISABLED)
    with pytest.raises(LinkRefused):
        read(token, now=now)


def test_new_link_ends_the_older_one_and_may_change_the_role(now: datetime) -> None:
    older = invited(now)
    newer = invited(now, Role.LEAD)
    with pytest.raises(LinkRefused):
        read(older, now=now)
    account = read(newer, now=now).account
    assert (Account.objects.count(), [group.name for group in account.groups.all()]) == (1, ["lead"])


def test_wrong_code_or_weak_password_leaves_the_link_alive(now: datetime) -> None:
    token = invited(now)
    right = code_of(token, now)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    for password, code, refusal in (
        (PASSWORD, wrong, WrongCode),
        (PASSWORD, "", WrongCode),
        ("short", right, WeakPassword),
    ):
        with pytest.raises(refusal):
            enroll(token, password=password, code=code, now=now)
    assert (TotpDevice.objects.count(), Account.objects.get().has_usable_password()) == (0, False)
    assert enroll(token, password=PASSWORD, code=code_of(token, now), now=now).email == EMAIL


def test_page_opened_twice_shows_the_same_key(now: datetime) -> None:
    token = invited(now)
    assert read(token, now=now).device.key == read(token, now=now).device.key
    assert read(token, now=now).device.key != read(invited(now), now=now).device.key


def test_nobody_enrolled_is_invited_again_and_no_customer(now: datetime) -> None:
    make_staff("lea", Role.LEAD)
    make_account("ana")
    for email in ("lea@staff.example.test", "ana@example.test", "ANA@example.test"):
        with pytest.raises(NotAllowed):
            invite(email, Role.AGENT, actor=SYSTEM, now=now)
    with pytest.raises(BadIdentifier):
        invite("+14155550100", Role.AGENT, actor=SYSTEM, now=now)
    ana = find_account("ana@example.test")
    assert ana is not None
    assert (ana.is_staff, Event.objects.filter(action=LINK_ISSUED).count()) == (False, 0)


@pytest.mark.django_db(transaction=True)
def test_link_raced_is_used_once(now: datetime) -> None:
    token = invited(now)
    code = code_of(token, now)

    def use() -> str:
        enroll(token, password=PASSWORD, code=code, now=now)
        return "used"

    results = race(4, use)
    assert sorted(type(result).__name__ for result in results) == ["LinkRefused", "LinkRefused", "LinkRefused", "str"]
    assert TotpDevice.objects.filter(confirmed=True).count() == 1
