"""Compliance keeps a block for ever, looks again each year, and releases one early only by two (G03)."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts import block_review, blocked, chain
from accounts.actors import Actor
from accounts.block_review import BlockRefused
from accounts.blocked import NO_END
from accounts.enums import IdentifierKind, Role
from accounts.exceptions import NotAllowed, PortalError, SecondPersonRequired
from accounts.models import BlockedIdentity, Event, Note
from tests.blocking import MONTH, closed_with
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db

EMAIL, YEAR = "ana@example.test", timedelta(days=365)
OPERATIONS: tuple[Callable[..., BlockedIdentity], ...] = (
    block_review.keep_for_ever,
    block_review.review,
    block_review.propose_release,
    block_review.confirm_release,
    block_review.drop_release,
)


@pytest.fixture
def olga() -> Actor:
    return Actor.staff(make_staff("olga", Role.COMPLIANCE))


@pytest.fixture
def omar() -> Actor:
    return Actor.staff(make_staff("omar", Role.COMPLIANCE))


@pytest.fixture
def block_id(now: datetime) -> UUID:
    """A block that compliance may keep for ever."""
    return closed_with("ana", now=now, review_every=YEAR)


def everybody(account_ids: Collection[UUID]) -> set[UUID]:
    return set(account_ids)


def until(now: datetime) -> datetime | None:
    return blocked.until(IdentifierKind.EMAIL, EMAIL, now=now)


def told() -> list[str]:
    return list(Event.objects.filter(action__startswith="block.").order_by("id").values_list("action", flat=True))


@pytest.mark.row("G03")
def test_blocked_for_ever_until_reviews_say_otherwise(block_id: UUID, olga: Actor, now: datetime) -> None:
    block_review.keep_for_ever(block_id, actor=olga, reason=" Fraud ring. ", now=now)
    assert (until(now), until(now + 100 * YEAR)) == (NO_END, NO_END)
    due = [list(block_review.reviews_due(now + YEAR + shift)) for shift in (-timedelta(microseconds=1), timedelta(0))]
    assert due == [[], [BlockedIdentity.objects.get()]]
    block_review.review(block_id, actor=olga, reason="Still so.", now=now + YEAR)
    assert (list(block_review.reviews_due(now + YEAR)), until(now + YEAR)) == ([], NO_END)
    assert (
        blocked.of_files([BlockedIdentity.objects.get().file_id])[BlockedIdentity.objects.get().file_id][0].for_ever
        is True
    )
    assert told() == ["block.for_ever", "block.reviewed"]
    assert sorted(Note.objects.values_list("text", flat=True)) == ["Fraud ring.", "Still so."]
    assert chain.verify()[1] is None


@pytest.mark.row("G03")
def test_policy_that_does_not_allow_it_blocks_nobody_for_ever(olga: Actor, now: datetime) -> None:
    key = closed_with("ana", now=now)
    with pytest.raises(BlockRefused):
        block_review.keep_for_ever(key, actor=olga, reason="Fraud.", now=now)
    assert until(now) == now + MONTH


@pytest.mark.row("L06")
def test_release_takes_two(block_id: UUID, olga: Actor, omar: Actor, now: datetime) -> None:
    block_review.keep_for_ever(block_id, actor=olga, reason="Fraud.", now=now)
    row = block_review.propose_release(block_id, actor=olga, reason="A mix-up.", now=now)
    assert (until(now), list(block_review.releases_waiting())) == (NO_END, [row])
    assert [block_review.can_confirm(row, actor) for actor in (olga, omar)] == [False, True]
    with pytest.raises(NotAllowed):
        block_review.confirm_release(block_id, actor=olga, reason="Mine.", now=now)
    block_review.confirm_release(block_id, actor=omar, reason="Seen.", now=now)
    assert (until(now), list(block_review.releases_waiting())) == (None, [])
    assert blocked.of_files([row.file_id])[row.file_id] == []
    assert told() == ["block.for_ever", "block.release_proposed", "block.released"]


def test_released_block_does_not_come_back(block_id: UUID, olga: Actor, omar: Actor, now: datetime) -> None:
    block_review.propose_release(block_id, actor=olga, reason="A mix-up.", now=now)
    row = block_review.confirm_release(block_id, actor=omar, reason="Seen.", now=now)
    assert blocked.postpone([row.file_id], closed_at=now + timedelta(hours=1)) == 0
    BlockedIdentity.objects.update(while_archived=True)
    blocked.set_held(everybody)
    assert (until(now), blocked.keep_while_archived({row.file_id: now + YEAR}), until(now)) == (None, 0, None)


def test_proposal_can_be_taken_back(block_id: UUID, olga: Actor, omar: Actor, now: datetime) -> None:
    block_review.propose_release(block_id, actor=olga, reason="A mix-up.", now=now)
    block_review.drop_release(block_id, actor=omar, reason="No mix-up.", now=now)
    with pytest.raises(BlockRefused):
        block_review.confirm_release(block_id, actor=omar, reason="Seen.", now=now)
    assert (until(now), told()) == (now + MONTH, ["block.release_proposed", "block.release_dropped"])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nobody_but_compliance_decides(operation: Any, block_id: UUID, now: datetime) -> None:
    others = [Actor.staff(make_staff(role.value, role)) for role in (Role.AGENT, Role.LEAD, Role.AUDITOR)]
    for actor in (*others, Actor.customer(make_account("bea")), Actor.system("worker")):
        assert block_review.can_decide(BlockedIdentity.objects.get(), actor) is False
        with pytest.raises(NotAllowed):
            operation(block_id, actor=actor, reason="Because.", now=now)
    assert told() == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nobody_decides_about_their_own_block(operation: Any, block_id: UUID, olga: Actor, now: datetime) -> None:
    BlockedIdentity.objects.update(account_id=olga.account_id, release_proposed_at=now, release_proposed_by=uuid4())
    with pytest.raises(SecondPersonRequired):
        operation(block_id, actor=olga, reason="Mine.", now=now)
    assert told() == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_nothing_is_decided_without_a_reason_or_about_what_is_over(
    operation: Any, block_id: UUID, olga: Actor, now: datetime
) -> None:
    unknown = UUID(int=1)
    for key, reason, at in ((block_id, "  ", now), (block_id, "Late.", now + MONTH), (unknown, "Who?", now)):
        with pytest.raises(BlockRefused):
            operation(key, actor=olga, reason=reason, now=at)
    assert told() == []


def test_what_is_done_cannot_be_done_twice(block_id: UUID, olga: Actor, now: datetime) -> None:
    refused = []
    for operation in (block_review.review, block_review.confirm_release, block_review.drop_release):
        with pytest.raises(PortalError) as error:
            operation(block_id, actor=olga, reason="Again.", now=now)
        refused.append(error.value.code)
    for operation in (block_review.keep_for_ever, block_review.propose_release):
        operation(block_id, actor=olga, reason="Once.", now=now)
        with pytest.raises(BlockRefused):
            operation(block_id, actor=olga, reason="Twice.", now=now)
    assert refused == ["block_refused"] * 3


@pytest.mark.row("L06")
def test_database_itself_wants_two_people_and_reviews(block_id: UUID, now: datetime) -> None:
    person, second = make_staff("olga").pk, make_staff("omar").pk
    released = {"released_at": now, "released_by": person}
    alone = {"release_proposed_at": now, "release_proposed_by": person}
    wrong: tuple[dict[str, Any], ...] = (
        released,
        released | alone,
        {"released_at": now, **alone},
        {"for_ever_at": now, "for_ever_by": person},
        {"review_due_at": now},
        {**alone, "released_at": now, "released_by": second, "for_ever_at": now, "for_ever_by": second},
    )
    for facts in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            BlockedIdentity.objects.filter(pk=block_id).update(**facts)
    BlockedIdentity.objects.filter(pk=block_id).update(**alone, released_at=now, released_by=second)
