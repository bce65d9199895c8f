"""The block list: blocked to the microsecond, by the latest date, under every key, and unreadable (group G)."""

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from accounts import blocked
from accounts.blocked import NO_END, Blocked
from accounts.enums import IdentifierKind
from accounts.fingerprints import fingerprint
from accounts.ids import uuid7
from accounts.models import BlockedIdentity
from portal.env import KeyRing
from tests.blocking import MONTH, block, closed_with, entry

pytestmark = pytest.mark.django_db

K = IdentifierKind
ANA, NUMBER = "ana@example.test", "123456789"
MICROSECOND, YEAR = timedelta(microseconds=1), timedelta(days=365)
OLD, NEW = KeyRing(((1, b"f" * 32),)), KeyRing(((2, b"n" * 32), (1, b"f" * 32)))
_turns = count()

moments = st.datetimes(datetime(2024, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
periods = st.timedeltas(MICROSECOND, 7 * YEAR)
ODD = [
    datetime(2028, 2, 29, 12, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
]


@pytest.mark.row("G08", "G01", "G02", "G03")
@given(closed=moments | st.sampled_from(ODD), period=periods, kind=st.sampled_from(K))
def test_block_stands_to_its_last_microsecond_and_no_longer(
    closed: datetime, period: timedelta, kind: IdentifierKind
) -> None:
    value = f"x{next(_turns)}"
    ends = closed + period
    made = entry(K.DOCUMENT, value, until=ends)
    made = blocked.Entry(**{**vars(made), "kind": kind, "fingerprint": fingerprint(kind, value)})
    blocked.block([made], now=closed)
    moments_of_it = (closed, ends - MICROSECOND, ends, ends + MICROSECOND)
    assert [blocked.until(kind, value, now=at) for at in moments_of_it] == [ends, ends, None, None]


@pytest.mark.row("G03")
def test_of_two_closings_the_later_date_counts(now: datetime) -> None:
    block(K.EMAIL, ANA, now=now, until=now + 2 * MONTH)
    block(K.EMAIL, ANA, now=now + MONTH, until=now + MONTH + timedelta(days=3))
    assert blocked.until(K.EMAIL, ANA, now=now + MONTH) == now + 2 * MONTH
    block(K.EMAIL, ANA, now=now + MONTH, until=now + 3 * MONTH)
    assert blocked.until(K.EMAIL, ANA, now=now + MONTH) == now + 3 * MONTH


def test_kinds_do_not_block_each_other(now: datetime) -> None:
    block(K.DOCUMENT, NUMBER, now=now)
    assert blocked.until(K.NATIONAL_NUMBER, NUMBER, now=now) is None


def test_run_again_moves_a_date_later_and_never_earlier(now: datetime) -> None:
    made = entry(K.EMAIL, ANA, until=now + MONTH)
    dates = []
    for shift in (timedelta(0), -timedelta(days=1), timedelta(days=1), timedelta(0)):
        again = blocked.Entry(**{**vars(made), "until": made.until + shift})
        blocked.block([again], now=now + shift)
        row = BlockedIdentity.objects.get()
        dates.append((row.blocked_until - made.until, row.counted_from - now))
    day = timedelta(days=1)
    assert dates == [(timedelta(0),) * 2, (timedelta(0),) * 2, (day, day), (day, day)]


def test_block_is_set_based(now: datetime, django_assert_num_queries: object) -> None:
    def entries(number: int) -> list[blocked.Entry]:
        return [entry(K.EMAIL, f"a{next(_turns)}@example.test", until=now + MONTH) for _ in range(number)]

    for number in (1, 30):
        with django_assert_num_queries(2):  # type: ignore[operator]
            blocked.block(entries(number), now=now)
    assert BlockedIdentity.objects.count() == 31


@pytest.mark.row("G04")
def test_closing_that_comes_later_moves_the_dates_by_as_much(now: datetime) -> None:
    late, early = entry(K.EMAIL, ANA, until=now + MONTH), entry(K.PHONE, "+14155550101", until=now + MONTH)
    blocked.block([late, early], now=now)
    hour = timedelta(hours=1)
    moved = [blocked.postpone([late.file_id], closed_at=now + shift) for shift in (hour, hour, timedelta(0))]
    assert moved == [1, 0, 0]
    assert blocked.until(K.EMAIL, ANA, now=now) == now + MONTH + hour
    assert blocked.until(K.PHONE, "+14155550101", now=now) == now + MONTH


@pytest.mark.row("G05")
def test_number_blocked_while_archived_moves_with_its_archive_later_only(now: datetime) -> None:
    made = entry(K.NATIONAL_NUMBER, NUMBER, until=now + 5 * YEAR, while_archived=True)
    other = entry(K.EMAIL, ANA, until=now + MONTH, file_id=made.file_id, account_id=made.account_id)
    blocked.block([made, other], now=now)
    moved = [blocked.keep_while_archived({made.file_id: now + years * YEAR}) for years in (4, 7, 6)]
    assert moved == [0, 1, 0]
    assert blocked.until(K.NATIONAL_NUMBER, NUMBER, now=now) == now + 7 * YEAR
    assert blocked.until(K.EMAIL, ANA, now=now) == now + MONTH
    assert blocked.postpone([made.file_id], closed_at=now + timedelta(hours=1)) == 1
    assert blocked.until(K.NATIONAL_NUMBER, NUMBER, now=now) == now + 7 * YEAR


@pytest.mark.row("G05", "H05")
def test_number_blocked_while_archived_stays_blocked_while_the_archive_is_held(now: datetime) -> None:
    held: set[UUID] = set()
    blocked.set_held(lambda keys: held & set(keys))
    number = entry(K.NATIONAL_NUMBER, NUMBER, until=now + MONTH, while_archived=True)
    email = entry(K.EMAIL, ANA, until=now + MONTH, account_id=number.account_id, file_id=number.file_id)
    blocked.block([number, email], now=now)
    after = now + MONTH
    assert blocked.until(K.NATIONAL_NUMBER, NUMBER, now=after) is None
    held.add(number.account_id)
    # A date that was promised is kept: a hold does not show by it.
    kinds = ((K.NATIONAL_NUMBER, NUMBER), (K.EMAIL, ANA))
    assert [blocked.until(kind, value, now=after) for kind, value in kinds] == [NO_END, None]
    held.clear()
    assert blocked.until(K.NATIONAL_NUMBER, NUMBER, now=after) is None


@pytest.mark.row("G08")
def test_fingerprint_under_an_old_key_still_blocks_and_is_renewed(settings: Settings, now: datetime) -> None:
    settings.FINGERPRINT_KEYS = OLD
    block(K.EMAIL, ANA, now=now)
    block(K.EMAIL, "ben@example.test", now=now)
    settings.FINGERPRINT_KEYS = NEW
    assert blocked.until(K.EMAIL, "cid@example.test", now=now) is None
    assert list(BlockedIdentity.objects.values_list("key_version", flat=True)) == [1, 1]
    assert blocked.until(K.EMAIL, ANA, now=now) == now + MONTH
    settings.FINGERPRINT_KEYS = KeyRing(NEW.keys[:1])
    assert blocked.until(K.EMAIL, ANA, now=now) == now + MONTH
    assert sorted(BlockedIdentity.objects.values_list("key_version", flat=True)) == [1, 2]


@pytest.mark.row("G08")
def test_nothing_in_the_table_can_be_read(now: datetime) -> None:
    typed = {K.EMAIL: ANA, K.PHONE: "+14155550101", K.DOCUMENT: "X-ANA-1", K.NATIONAL_NUMBER: NUMBER}
    for kind, value in typed.items():
        block(kind, value, now=now)
    cells = [_bytes(cell) for row in BlockedIdentity.objects.values_list() for cell in row]
    plain = [*typed.values(), "XANA1", "ana", "example", "4155550101"]
    assert [text for text in plain for cell in cells if text.encode() in cell] == []
    assert len(BlockedIdentity.objects.values_list("fingerprint").distinct()) == 4


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, memoryview | bytes) else str(cell).encode()


def test_of_file_says_what_a_closure_blocked(now: datetime) -> None:
    phone = entry(K.PHONE, "+14155550101", until=now + 2 * MONTH)
    email = entry(K.EMAIL, ANA, until=now + MONTH, file_id=phone.file_id)
    blocked.block([phone, email], now=now)
    closed_with("ben", now=now)
    assert blocked.of_files([phone.file_id])[phone.file_id] == [
        Blocked(kind=K.EMAIL, until=now + MONTH, for_ever=False),
        Blocked(kind=K.PHONE, until=now + 2 * MONTH, for_ever=False),
    ]
    assert list(blocked.of_files([uuid7()]).values()) == [[]]
