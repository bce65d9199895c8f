"""Blocks whose time is over leave the list in batches, less what is on hold."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from accounts import block_expiry, block_review, blocked, housekeeping
from accounts.actors import Actor
from accounts.block_expiry import Counts, release
from accounts.enums import IdentifierKind, Role
from accounts.ids import uuid7
from accounts.models import BlockedIdentity
from closure.retention.models import Extension, LegalHold
from tests.blocking import MONTH, block, closed_with
from tests.factories import make_staff

pytestmark = pytest.mark.django_db

K = IdentifierKind
MICROSECOND = timedelta(microseconds=1)


def left() -> set[UUID]:
    return set(BlockedIdentity.objects.values_list("pk", flat=True))


@pytest.mark.row("G08")
def test_release_deletes_what_is_over_and_nothing_else(now: datetime) -> None:
    over, stands = closed_with("ana", now=now), closed_with("ben", now=now, until=now + MONTH + MICROSECOND)
    assert release(now=now + MONTH - MICROSECOND) == Counts()
    assert release(now=now + MONTH) == Counts(released=1)
    assert (over in left(), left()) == (False, {stands})


def test_release_by_housekeeping(now: datetime) -> None:
    closed_with("ana", now=now)
    housekeeping.tidy(now + MONTH)
    assert left() == set()


@pytest.mark.row("H05")
@pytest.mark.parametrize("what", ["hold", "claim"])
def test_release_leaves_what_is_on_hold_until_it_is_lifted(now: datetime, what: str) -> None:
    held, free = closed_with("ana", now=now), closed_with("ben", now=now)
    key = BlockedIdentity.objects.get(pk=held).account_id
    if what == "hold":
        facts = {"case_number": "12/2026", "basis": "court order", "review_on": now.date()}
        LegalHold.objects.create(account_id=key, placed_at=now, placed_by=uuid7(), **facts)
    else:
        Extension.objects.create(account_id=key, reason="claim", reference_id=key, opened_at=now)
    assert release(now=now + MONTH, batch_size=1) == Counts(released=1, held=1)
    assert (left(), free in left()) == ({held}, False)
    LegalHold.objects.all().delete()
    Extension.objects.all().delete()
    assert release(now=now + MONTH) == Counts(released=1)


def test_release_goes_on_where_it_was_stopped(now: datetime) -> None:
    for number in range(7):
        closed_with(f"a{number}", now=now)
    turns = iter([False, True])
    assert release(now=now + MONTH, batch_size=2, stop=lambda: next(turns)) == Counts(released=2)
    assert release(now=now + MONTH, batch_size=2, limit=3) == Counts(released=3)
    assert (release(now=now + MONTH, batch_size=2), left()) == (Counts(released=2), set())


def test_release_passes_by_held_ones_of_the_same_moment(now: datetime) -> None:
    keys = {closed_with(f"a{number}", now=now) for number in range(5)}
    owners = set(BlockedIdentity.objects.values_list("account_id", flat=True))
    kept = sorted(owners)[:3]
    blocked.set_held(lambda asked: set(kept) & set(asked))
    assert release(now=now + MONTH, batch_size=2) == Counts(released=2, held=3)
    assert (len(left()), left() < keys) == (3, True)


def test_dry_run_changes_nothing(now: datetime) -> None:
    closed_with("ana", now=now)
    seen: list[block_expiry.Outcome] = []
    assert release(now=now + MONTH, dry_run=True, report=seen.append) == Counts(released=1)
    assert ([outcome.block.pk for outcome in seen], len(left())) == (sorted(left()), 1)


def test_release_leaves_what_is_blocked_for_ever(now: datetime) -> None:
    key = block(K.EMAIL, "ana@example.test", now=now, review_every=timedelta(days=365))
    olga = Actor.staff(make_staff("olga", Role.COMPLIANCE))
    block_review.keep_for_ever(key, actor=olga, reason="Fraud.", now=now)
    assert (release(now=now + 100 * MONTH), left()) == (Counts(), {key})


def test_release_asks_the_database_as_often_for_a_full_batch(now: datetime, django_assert_num_queries: object) -> None:
    for number in (1, 3):
        for turn in range(number):
            closed_with(f"a{number}{turn}", now=now)
        # Savepoint, the batch, what holds (three), the accounts, what holds again behind locks, deleting, what the
        # book says of them (two), savepoint.
        with django_assert_num_queries(13):  # type: ignore[operator]
            release(now=now + MONTH)
