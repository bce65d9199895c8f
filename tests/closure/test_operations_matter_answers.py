"""What does not prove a matter is asked for again or refused, by one person, with the rules that its owner reads."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import case_messages, restrictions
from accounts.actors import Actor
from accounts.case_claiming import claim
from accounts.cases import CaseOver
from accounts.enums import CaseState, MatterKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired, TooManyAttempts
from accounts.matters import NothingToSettle
from accounts.models import Account, Event, Matter, Note, Restriction
from accounts.open_matters import open_of
from closure.enums import EvidenceKind
from closure.operations.matter_answers import RuleRequired, ask, last_word, refuse
from closure.operations.matter_deciding import NotRead, Seen, WrittenSince, seen_now
from closure.operations.matters import left, send_photo
from tests.closure.evidence.drawing import encoded, picture
from tests.factories import make_account, make_staff
from tests.invariants import violations
from tests.outbox import messages, opened
from tests.settling import begin, events, heard, restrict, shown

M = MatterKind
Answer = Callable[..., Matter]
LATER = timedelta(hours=1)
RULE = "The proof must not be older than 3 months."
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("L04")]
BOTH = pytest.mark.parametrize("answer", [ask, refuse])


@pytest.fixture
def sam() -> Account:
    return make_staff("sam")


@pytest.fixture
def matter(sam: Account, now: datetime) -> Matter:
    ana = make_account("ana")
    restrict(ana, M.UNSUPPORTED_REGION, now=now)
    return shown(begin(ana, M.UNSUPPORTED_REGION, now=now), sam, now=now)


def turn_down(answer: Answer, matter: Matter, by: Account, now: datetime, **other: Any) -> Matter:
    told = {"broken": ["proof_old"], "reason": "Bill of May.", "seen": seen_now(matter), **other}
    return answer(matter.pk, actor=Actor.staff(by), now=now, **told)


def standing(matter: Matter) -> list[str]:
    return [each.kind for each in restrictions.active(matter.account_id)]


@pytest.mark.row("K03")
def test_owner_is_asked_for_more_and_the_case_waits_for_them(matter: Matter, sam: Account, now: datetime) -> None:
    assert left(matter.account) == []
    claim(matter.case, actor=Actor.staff(sam), now=now)
    turn_down(ask, matter, sam, now)
    matter.refresh_from_db()
    assert (matter.asked_at, matter.broken, matter.case.state) == (now, ["proof_old"], CaseState.WAITING_CUSTOMER)
    assert (matter.case.desk_by, standing(matter)) == (None, ["unsupported_region"])
    told = [opened(each).context for each in messages(matter.account, template="matter_word")]
    assert [(each["stage"], each["rules"]) for each in told] == [("asked", [RULE])] * 2
    (event,) = Event.objects.filter(action="matter.asked")
    assert json.loads(bytes(event.body))["data"]["broken"] == ["proof_old"]
    assert Note.objects.get(event_id=event.pk).text == "Bill of May."
    # It is theirs again until something newer is there, and then staff's.
    assert left(matter.account) == [M.UNSUPPORTED_REGION]
    me, file = Actor.customer(matter.account), encoded(picture(3, (960, 720)))
    send_photo(matter, EvidenceKind.DOCUMENT_FRONT, file, despite=True, actor=me, now=now + LATER)
    matter.case.refresh_from_db()
    assert (left(matter.account), matter.case.state) == ([], CaseState.OPEN)
    assert violations() == []


@pytest.mark.row("K03")
def test_refusal_ends_the_case_and_its_owner_may_begin_again(matter: Matter, sam: Account, now: datetime) -> None:
    turn_down(refuse, matter, sam, now)
    matter.refresh_from_db()
    assert (matter.refused_at, matter.refused_by, matter.case.state) == (now, sam.pk, CaseState.RESOLVED)
    assert (standing(matter), open_of(matter.account_id), left(matter.account)) == (
        ["unsupported_region"],
        {},
        [M.UNSUPPORTED_REGION],
    )
    assert last_word(matter.account_id, M.UNSUPPORTED_REGION) == [RULE]
    told = [opened(each).context for each in messages(matter.account, template="matter_word")]
    assert [(each["stage"], each["rules"]) for each in told] == [("refused", [RULE])] * 2
    happened = ["matter.refused", "case.resolved"]
    assert events(matter.account, *happened) == happened
    me, file = Actor.customer(matter.account), encoded(picture(3, (960, 720)))
    with pytest.raises(CaseOver):
        send_photo(matter, EvidenceKind.DOCUMENT_FRONT, file, despite=True, actor=me, now=now)
    again = begin(matter.account, M.UNSUPPORTED_REGION, now=now + LATER)
    assert (again == matter, last_word(matter.account_id, M.UNSUPPORTED_REGION)) == (False, [])
    assert violations() == []


def test_refusal_of_an_earlier_restriction_is_not_told_of_a_new_one(
    matter: Matter, sam: Account, now: datetime
) -> None:
    turn_down(refuse, matter, sam, now)
    Restriction.objects.update(placed_at=now + LATER)
    assert last_word(matter.account_id, M.UNSUPPORTED_REGION) == []


def test_attempts_after_refusals_are_bounded(matter: Matter, sam: Account, now: datetime) -> None:
    for _time in range(4):
        turn_down(refuse, matter, sam, now)
        matter = heard(begin(matter.account, M.UNSUPPORTED_REGION, now=now), sam, now=now)
    turn_down(refuse, matter, sam, now)
    with pytest.raises(TooManyAttempts):
        begin(matter.account, M.UNSUPPORTED_REGION, now=now)
    assert Matter.objects.count() == 5


@pytest.mark.row("L07")
@BOTH
def test_nothing_is_turned_down_unread_or_without_a_rule_of_its_kind(
    matter: Matter, sam: Account, now: datetime, answer: Answer
) -> None:
    for broken in ([], ["told_little"], ["proof_old", "nonsense"]):
        with pytest.raises(RuleRequired):
            turn_down(answer, matter, sam, now, broken=broken)
    with pytest.raises(ReasonRequired):
        turn_down(answer, matter, sam, now, reason=" ")
    with pytest.raises(NotRead):
        turn_down(answer, matter, make_staff("lea", Role.LEAD), now)
    old = seen_now(matter)
    case_messages.write(matter.case_id, "One thing more.", actor=Actor.customer(matter.account), now=now)
    with pytest.raises(WrittenSince):
        turn_down(answer, matter, sam, now, seen=old)
    assert (events(matter.account, "matter."), standing(matter)) == ([], ["unsupported_region"])


@BOTH
def test_who_may_not_turn_down(matter: Matter, sam: Account, now: datetime, answer: Answer) -> None:
    with pytest.raises(NotAllowed):
        turn_down(answer, matter, make_staff("eve", Role.AUDITOR), now)
    Matter.objects.filter(pk=matter.pk).update(account=sam)
    with pytest.raises(SecondPersonRequired):
        turn_down(answer, matter, sam, now, seen=Seen())


def test_photo_of_what_is_overtaken_is_not_taken(matter: Matter, now: datetime) -> None:
    Restriction.objects.update(placed_at=now + LATER)
    me, file = Actor.customer(matter.account), encoded(picture(3, (960, 720)))
    with pytest.raises(NothingToSettle):
        send_photo(matter, EvidenceKind.DOCUMENT_FRONT, file, despite=True, actor=me, now=now)


@BOTH
def test_what_is_decided_is_not_turned_down(matter: Matter, sam: Account, now: datetime, answer: Answer) -> None:
    turn_down(refuse, matter, sam, now)
    with pytest.raises(NothingToSettle):
        turn_down(answer, matter, sam, now)
