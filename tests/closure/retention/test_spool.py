"""Parts that wait to be sealed: as they were put, never in plain, a bounded amount in memory."""

import os

import pytest

from accounts.ids import uuid7
from closure.retention import spool
from closure.retention.spool import Spool

ANA, BEN = uuid7(), uuid7()


def test_read_returns_the_parts_of_an_owner_in_order() -> None:
    with Spool() as held:
        for owner, part in ((ANA, b"one"), (BEN, b"other"), (ANA, b""), (ANA, b"two")):
            held.put(owner, part)
        first, second = held.read(ANA), held.read(BEN)
        # Taken by turns: each finds its own place.
        assert [next(first), next(second), *first] == [b"one", b"other", b"", b"two"]


def test_drop_forgets_an_owner() -> None:
    with Spool() as held:
        held.put(ANA, b"one")
        held.drop(ANA)
        assert list(held.read(ANA)) == []


@pytest.mark.parametrize("most", [0, 100, 10_000_000])
def test_large_parts_go_through_a_file_without_a_name(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST_IN_MEMORY", max(most, 1))
    whole = os.urandom(50_000)
    with Spool() as held:
        held.put(ANA, whole)
        held.put(ANA, b"end")
        assert list(held.read(ANA)) == [whole, b"end"]


def test_nothing_is_kept_in_plain() -> None:
    with Spool() as held:
        held.put(ANA, b"planted-7Q")
        held._file.seek(0)
        assert b"planted" not in held._file.read()
