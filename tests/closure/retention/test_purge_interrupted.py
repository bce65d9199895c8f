"""Purges killed, raced with a hold, or run twice at once: they end the same, and nothing held is lost (H05)."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

import pytest
from django.db import connection, transaction

from closure.retention import archive, purge
from closure.retention.archive import open_record
from closure.retention.enums import MonthState
from closure.retention.exceptions import KeyGone
from closure.retention.models import ArchiveRecord, LegalHold, PurgeMonth
from closure.retention.months import store
from closure.retention.schedule import month_of
from tests.closure.finalization.killing import Kill, killed, statements
from tests.closure.retention.ending import certificates, over_by, sealed_long_ago
from tests.closure.retention.sealing import hold, make_file, record_of, seal
from tests.races import Racers, race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H04", "H05")]
RACES = {"postgresql": 25, "sqlite": 5}


def world(now: datetime, number: int) -> tuple[str, ArchiveRecord]:
    """Seal a held and two other archives into a month of their own; returns it with a held record."""
    month = over_by(now, months=number)
    files = [sealed_long_ago(f"p{number}-{each}", month=month) for each in range(3)]
    hold(files[0].account_id, now=now)
    return month, record_of(files[0])


def outcome(month: str, held: ArchiveRecord, now: datetime) -> dict[str, object]:
    """Return all that must be the same however often it was killed."""
    return {
        "state": PurgeMonth.objects.get(month=month).state,
        "files": store().generations(month),
        "rows": ArchiveRecord.objects.filter(key_month=month).count(),
        "certificates": [told["records"] for told in certificates() if told["month"] == month],
        "held": ArchiveRecord.objects.filter(account_id=held.account_id).count(),
        "opens": open_record(held.pk, now=now).startswith(b"p"),
    }


PURGED = {"state": "destroyed", "files": [], "rows": 0, "certificates": [6], "held": 3, "opens": True}


def test_purge_killed_at_each_statement_ends_the_same(now: datetime) -> None:
    purge.purge(world(now, 1)[0], now=now)  # makes the month that held records move to
    month, held = world(now, 2)
    moments = len(statements(partial(purge.purge, month, now=now)))
    ends = {0: outcome(month, held, now)}
    for statement in range(1, moments + 1):
        month, held = world(now, 2 + statement)
        assert killed(Kill(statement), partial(purge.purge, month, now=now)), statement
        for again in purge.left(now):
            purge.purge(again, now=now)
        ends[statement] = outcome(month, held, now)
    assert {statement: end for statement, end in ends.items() if end != PURGED} == {}
    assert moments > 20


def test_purge_killed_between_its_mark_and_its_files_is_gone_on_with(now: datetime) -> None:
    month = over_by(now, months=3)
    record = record_of(sealed_long_ago("ana", month=month))
    moment = 0
    while not PurgeMonth.objects.filter(month=month, state=MonthState.DESTROYED).exists():
        moment += 1
        assert killed(Kill(moment), partial(purge.purge, month, now=now))
    # Marked and not gone yet: nobody opens it any more, whatever the time, and the next run destroys the file.
    assert store().generations(month) == [1]
    with pytest.raises(KeyGone):
        open_record(record.pk, now=record.sealed_at)
    purge.purge(month, now=now)
    assert store().generations(month) == []


def test_purges_at_once_write_one_certificate(now: datetime) -> None:
    month, held = world(now, 3)
    ended = race(4 if connection.vendor == "postgresql" else 2, partial(purge.purge, month, now=now, batch_size=2))
    assert [each for each in ended if not isinstance(each, purge.Purged)] == []
    assert outcome(month, held, now) == PURGED


def test_hold_or_purge_comes_first_and_nothing_held_is_lost(now: datetime) -> None:
    ends: Counter[str] = Counter()
    with Racers(2) as racers:
        for number in range(3, 3 + RACES[connection.vendor]):
            month = over_by(now, months=number)
            file = sealed_long_ago(f"r{number}", month=month)
            calls: list[Callable[[], object]] = [
                partial(purge.purge, month, now=now),
                partial(_hold_if_there, file.account_id, now=now),
            ]
            told = racers.race(calls if number % 2 else calls[::-1])
            assert [each for each in told if isinstance(each, Exception)] == []
            held = LegalHold.objects.filter(account_id=file.account_id).exists()
            kept = list(ArchiveRecord.objects.filter(account_id=file.account_id))
            assert (held, len(kept), PurgeMonth.objects.get(month=month).state) == (held, 3 * held, "destroyed")
            assert {open_record(record.pk, now=now) for record in kept} == ({f"r{number}".encode()} if held else set())
            ends["held" if held else "purged"] += 1
    assert ends.total() == RACES[connection.vendor]


def _hold_if_there(account_id: UUID, *, now: datetime) -> bool:
    """Hold what is still there, as the operation does: first the months, then the hold."""
    with transaction.atomic():
        locked = archive.lock_months(account_id)
        if not any(row.state == MonthState.OPEN for row in locked.values()):
            return False
        hold(account_id, now=now)
        return True


def test_sealing_while_its_month_is_destroyed_loses_nothing(now: datetime) -> None:
    with Racers(2) as racers:
        for number in range(3, 3 + RACES[connection.vendor]):
            month = over_by(now, months=number)
            old = sealed_long_ago(f"s{number}", month=month)
            late = make_file(f"late{number}", closed_at=old.closed_at, terms=old.terms)
            calls: list[Callable[[], object]] = [
                partial(purge.purge, month, now=now),
                partial(seal, [late], now=old.closed_at),
            ]
            told = racers.race(calls)
            assert [each for each in told if isinstance(each, Exception)] == []
            assert all(row.key_month != month for row in ArchiveRecord.objects.filter(file_id=late.file_id))
    assert month_of(now) not in {str(told["month"]) for told in certificates()}
