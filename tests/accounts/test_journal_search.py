"""Events as staff look for them: what fits, newest first, and how far the database has to read."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import journal_search, sealing
from accounts.actors import Actor
from accounts.journal import record
from accounts.journal_search import Asked
from accounts.models import Account, Event
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]
WORKER = Actor.system("worker")


def write(action: str, now: datetime, *, actor: Actor = WORKER, account: Account | None = None) -> Event:
    with transaction.atomic():
        return record(action, actor=actor, at=now, account_id=account.pk if account else None)


def found(**asked: object) -> list[str]:
    """Return the codes of what is found."""
    return [event.action for event in journal_search.events(Asked(**asked))]  # type: ignore[arg-type]


def test_events_are_found_by_all_that_is_given(now: datetime) -> None:
    ana = make_account("ana")
    sam = Actor.customer(ana)
    for action, actor, account in (
        ("a", WORKER, ana),
        ("b", WORKER, None),
        ("a", sam, ana),
        ("b", sam, ana),
        ("c", Actor.core(), None),
    ):
        write(action, now, actor=actor, account=account)
    assert found()[:5] == ["c", "b", "a", "b", "a"]
    assert found(account_id=ana.pk) == ["b", "a", "a", "account.created"]
    assert found(actors=(sam.label, Actor.core().label)) == ["c", "b", "a"]
    assert found(action="a") == ["a", "a"]
    assert found(action="a", actors=("system:worker",), account_id=ana.pk) == ["a"]
    assert found(action="A") == []


def test_days_are_whole_and_of_the_portal_s_clock(advance: Callable[..., datetime]) -> None:
    now = advance(hours=0)
    day = now.date()
    for days in range(4):
        midnight = datetime(day.year, day.month, day.day, tzinfo=now.tzinfo) + timedelta(days=days)
        write(f"first {days}", midnight)
        write(f"last {days}", midnight + timedelta(days=1, microseconds=-1))
        advance(days=1)
    first, second, third = (day + timedelta(days=days) for days in range(3))
    assert found(first=second, last=second) == ["last 1", "first 1"]
    assert found(last=first) == ["last 0", "first 0"]
    assert found(first=third)[-1] == "first 2"
    assert found(first=third, last=second) == []


def test_days_are_those_that_events_tell_whenever_they_were_written(now: datetime) -> None:
    """What is brought in from elsewhere is told with its own time."""
    times = [now - timedelta(days=days) for days in (400, 800, 600)]
    for number, at in enumerate(times):
        write(f"brought in {number}", at)
    assert found(last=now.date() - timedelta(days=300)) == ["brought in 0", "brought in 2", "brought in 1"]
    assert found(first=times[2].date(), last=times[2].date()) == ["brought in 2"]
    assert found() == ["brought in 2", "brought in 1", "brought in 0"]


def test_what_is_not_sealed_yet_is_found(now: datetime) -> None:
    write("sealed", now)
    sealing.seal(now=now)
    write("waits", now)
    assert found(waiting=True) == ["waits"]
    assert sorted(found()) == ["sealed", "waits"]


def test_question_is_kept_as_codes_and_ids(now: datetime) -> None:
    ana = make_account("ana")
    asked = Asked(account_id=ana.pk, actors=("system:worker",), first=now.date())
    assert asked.as_dict() == {
        "account": str(ana.pk),
        "actors": ["system:worker"],
        "first": now.date().isoformat(),
    }
