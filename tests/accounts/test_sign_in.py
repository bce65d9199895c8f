"""Signing in: one answer and one amount of work for every refusal, a new session, one journal event."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext

from accounts import dormancy, sign_in
from accounts.actors import Actor
from accounts.enums import AccountStatus, Action, Purpose, Role, SessionKind
from accounts.exceptions import ProofRefused, TooManyAttempts, WrongPassword
from accounts.models import Account, EmailDevice, Event, Session, SignIn, StepUp, TotpDevice
from accounts.sign_in import check_password, complete
from accounts.status import change_status
from accounts.verification import sign_in as ceremony
from accounts.verification import step_up
from closure import waking
from tests.accounts.verification.ceremony import give_sent
from tests.factories import PASSWORD, make_account, make_staff, totp_code

pytestmark = pytest.mark.django_db

S = AccountStatus
# Names of savepoints and every value: what is left is the shape of the work.
WHAT_DIFFERS = re.compile(r"'[^']*'|\"s\d+_x\d+\"|\b[0-9a-f]{32}\b|\d+")


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def request_() -> HttpRequest:
    """Return a request with an empty session, as the middleware makes it."""
    made: Any = HttpRequest()
    made.session = import_module(settings.SESSION_ENGINE).SessionStore()
    made.user = AnonymousUser()
    made.META |= {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Browser " * 50}
    found: HttpRequest = made
    return found


def verified(account: Account, *, now: datetime) -> TotpDevice:
    """Pass the second half of a sign-in and return the device that did it."""
    device: TotpDevice = TotpDevice.objects.get(user=account)
    step_up.answer(ceremony.begin(account, now=now), device.id, totp_code(account), now=now)
    return device


@pytest.mark.parametrize("identifier", ["ana@example.test", " ANA@Example.Test ", "PHONE"])
def test_password_is_checked_by_email_or_phone(ana: Account, now: datetime, identifier: str) -> None:
    typed = str(ana.phone) if identifier == "PHONE" else identifier
    assert check_password(typed, PASSWORD, now=now) == ana


@pytest.mark.row("M01")
def test_refusals_do_the_same_work(ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    verify = Argon2PasswordHasher.verify

    def counted(hasher: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        runs.append(encoded)
        matched: bool = verify(hasher, password, encoded)
        return matched

    monkeypatch.setattr(Argon2PasswordHasher, "verify", counted)
    for name, status in (("bea", S.FROZEN), ("cai", S.DISABLED), ("dot", S.CLOSED)):
        make_account(name, status=status)
    make_account("eve", password=None)
    sign_in.nobody_hash()
    seen = set()
    asked = [("ana@example.test", "wrong"), ("nobody@example.test", PASSWORD), ("no address", PASSWORD)]
    asked += [(f"{name}@example.test", PASSWORD) for name in ("bea", "cai", "dot", "eve")]
    for identifier, password in asked:
        runs.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert check_password(identifier, password, now=now) is None
        shape = tuple(WHAT_DIFFERS.sub("", query["sql"]) for query in queries.captured_queries)
        seen.add((len(runs), shape))
    assert len(seen) == 1
    assert {count for count, _shape in seen} == {1}


@pytest.mark.row("M01")
def test_lock_of_somebody_unknown_is_the_lock_of_somebody_known(ana: Account, now: datetime) -> None:
    moments = set()
    for identifier in ("ana@example.test", "nobody@example.test"):
        for _number in range(5):
            assert check_password(identifier, "wrong", now=now) is None
        with pytest.raises(TooManyAttempts) as refused:
            check_password(identifier, PASSWORD, now=now)
        moments.add(refused.value.retry_at)
    assert moments == {now + timedelta(minutes=15)}


def test_right_password_of_a_frozen_account_counts_as_a_failure(now: datetime) -> None:
    make_account("bea", status=S.FROZEN)
    for _number in range(5):
        assert check_password("bea@example.test", PASSWORD, now=now) is None
    with pytest.raises(TooManyAttempts):
        check_password("bea@example.test", PASSWORD, now=now)


def test_right_password_gives_its_attempt_back(ana: Account, now: datetime) -> None:
    for _number in range(20):
        assert check_password("ana@example.test", PASSWORD, now=now) == ana


def test_password_without_end_is_wrong(ana: Account, now: datetime) -> None:
    assert check_password("ana@example.test", PASSWORD + "x" * 100_000, now=now) is None


def test_hash_with_old_parameters_is_made_anew(now: datetime) -> None:
    old = Argon2PasswordHasher()
    old.time_cost, old.memory_cost, old.parallelism = 1, 8 * 1024, 1
    bea = make_account("bea")
    Account.objects.filter(pk=bea.pk).update(password=old.encode(PASSWORD, "saltsaltsalt"))
    assert check_password("bea@example.test", PASSWORD, now=now) == bea
    bea.refresh_from_db()
    assert bea.password.split("$")[3] == make_password("x").split("$")[3]
    assert check_password("bea@example.test", PASSWORD, now=now) == bea


def test_asking_the_password_again(ana: Account, now: datetime) -> None:
    sign_in.confirm_password(ana, PASSWORD, now=now)
    for _number in range(5):
        with pytest.raises(WrongPassword):
            sign_in.confirm_password(ana, "wrong", now=now)
    with pytest.raises(TooManyAttempts):
        sign_in.confirm_password(ana, PASSWORD, now=now)


def test_completing_opens_a_session_and_tells_the_journal(ana: Account, request_: HttpRequest, now: datetime) -> None:
    made = complete(request_, ana, verified(ana, now=now), now=now)
    row = Session.objects.get()
    assert (row.kind, row.account_id, row.expires_at) == (
        SessionKind.CUSTOMER,
        ana.pk,
        row.created_at + timedelta(hours=12),
    )
    assert (made.factor, made.address_hint, len(made.user_agent)) == ("totp", "203.0.0.0/16", 200)
    assert Event.objects.filter(action=Action.SIGNED_IN, account_id=ana.pk, actor=f"customer:{ana.pk}").count() == 1
    assert StepUp.objects.get(account=ana).used_at == now


def test_completing_rotates_the_session(ana: Account, request_: HttpRequest, now: datetime) -> None:
    session: Any = request_.session
    session.name_somebody(SessionKind.SIGNING_IN, ana.pk)
    session["language"], session["step_up"] = "en", "1"
    session.save()
    half = session.session_key
    complete(request_, ana, verified(ana, now=now), now=now)
    assert session.session_key != half
    assert not session.exists(half)
    assert (session.get("language"), session.get("step_up")) == ("en", None)


def test_sign_in_needs_its_own_complete_verification(ana: Account, request_: HttpRequest, now: datetime) -> None:
    device = TotpDevice.objects.get(user=ana)
    with pytest.raises(ProofRefused):
        complete(request_, ana, device, now=now)
    ceremony.begin(ana, now=now)
    with pytest.raises(ProofRefused):
        complete(request_, ana, device, now=now)
    verified(ana, now=now)
    with pytest.raises(ProofRefused):
        complete(request_, ana, ana.email_devices.get(), now=now)
    complete(request_, ana, device, now=now)
    with pytest.raises(ProofRefused):
        complete(request_, ana, device, now=now)
    assert SignIn.objects.count() == 1


def test_freezing_in_between_stops_the_sign_in(ana: Account, request_: HttpRequest, now: datetime) -> None:
    device = verified(ana, now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        change_status(locked, S.FROZEN, actor=Actor.system("tests"), reason="test", now=now)
    with pytest.raises(ProofRefused):
        complete(request_, ana, device, now=now)
    assert Session.objects.count() == 0


@pytest.fixture
def wakes_by_two() -> Iterator[None]:
    """A policy that asks for two factors after a long sleep."""
    dormancy.set_wake_factors(lambda account: 2)
    yield
    waking.plug()


@pytest.fixture
def wakes_by_one() -> Iterator[None]:
    """A policy that asks for one."""
    dormancy.set_wake_factors(dormancy.one_factor)
    yield
    waking.plug()


@pytest.mark.usefixtures("wakes_by_one")
@pytest.mark.parametrize("status", [S.INACTIVE, S.DORMANT])
def test_sign_in_wakes_the_account(request_: HttpRequest, now: datetime, status: AccountStatus) -> None:
    bea = make_account("bea", status=status)
    complete(request_, bea, verified(bea, now=now), now=now)
    bea.refresh_from_db()
    assert bea.status == S.ACTIVE
    assert Event.objects.filter(action=Action.STATUS_CHANGED, account_id=bea.pk).count() == 1


@pytest.mark.usefixtures("wakes_by_two")
@pytest.mark.row("J01", "J02")
def test_waking_needs_as_many_factors_as_policy_says(request_: HttpRequest, now: datetime) -> None:
    bea = make_account("bea", status=S.DORMANT)
    with pytest.raises(ProofRefused):
        complete(request_, bea, verified(bea, now=now), now=now)
    begun = step_up.current(bea.pk, Purpose.SIGN_IN)
    assert begun is not None
    give_sent(begun, EmailDevice, now=now)
    complete(request_, bea, TotpDevice.objects.get(user=bea), now=now)
    bea.refresh_from_db()
    assert bea.status == S.ACTIVE


@pytest.mark.usefixtures("wakes_by_two")
@pytest.mark.parametrize(
    ("status", "facts", "needed"), [(S.DORMANT, {"phone": None, "totp": False}, 1), (S.ACTIVE, {}, 1)]
)
def test_nobody_is_asked_for_more_factors_than_there_are(
    now: datetime, status: AccountStatus, facts: dict[str, Any], needed: int
) -> None:
    assert ceremony.begin(make_account("bea", status=status, **facts), now=now).needed == needed


def test_activity_is_written_once_a_day(ana: Account, request_: HttpRequest, now: datetime) -> None:
    before = ana.last_active_at
    for moment, written in ((now, before), (before + timedelta(days=1), before + timedelta(days=1))):
        complete(request_, ana, verified(ana, now=moment), now=moment)
        ana.refresh_from_db()
        assert ana.last_active_at == written


@pytest.mark.row("L07")
def test_staff_need_a_second_factor(request_: HttpRequest, now: datetime) -> None:
    sam = make_staff("sam", Role.AGENT)
    offered = step_up.factors(ceremony.begin(sam, now=now))
    assert [factor.kind for factor in offered] == ["totp"]
    complete(request_, sam, verified(sam, now=now), now=now)
    row = Session.objects.get()
    assert (row.kind, row.expires_at - row.created_at) == (SessionKind.STAFF, timedelta(hours=8))
    assert Event.objects.filter(action=Action.SIGNED_IN, actor=f"staff:{sam.pk}").count() == 1


@pytest.mark.row("L07")
def test_staff_without_a_second_factor_cannot_sign_in(now: datetime) -> None:
    assert step_up.factors(ceremony.begin(make_staff("sam", totp=False), now=now)) == []


def test_signing_out_ends_the_session(ana: Account, request_: HttpRequest, now: datetime) -> None:
    complete(request_, ana, verified(ana, now=now), now=now)
    sign_in.sign_out(request_, now)
    assert (Session.objects.count(), request_.user.is_authenticated) == (0, False)
    assert Event.objects.filter(action=Action.SIGNED_OUT).count() == 1


def test_signing_out_a_visitor_tells_nobody(request_: HttpRequest, now: datetime) -> None:
    sign_in.sign_out(request_, now)
    assert Event.objects.count() == 0


@pytest.mark.row("E04")
def test_freezing_ends_every_session(ana: Account, request_: HttpRequest, now: datetime) -> None:
    complete(request_, ana, verified(ana, now=now), now=now)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        epoch = locked.session_epoch
        change_status(locked, S.FROZEN, actor=Actor.system("tests"), reason="test", now=now)
    ana.refresh_from_db()
    assert (Session.objects.count(), ana.session_epoch) == (0, epoch + 1)


def test_nobody_hash_is_as_costly_as_a_real_one(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(0):
        assert sign_in.nobody_hash().split("$")[1:4] == make_password("x").split("$")[1:4]


def test_password_given_to_an_account_frozen_meanwhile_leaves_no_session(
    ana: Account, request_: HttpRequest, now: datetime
) -> None:
    begun = ceremony.begin(ana, now=now)
    with transaction.atomic():
        change_status(Account.objects.get(pk=ana.pk), S.FROZEN, actor=Actor.system("tests"), reason="test", now=now)
    assert (sign_in.remember(request_, ana, begun), Session.objects.count()) == (False, 0)
