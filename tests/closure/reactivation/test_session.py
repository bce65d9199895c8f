"""The way in: the link, the session that it opens, and what shows more than the link."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import sessions
from accounts.enums import AccountStatus, FactorKind, MessageChannel, SessionKind
from accounts.exceptions import NotAllowed, ProofRefused, TooManyAttempts, WrongPassword
from accounts.models import Account, EmailDevice, OutboxMessage, Session, SmsDevice, TotpDevice
from accounts.verification import step_up
from closure import status_session
from closure.enums import ReactivationState
from closure.exceptions import LinkRefused
from closure.models import Reactivation
from closure.operations import reactivate
from closure.reactivation import links, proof, session
from closure.reactivation.starts import TooManyStarts
from tests.closure.reactivating import disabled, make_reactivation, token
from tests.closure.scenes import put
from tests.factories import PASSWORD, make_account, make_staff, totp_code
from tests.links import received
from tests.outbox import messages

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("J07")]


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


def visited(account: Account, *, now: datetime, channel: MessageChannel = MessageChannel.EMAIL) -> Any:
    """Return a session that a link to this channel opened."""
    store = sessions.SessionStore()
    session.open_by_link(store, token(account, channel, now=now), now=now)
    return store


def asked(contact: str, *, now: datetime) -> Any:
    links.ask(contact, now=now)
    return received(links.TEMPLATE)


def test_inbox_of_a_disabled_account_alone_gets_a_link(ana: Account, now: datetime) -> None:
    words = asked("ana@example.test", now=now)
    assert words.subject == "Your link to reactivate your account"
    by_text = asked(str(ana.phone), now=now)
    assert "/reactivate/" in words.text
    assert "/reactivate/" in by_text.text


@pytest.mark.row("J17")
def test_others_learn_the_way_in_their_inbox_or_nothing(now: datetime) -> None:
    put(make_account("ben"), AccountStatus.FROZEN)
    make_account("cleo")
    make_staff("sam")
    assert "You asked us to close" in asked("ben@example.test", now=now).text
    assert "You can sign in" in asked("cleo@example.test", now=now).text
    nothing = [asked(to, now=now) for to in ("sam@staff.example.test", "nobody@example.test", "no address")]
    assert nothing == [None, None, None]


@pytest.mark.row("J16")
def test_who_has_no_account_here_is_sent_to_sister_brands(now: datetime, settings: Any) -> None:
    settings.SISTER_BRANDS = [("Southbank", "https://southbank.example")]
    assert "Southbank: southbank.example" in asked("nobody@example.test", now=now).text


def test_account_that_policy_does_not_reactivate_is_sent_to_support(ana: Account, now: datetime, settings: Any) -> None:
    settings.PORTAL_POLICY = "binance"
    words = asked(str(ana.email), now=now)
    assert "write to us" in words.text
    assert "/reactivate/" not in words.text


def test_link_that_waited_too_long_is_never_sent(ana: Account, now: datetime) -> None:
    links.ask(str(ana.email), now=now - timedelta(minutes=15))
    assert received(links.TEMPLATE) is None


def test_asking_is_the_same_row_for_everybody_and_has_a_budget(ana: Account, now: datetime) -> None:
    for _try in range(5):
        links.ask("ana@example.test", now=now)
        links.ask("nobody@example.test", now=now)
    rows = OutboxMessage.objects.filter(template=links.TEMPLATE).values_list("account_id", "channel")
    assert set(rows) == {(None, "email")}
    for contact in ("ana@example.test", "nobody@example.test"):
        with pytest.raises(TooManyAttempts):
            links.ask(contact, now=now)


def test_link_works_once_and_shows_nothing_by_itself(ana: Account, now: datetime) -> None:
    standing = make_reactivation(ana, ReactivationState.DRAFT, now=now)
    key, store = token(ana, now=now), sessions.SessionStore()
    visit = session.open_by_link(store, key, now=now)
    assert (visit.proven, visit.reactivation, visit.actor.kind) == (False, None, "link")
    again = session.current(store)
    assert again == visit
    assert status_session.current(store) is None
    for late in (key, "nothing"):
        with pytest.raises(LinkRefused):
            session.open_by_link(sessions.SessionStore(), late, now=now)
    with pytest.raises(NotAllowed):
        reactivate.submit(standing.pk, actor=visit.actor, now=now)
    with pytest.raises(LinkRefused):
        session.start_again(store, now=now)


@pytest.mark.parametrize("status", [AccountStatus.ACTIVE, AccountStatus.FROZEN, AccountStatus.CLOSED])
def test_link_opens_nothing_when_the_account_is_not_disabled_any_more(
    status: AccountStatus, ana: Account, now: datetime
) -> None:
    key, store = token(ana, now=now), visited(ana, now=now)
    put(ana, status)
    with pytest.raises(LinkRefused):
        session.open_by_link(sessions.SessionStore(), key, now=now)
    assert session.current(store) is None
    with pytest.raises(LinkRefused):
        session.prove_by_password(store, PASSWORD, now=now)
    assert Reactivation.objects.count() == 0


def test_password_begins_the_reactivation_and_a_wrong_one_does_not(ana: Account, now: datetime) -> None:
    store = visited(ana, now=now)
    with pytest.raises(WrongPassword):
        session.prove_by_password(store, "wrong", now=now)
    assert (Reactivation.objects.count(), messages(ana)) == (0, [])
    visit = session.prove_by_password(store, PASSWORD, now=now)
    assert visit.reactivation == Reactivation.objects.get()
    assert session.current(store) == visit
    assert Session.objects.get(account_id=ana.pk).kind == "status"


def test_password_is_not_guessed_behind_links(ana: Account, now: datetime) -> None:
    for _try in range(5):
        with pytest.raises(WrongPassword):
            session.prove_by_password(visited(ana, now=now), "wrong", now=now)
    with pytest.raises(TooManyAttempts):
        session.prove_by_password(visited(ana, now=now), PASSWORD, now=now)


def test_code_of_another_channel_begins_it_too(ana: Account, now: datetime) -> None:
    store = visited(ana, now=now)
    visit = session.current(store)
    assert visit is not None
    offered = proof.factors(ana, visit.link_id, carried_by=visit.carried_by, now=now)
    kinds = [each.kind for each in offered]
    assert kinds == [FactorKind.SMS, FactorKind.TOTP]
    begun = proof.begin(ana, visit.link_id, carried_by=visit.carried_by, now=now)
    with pytest.raises(ProofRefused):
        session.prove_by_factor(store, now=now)
    step_up.answer(begun, TotpDevice.objects.get(user=ana).pk, totp_code(ana), now=now)
    assert session.prove_by_factor(store, now=now).proven is True
    with pytest.raises(ProofRefused):
        session.prove_by_factor(visited(ana, now=now), now=now)


def test_code_by_the_channel_of_the_link_is_none(ana: Account, now: datetime) -> None:
    for channel, device, kind in (
        (MessageChannel.EMAIL, EmailDevice, FactorKind.EMAIL),
        (MessageChannel.SMS, SmsDevice, FactorKind.SMS),
    ):
        visit = session.current(visited(ana, now=now, channel=channel))
        assert visit is not None
        assert kind not in proof.accepted(visit.carried_by)
        begun = proof.begin(ana, visit.link_id, carried_by=visit.carried_by, now=now)
        assert step_up.device_of(begun, device.objects.get(user=ana).pk) is None


def test_verification_of_one_link_is_worth_nothing_behind_another(ana: Account, now: datetime) -> None:
    mine, theirs = visited(ana, now=now), visited(ana, now=now)
    visit = session.current(mine)
    assert visit is not None
    begun = proof.begin(ana, visit.link_id, carried_by=visit.carried_by, now=now)
    step_up.answer(begun, TotpDevice.objects.get(user=ana).pk, totp_code(ana), now=now)
    with pytest.raises(ProofRefused):
        session.prove_by_factor(theirs, now=now)


@pytest.mark.row("J15")
def test_another_one_begins_in_the_same_session_after_the_end(ana: Account, now: datetime) -> None:
    store = visited(ana, now=now)
    first = session.prove_by_password(store, PASSWORD, now=now).reactivation
    assert first is not None
    reactivate.withdraw(first.pk, actor=session.current(store).actor, now=now)  # type: ignore[union-attr]
    assert session.start_again(store, now=now).reactivation != first
    session.end(store)
    assert session.current(store) is None


def test_beginning_and_ending_in_a_loop_has_a_limit_by_every_way_in(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    store = visited(ana, now=now)
    visit = session.prove_by_password(store, PASSWORD, now=now)
    for _turn in range(4):
        reactivate.withdraw(visit.reactivation.pk, actor=visit.actor, now=now)  # type: ignore[union-attr]
        visit = session.start_again(store, now=now)
    # What is open is gone on with as often as its owner likes.
    assert session.prove_by_password(store, PASSWORD, now=now).reactivation == visit.reactivation
    reactivate.withdraw(visit.reactivation.pk, actor=visit.actor, now=now)  # type: ignore[union-attr]
    told = len(messages(ana))
    other = visited(ana, now=now, channel=MessageChannel.SMS)
    by_code = session.current(other)
    assert by_code is not None
    begun = proof.begin(ana, by_code.link_id, carried_by=by_code.carried_by, now=now)
    step_up.answer(begun, TotpDevice.objects.get(user=ana).pk, totp_code(ana), now=now)
    ways: list[Callable[[], Any]] = [
        lambda: session.start_again(store, now=now),
        lambda: session.prove_by_password(other, PASSWORD, now=now),
        lambda: session.prove_by_factor(other, now=now),
    ]
    for again in ways:
        with pytest.raises(TooManyStarts) as refused:
            again()
        assert refused.value.message.startswith("You began 5 times within a day. You can begin again after ")
    assert (Reactivation.objects.count(), len(messages(ana)) - told) == (5, 0)
    later = advance(days=1)
    assert session.prove_by_password(visited(ana, now=later), PASSWORD, now=later).proven is True


def test_browser_of_somebody_signed_in_is_theirs_no_more(ana: Account, now: datetime) -> None:
    store: Any = Client().session
    assert session.current(store) is None
    session.open_by_link(store, token(ana, now=now), now=now)
    assert store.subject == (SessionKind.STATUS, ana.pk)
