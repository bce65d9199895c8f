"""The part of the figures campaign that pytest runs (tests/campaigns/figures.py starts it)."""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from statistics import median

import pytest
from django.db import connection

from closure.admin.work import WORK
from closure.enums import Area, ClosureState, Moment, Verdict
from closure.figures import board
from closure.figures.span import Span, lately
from closure.models import CheckRun, ClosureRequest
from tests.campaigns.figures import OPEN, ROWS
from tests.closure.figures.made import ENDED, accounts, ended, request, save
from tests.console import console
from tests.factories import make_staff

pytestmark = pytest.mark.django_db(transaction=True)
FEW, DAYS, ROUNDS = 1000, 3 * 365, 5
KEYS = {"postgresql": "gen_random_uuid()", "sqlite": "LOWER(HEX(RANDOMBLOB(16)))"}
REFERENCES = {"postgresql": "SUBSTR(MD5(RANDOM()::text), 1, 16)", "sqlite": "LOWER(HEX(RANDOMBLOB(8)))"}


def multiply(table: str, condition: str, wanted: int, **replaced: str) -> None:
    """Copy rows that meet a condition, with new keys, until there are so many."""
    with connection.cursor() as cursor:
        names = [each.name for each in connection.introspection.get_table_description(cursor, table)]
        values = {"id": KEYS[connection.vendor], **replaced}
        copied = ", ".join(values.get(name, f'"{name}"') for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608  (names of our own tables)
        there = cursor.fetchone()[0]
        while there < wanted:
            chosen = f"SELECT {copied} FROM {table} WHERE {condition} LIMIT %s"  # noqa: S608
            cursor.execute(f"INSERT INTO {table} ({columns}) {chosen}", [wanted - there])
            there += cursor.rowcount


def fill(now: datetime, chance: Random) -> None:
    """Make a thousand requests of three years, a check each."""
    (ana,) = accounts(1, now)
    for _each in range(FEW):
        at = now - timedelta(days=chance.uniform(0, DAYS))
        reviewed = {"review_due": True, "reviewed_at": at} if chance.random() < 0.4 else {}
        save(ended(ana, chance.choice(sorted(ENDED)), at, **reviewed))
        areas = chance.sample(list(Area), 4)
        found = [{"area": area, "verdict": Verdict.BLOCKED, "code": area, "why": "x" * 200} for area in areas]
        CheckRun.objects.create(
            account=ana,
            moment=Moment.CHECK,
            verdict=Verdict.BLOCKED,
            policy_version="1",
            result={"blockers": found},
            created_at=at,
        )


def took(work: Callable[[], object]) -> float:
    """Return the median time of some rounds, in milliseconds."""
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return median(times)


def test_first_page_stays_fast(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    sam, span = console(make_staff("sam")), lately(now)
    year = Span(first=(span.first - timedelta(days=280)).replace(day=1), months=12)
    fill(now, Random(1))
    lines = []
    for wanted in (FEW, int(os.environ[ROWS])):
        multiply("closure_closurerequest", "ended_at IS NOT NULL", wanted, reference=REFERENCES[connection.vendor])
        multiply("closure_checkrun", "1 = 1", wanted)
        if wanted > FEW and int(os.environ[OPEN]):
            people, ago = accounts(int(os.environ[OPEN]), now), now - timedelta(days=2)
            save(*(request(each, ClosureState.IN_REVIEW, ago, review_due=True) for each in people))
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        there = ClosureRequest.objects.count()
        work = {f"tile {kind.code}": (lambda kind=kind: kind.count(now)) for kind in WORK}
        figures = {
            "are the figures cheap": lambda: board.is_cheap(span),
            "figures of three months": lambda: board.board(span, now=now),
            "figures of a year": lambda: board.board(year, now=now),
            "first page": lambda: sam.get("/staff/"),
        }
        lines += [f"{there:>9} requests  {name:28} {took(each):9.1f} ms" for name, each in {**work, **figures}.items()]
        lines.append(f"{'':>9}           the first page draws figures: {board.is_cheap(span)}")
    with capsys.disabled():
        sys.stdout.write(f"\n{connection.vendor}\n" + "\n".join(lines) + "\n")
