"""A process that was taken over by a photo gets nothing: no file, no network, no other process, no more of anything."""

import dataclasses
import errno
import os
import sys
import time
from pathlib import Path

import pytest

from closure.evidence import sandbox
from closure.evidence.limits import DECODING
from tests.closure.evidence.probe import PLACE

pytestmark = pytest.mark.row("J13")
PROBE = "tests.closure.evidence.probe"


def probe(what: str, *, patience: float = 20.0, file: bytes = b"") -> sandbox.Told:
    limits = dataclasses.replace(DECODING, patience=patience)
    return sandbox.run(PROBE, what, file=file, limits=limits)


def test_process_may_do_nothing_but_compute() -> None:
    tried = probe("tries").facts["told"]
    assert (len(tried), tried.pop("raise")) == (9, "ValueError")
    assert set(tried.values()) == {"PermissionError"}
    assert not Path(PLACE).exists()


def test_process_gets_the_file_and_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "of the portal")
    told = probe("echo", file=bytes(3_000_000))
    assert told.facts["told"]["read"] == 3_000_000
    assert set(told.facts["told"]["environment"]) <= {*sandbox._ENVIRONMENT, "LC_CTYPE"}
    assert (told.photo, told.facts["peak_kb"] > 5_000, told.facts["seconds"] > 0.01) == (b"\xff", True, True)


@pytest.mark.parametrize("what", ["memory", "flood", "lie", "die", "unknown"])
def test_process_that_wants_more_or_says_nonsense_is_no_answer(what: str) -> None:
    with pytest.raises(sandbox.NoAnswer):
        probe(what)


def test_machine_that_starts_no_process_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(sandbox.NotStarted):
        probe("echo")


def test_process_that_cannot_be_watched_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []

    def refuse(pid: int) -> int:
        begun.append(pid)
        raise OSError(errno.EMFILE, "no handle left")

    monkeypatch.setattr(os, "pidfd_open", refuse)
    with pytest.raises(sandbox.NotStarted):
        probe("sleep")
    assert [Path(f"/proc/{pid}").exists() for pid in begun] == [False]


def test_process_that_computes_for_ever_ends_after_two_seconds_of_work() -> None:
    with pytest.raises(sandbox.NoAnswer) as ended:
        probe("forever")
    assert ended.value.args == (-9,)


def test_process_that_waits_for_ever_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(sandbox.NoAnswer):
        probe("sleep", patience=0.5)
    assert time.monotonic() - began < 10
