"""Exports by a real worker: built soon, once, whole, whoever is killed meanwhile; stopped in time, and by two."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from accounts.models import Account, Event
from closure.enums import ExportKind
from closure.models import Export
from tests.closure.exporting import asked, folder, give_history, rows, stored
from tests.factories import make_account
from tests.portal.workers import Worker, name_of, until, workers

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("worker"),
    pytest.mark.row("B10"),
]
Start = Callable[..., Worker]
# Two seconds of work or more: enough to come in between.
MANY = 60_000
END_SECONDS = 10


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start workers that share the folder of the files with this process, as web and worker do."""

    for name in stored():
        (folder() / name).unlink()
    with workers(tmp_path) as starting:
        for number in range(2):
            (tmp_path / str(number)).mkdir()
            (tmp_path / str(number) / "exports").symlink_to(settings.VAR_DIR / "exports")
        yield starting


def builder_of(worker: Worker) -> int | None:
    """Return the process that builds, a child of another thread than the supervisor's first."""
    started: list[int] = []
    for path in Path(f"/proc/{worker.process.pid}/task").glob("*/children"):
        started += [int(pid) for pid in path.read_text().split()]
    return next((pid for pid in started if name_of(pid) == "export-builder"), None)


def is_ready(export: Export) -> bool:
    return Export.objects.filter(pk=export.pk, state="ready").exists()


def is_claimed(export: Export) -> bool:
    return Export.objects.filter(pk=export.pk, attempts=1, state="queued").exists()


def let_its_lease_run_out(export: Export) -> None:
    Export.objects.filter(pk=export.pk).update(due_at=export.due_at)


def ready_events() -> int:
    return Event.objects.filter(action="export.ready").count()


def test_worker_builds_what_is_asked_for(start: Start, ana: Account, now: datetime) -> None:
    give_history(ana, now, 3)
    worker = start()
    exports = [asked(ana, now, kind) for kind in ExportKind]
    until(lambda: all(is_ready(export) for export in exports), "all files")
    until(lambda: builder_of(worker) is None, "the builder's end")
    code, seconds = worker.end()
    assert (code, seconds < END_SECONDS, ready_events(), len(stored())) == (0, True, 4, 4)


@pytest.mark.row("F06")
def test_builder_killed_in_the_middle_takes_nothing_with_it(start: Start, ana: Account, now: datetime) -> None:
    give_history(ana, now, MANY)
    export, worker = asked(ana, now), start()
    until(lambda: is_claimed(export), "a claim")
    first = builder_of(worker)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until(lambda: builder_of(worker) != first, "the builder's end", within=10)
    let_its_lease_run_out(export)
    until(lambda: is_ready(export), "the whole file")
    again = Export.objects.get(pk=export.pk)
    assert (again.attempts, again.lines, ready_events(), len(stored())) == (2, MANY, 1, 1)
    assert [row[5] for row in rows(again, now)[1:]] == [f"t{number}" for number in range(MANY)]
    assert worker.process.poll() is None
    assert len(worker.clusters) == 1


@pytest.mark.row("F06")
def test_worker_killed_takes_its_builder_along_and_another_one_builds(
    start: Start, ana: Account, now: datetime
) -> None:
    give_history(ana, now, MANY)
    export, worker = asked(ana, now), start()
    until(lambda: is_claimed(export), "a claim")
    builder = builder_of(worker)
    worker.end(signal.SIGKILL)
    until(lambda: name_of(builder or 0) != "export-builder", "the builder's end", within=10)
    let_its_lease_run_out(export)
    start()
    until(lambda: is_ready(export), "the whole file")
    assert (Export.objects.get(pk=export.pk).lines, ready_events(), len(stored())) == (MANY, 1, 1)


def test_worker_that_ends_gives_back_what_it_builds(start: Start, ana: Account, now: datetime) -> None:
    give_history(ana, now, MANY)
    export, worker = asked(ana, now), start()
    until(lambda: is_claimed(export), "a claim")
    code, seconds = worker.end()
    left = Export.objects.get(pk=export.pk)
    assert (code, seconds < END_SECONDS) == (0, True)
    assert (left.state, left.attempts, left.last_error, stored()) == ("queued", 0, "", set())


def test_two_workers_build_each_file_once(start: Start, now: datetime) -> None:
    people = [make_account(f"ana{number}") for number in range(6)]
    for each in people:
        give_history(each, now, 2000)
    exports = [asked(each, now, kind) for each in people for kind in (ExportKind.TRANSACTIONS, ExportKind.ARCHIVE)]
    pair = [start(), start()]
    until(lambda: all(is_ready(export) for export in exports), "all files")
    assert [worker.end()[0] for worker in pair] == [0, 0]
    assert (set(Export.objects.values_list("attempts", flat=True)), ready_events(), len(stored())) == ({1}, 12, 12)


def test_worker_once_builds_too(ana: Account, now: datetime) -> None:
    export = asked(ana, now, ExportKind.IDENTITY)
    call_command("worker", "--once")
    assert is_ready(export)
