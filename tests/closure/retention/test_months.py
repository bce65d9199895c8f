"""Key files: made once and whole, private, readable by the ring alone, gone when destroyed."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from closure.retention import months
from closure.retention.exceptions import KeyGone, Unreadable
from closure.retention.months import KeyFolder, Keys, store
from tests.closure.retention.sealing import ring_of
from tests.races import race

MONTH = "2031-11"
pytestmark = pytest.mark.row("H04")


@pytest.fixture
def keys(key_folder: Path) -> KeyFolder:
    made = KeyFolder(key_folder)
    made.create(MONTH, 1)
    return made


def test_create_makes_a_private_file_in_a_private_folder(keys: KeyFolder, key_folder: Path) -> None:
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (key_folder, key_folder / f"{MONTH}.1.key")]
    assert (modes, [path.name for path in key_folder.iterdir()]) == ([0o700, 0o600], [f"{MONTH}.1.key"])


def test_create_again_keeps_the_key(keys: KeyFolder) -> None:
    before = keys.read(MONTH, 1)
    keys.create(MONTH, 1)
    assert (keys.read(MONTH, 1), len(before)) == (before, 32)


def test_create_gives_each_month_and_generation_its_own(keys: KeyFolder) -> None:
    keys.create(MONTH, 2)
    keys.create("2031-12", 1)
    assert len({keys.read(MONTH, 1), keys.read(MONTH, 2), keys.read("2031-12", 1)}) == 3
    assert (keys.months(), keys.generations(MONTH)) == ([MONTH, "2031-12"], [1, 2])


@pytest.mark.django_db(transaction=True)  # the threads of a race open connections
def test_create_by_eight_at_once_makes_one_key(key_folder: Path) -> None:
    folder = KeyFolder(key_folder)

    def make() -> bytes:
        folder.create(MONTH, 1)
        return folder.read(MONTH, 1)

    made = race(8, make)
    assert (len(set(map(str, made))), len(list(key_folder.iterdir()))) == (1, 1)


def test_create_survives_what_a_killed_process_left(keys: KeyFolder, key_folder: Path) -> None:
    (key_folder / "2031-12.1.abcd.new").write_bytes(b"half")
    keys.create("2031-12", 1)
    assert len(keys.read("2031-12", 1)) == 32


def test_file_holds_no_key_in_plain(keys: KeyFolder, key_folder: Path) -> None:
    assert keys.read(MONTH, 1) not in (key_folder / f"{MONTH}.1.key").read_bytes()


def test_read_refuses_every_changed_bit(keys: KeyFolder, key_folder: Path) -> None:
    path = key_folder / f"{MONTH}.1.key"
    whole = path.read_bytes()
    opened = []
    for bit in range(len(whole) * 8):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bytes(changed))
        try:
            opened.append((bit, keys.read(MONTH, 1)))
        except Unreadable:
            continue
    assert opened == []


def test_read_refuses_the_file_of_another_month(keys: KeyFolder, key_folder: Path) -> None:
    (key_folder / f"{MONTH}.1.key").rename(key_folder / "2031-12.1.key")
    with pytest.raises(Unreadable):
        keys.read("2031-12", 1)


@pytest.mark.parametrize("wrong", ["../2031-11", "2031-11/", "", "2031", "*"])
def test_names_that_are_no_months_reach_no_file(keys: KeyFolder, wrong: str) -> None:
    for ask in (lambda: keys.read(wrong, 1), lambda: keys.create(wrong, 1), lambda: keys.destroy(wrong)):
        with pytest.raises(Unreadable):
            ask()


def test_read_tells_what_is_gone_from_what_cannot_be_read(keys: KeyFolder, key_folder: Path, settings: Any) -> None:
    with pytest.raises(KeyGone):
        keys.read(MONTH, 2)
    (key_folder / f"{MONTH}.2.key").mkdir()
    with pytest.raises(Unreadable):
        keys.read(MONTH, 2)
    settings.ARCHIVE_KEYS = ring_of(9)
    with pytest.raises(Unreadable, match="ARCHIVE_KEYS has no version 1"):
        keys.read(MONTH, 1)


def test_rewrap_keeps_the_key_and_needs_the_old_ring_no_more(keys: KeyFolder, settings: Any) -> None:
    settings.ARCHIVE_KEYS = ring_of(1)
    keys.create("2032-01", 1)
    before = keys.read("2032-01", 1)
    settings.ARCHIVE_KEYS = ring_of(2, 1)
    assert (keys.rewrap("2032-01", 1), keys.rewrap("2032-01", 1)) == (True, False)
    settings.ARCHIVE_KEYS = ring_of(2)
    assert keys.read("2032-01", 1) == before


def test_destroy_leaves_nothing_of_the_month(keys: KeyFolder, key_folder: Path) -> None:
    keys.create(MONTH, 2)
    keys.create("2031-12", 1)
    (key_folder / f"{MONTH}.1.abcd.new").write_bytes(b"left by a killed process")
    assert (keys.destroy(MONTH), keys.destroy(MONTH)) == (3, 0)
    assert [path.name for path in key_folder.iterdir()] == ["2031-12.1.key"]
    with pytest.raises(KeyGone):
        keys.read(MONTH, 1)


def test_destroy_before_keeps_the_newest(keys: KeyFolder) -> None:
    keys.create(MONTH, 2)
    assert (keys.destroy(MONTH, before=2), keys.generations(MONTH)) == (1, [2])


def test_destroy_overwrites_before_it_unlinks(keys: KeyFolder, key_folder: Path) -> None:
    path = key_folder / f"{MONTH}.1.key"
    linked = key_folder.parent / "still-open"
    os.link(path, linked)
    size = linked.stat().st_size
    keys.destroy(MONTH)
    assert linked.read_bytes() == bytes(size)


def test_keys_are_read_once_for_an_operation_and_by_the_next_again(keys: KeyFolder) -> None:
    known = Keys()
    before = known.get(MONTH, 1)
    keys.destroy(MONTH)
    assert known.get(MONTH, 1) is before
    with pytest.raises(KeyGone):
        Keys().get(MONTH, 1)


def test_store_is_the_folder_of_the_settings(keys: KeyFolder) -> None:
    assert store().months() == [MONTH]
    assert isinstance(months.store(), KeyFolder)
