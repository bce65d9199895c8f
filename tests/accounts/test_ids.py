"""Keys and references."""

import re
import time
from datetime import timedelta
from uuid import RFC_4122, UUID

import time_machine

from accounts.ids import REFERENCE_ALPHABET, new_reference, shard_of, uuid7, uuid7_floor


def test_key_is_version_seven_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    key = uuid7()
    after = time.time_ns() // 1_000_000
    assert (key.version, key.variant) == (7, RFC_4122)
    assert before <= key.int >> 80 <= after


def test_keys_of_one_process_are_in_order_within_a_millisecond() -> None:
    with time_machine.travel(1_800_000_000.0001, tick=False):
        first = uuid7()
    with time_machine.travel(1_800_000_000.0002, tick=False):
        second = uuid7()
    assert first.int >> 64 < second.int >> 64


def test_keys_are_unique() -> None:
    assert len({uuid7() for _number in range(10_000)}) == 10_000


def test_floor_is_below_all_keys_made_since() -> None:
    with time_machine.travel(1_800_000_000, tick=False):
        old = uuid7()
    with time_machine.travel(1_800_000_060, tick=False):
        new = uuid7()
        assert old < uuid7_floor(timedelta(seconds=59)) < new
        assert uuid7_floor(timedelta(seconds=60)) < old
    assert uuid7_floor(timedelta(), before=old) < old < uuid7_floor(timedelta(milliseconds=-1), before=old)
    assert uuid7_floor(timedelta(days=99999)) == UUID(int=0)


def test_shard_comes_from_the_random_end() -> None:
    assert [shard_of(UUID(int=number)) for number in (0, 255, 256, 257)] == [0, 255, 0, 1]


def test_reference_has_nothing_to_misread() -> None:
    references = {new_reference("CL") for _number in range(1000)}
    assert len(references) == 1000
    assert all(re.fullmatch(rf"CL-[{REFERENCE_ALPHABET}]{{4}}-[{REFERENCE_ALPHABET}]{{4}}", r) for r in references)
    assert not set("01IO") & set(REFERENCE_ALPHABET)
