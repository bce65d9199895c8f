"""Withdrawals under a failed verification: released by staff, for a week, told to the owner (lifecycle.md, K04)."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import restrictions, withdrawal_release
from accounts.actors import Actor
from accounts.enums import Action, RestrictionKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.models import Account, Event, Note, Restriction
from tests.console import console
from tests.factories import make_account, make_staff
from tests.outbox import messages, opened
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("K04")]
R = RestrictionKind
WEEK = timedelta(days=7)
LIST = "/staff/accounts/restriction/"


def restricted(kind: RestrictionKind, now: datetime, name: str = "ana") -> Restriction:
    ana = make_account(name)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=ana.pk)
        return restrictions.place(locked, kind, actor=Actor.system("tests"), note="", now=now)


def test_agent_releases_and_the_owner_is_told(now: datetime) -> None:
    row, sam = restricted(R.FAILED_VERIFICATION, now), Actor.staff(make_staff("sam"))
    done = withdrawal_release.release_withdrawals(row.pk, actor=sam, reason="Same name at the bank.", now=now)
    assert (done.withdrawals_until, done.released_by, done.lifted_at) == (now + WEEK, sam.label, None)
    last = timedelta(microseconds=1)
    assert [done.lets_withdraw(at) for at in (now, now + WEEK - last, now + WEEK)] == [True, True, False]
    event = Event.objects.get(action=Action.WITHDRAWALS_RELEASED)
    assert Note.objects.get(event_id=event.pk).text == "Same name at the bank."
    told = messages(row.account, template="withdrawals_released")
    assert [each.channel for each in told] == ["email", "sms"]
    assert str(opened(told[0]).context["until"])[:10] == (now + WEEK).isoformat()[:10]


@pytest.mark.parametrize("kind", [kind for kind in R if kind is not R.FAILED_VERIFICATION])
def test_no_other_restriction_is_released(kind: RestrictionKind, now: datetime) -> None:
    row, olga = restricted(kind, now), Actor.staff(make_staff("olga", Role.COMPLIANCE))
    with pytest.raises(NotAllowed):
        withdrawal_release.release_withdrawals(row.pk, actor=olga, reason="Please.", now=now)


def test_only_staff_who_decide_release_with_a_reason_while_it_stands(now: datetime) -> None:
    row = restricted(R.FAILED_VERIFICATION, now)
    sam, eve = make_staff("sam"), make_staff("eve", Role.AUDITOR)
    for actor in (Actor.customer(row.account), Actor.core(), Actor.system("tests"), Actor.staff(eve)):
        with pytest.raises(NotAllowed):
            withdrawal_release.release_withdrawals(row.pk, actor=actor, reason="Please.", now=now)
    with pytest.raises(ReasonRequired):
        withdrawal_release.release_withdrawals(row.pk, actor=Actor.staff(sam), reason=" ", now=now)
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=row.account_id)
        restrictions.lift(row.pk, actor=Actor.staff(sam), reason="Verified.", now=now)
    with pytest.raises(NotAllowed):
        withdrawal_release.release_withdrawals(row.pk, actor=Actor.staff(sam), reason="Please.", now=now)
    assert Event.objects.filter(action=Action.WITHDRAWALS_RELEASED).count() == 0


def test_page_releases_by_post_with_a_reason(now: datetime) -> None:
    row = restricted(R.FAILED_VERIFICATION, now)
    sam, one = console(make_staff("sam")), f"{LIST}{row.pk}/"
    assert f"{one}release/" in [form.get("action") for form in read(sam.get(one)).every("form")]
    assert sam.get(f"{one}release/").status_code == 405
    assert sam.post(f"{one}release/", {"reason": " "}).status_code == 422
    assert sam.post(f"{one}release/", {"reason": "Looked into it."})["Location"] == one
    assert "Withdrawals released until" in read(sam.get(one)).text


def test_page_offers_nothing_to_those_who_only_look_or_for_other_kinds(now: datetime) -> None:
    failed, fraud = restricted(R.FAILED_VERIFICATION, now), restricted(R.FRAUD_ALERT, now, "ben")
    for client, row in ((console(make_staff("eve", Role.AUDITOR)), failed), (console(make_staff("sam")), fraud)):
        assert "Release withdrawals" not in read(client.get(f"{LIST}{row.pk}/")).text
        assert client.post(f"{LIST}{row.pk}/release/", {"reason": "Please."}).status_code == 403
    assert Restriction.objects.exclude(withdrawals_until=None).count() == 0
