"""The part of the queue campaign that pytest runs (tests/campaigns/queue.py starts it)."""

import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.campaigns.queue import ROUNDS, ROWS
from tests.closure.crowding import crowd
from tests.closure.queue_pages import deep, pages
from tests.console import console, in_review
from tests.factories import make_staff

pytestmark = pytest.mark.django_db(transaction=True)
FEW = 1000
RATIO, QUERIES = 1.2, 12
Samples = dict[str, list[float]]


@dataclass
class Asked:
    """One of the two databases, with an open connection of its own: milliseconds of each page, by clock and at work."""

    wrapper: Any
    clock: Samples = field(default_factory=lambda: defaultdict(list))
    work: Samples = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def used(self) -> Iterator[None]:
        """Let everything ask this database."""
        before = connections["default"]
        connections["default"] = self.wrapper
        try:
            yield
        finally:
            connections["default"] = before

    def ask(self, client: Client, page: str, place: str) -> int:
        """Ask for a page once to warm up and once by the clocks; returns how many queries it took."""
        with self.used():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(place).status_code in {200, 302}, place
                asked = len(queries)
            began, worked = time.perf_counter(), self._worked()
            client.get(place)
            self.work[page].append((self._worked() - worked) * 1000)
            self.clock[page].append((time.perf_counter() - began) * 1000)
        return asked

    def _worked(self) -> float:
        """Return the processor's seconds of this process and of the server's that answers it: others do not count."""
        seconds = time.process_time()
        if self.wrapper.vendor == "postgresql":
            told = Path(f"/proc/{self.wrapper.connection.info.backend_pid}/schedstat").read_text().split()
            seconds += int(told[0]) / 1e9
        return seconds


def test_queue_costs_the_same_at_every_size(now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows, rounds = int(os.environ[ROWS]), int(os.environ[ROUNDS])
    sam = make_staff("sam")
    like = in_review("ana", now=now)
    client = console(sam)
    crowd(1, FEW, like=like, person=sam.pk, now=now)
    _settle()
    with _copy(tmp_path) as wrapper:
        few, many = Asked(connections["default"]), Asked(wrapper)
        began = time.monotonic()
        with many.used():
            crowd(FEW + 1, rows, like=like, person=sam.pk, now=now)
            _settle()
        loaded = time.monotonic() - began
        asked = {**pages(like), "deep page": deep(now)}
        counts: dict[str, int] = {}
        for _round in range(rounds):
            for page, place in asked.items():
                for database in (few, many):
                    counts[page] = database.ask(client, page, place)
    lines = [
        f"{connection.vendor}: {rows} requests loaded in {loaded:.0f} s, load {os.getloadavg()[0]:.1f}, {rounds} rounds"
    ]
    lines.append(f"{'milliseconds at work (by the clock)':36} queries {FEW:>16} {rows:>16}  ratio")
    slow = []
    for page in asked:
        small, large = (f"{median(each.work[page]):.1f} ({median(each.clock[page]):.1f})" for each in (few, many))
        ratio = median(many.work[page]) / median(few.work[page])
        lines.append(f"{page:36} {counts[page]:>7} {small:>16} {large:>16}  {ratio:.2f}")
        # The index counts a dozen kinds of work, each up to a thousand: as far as that it may be slower.
        if page != "index" and (ratio > RATIO or counts[page] > QUERIES):
            slow.append(page)
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert slow == []


def _settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")


@contextmanager
def _copy(folder: Path) -> Iterator[Any]:
    """Give a connection to a copy of the database, for as long as it is wanted."""
    ours = connections["default"]
    name = str(ours.settings_dict["NAME"])
    copied = str(folder / "many.sqlite3") if ours.vendor == "sqlite" else f"{name}_many"
    if ours.vendor == "sqlite":
        with ours.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [copied])
    else:
        _tell_server(f'CREATE DATABASE "{copied}" TEMPLATE "{name}"')
    wrapper = _wrapper(copied)
    try:
        yield wrapper
    finally:
        wrapper.close()
        if ours.vendor == "postgresql":
            _tell_server(f'DROP DATABASE "{copied}"')


def _wrapper(name: str) -> Any:
    wrapper = connections.create_connection("default")
    wrapper.settings_dict = {**wrapper.settings_dict, "NAME": name}
    return wrapper


def _tell_server(sql: str) -> None:
    """Say something that is said from outside of a database that nobody is in."""
    connections["default"].close()
    wrapper = _wrapper("postgres")
    with wrapper.cursor() as cursor:
        cursor.execute(sql)
    wrapper.close()
