"""The dates of what must wait: over calendars, caps, locks, holidays and changes of clocks (A20, B04, B05)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from closure.enums import Area, TransferKind
from closure.exchange.contract import CapUse
from closure.exchange.ledger.prices import BUSINESS_DAYS, HOME, settles_at
from closure.preflight.business_days import calendar_of
from closure.preflight.caps import Load, daily_cap, room, schedule
from closure.preflight.checks import staking
from closure.preflight.runner import assess
from closure.preflight.vetting import Vetted
from tests.closure.preflight.builders import CLEAR, NOW, STANDARD, areas_with, holding, view

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CAP = Decimal(2)
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2034, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
BANKS = st.sampled_from([TransferKind.BANK, TransferKind.SWIFT, TransferKind.LOCAL])
PARTS = st.decimals("0.1", "7", places=1)
USES = st.lists(st.tuples(st.integers(0, 30), PARTS), max_size=4)
LOADS = st.lists(st.tuples(st.integers(0, 60), PARTS), min_size=1, max_size=4)


def slowly(loads: list[tuple[int, Decimal]], used: list[tuple[int, Decimal]]) -> int:
    """Return the hour of the last withdrawal, sent as soon as each hour lets it: the long way round."""
    sent = [(-hours, amount) for hours, amount in used]
    waiting = sorted(loads)
    hour = last = 0
    while waiting:
        free = CAP - sum((amount for at, amount in sent if at > hour - 24), Decimal(0))
        while waiting and waiting[0][0] <= hour and free > 0:
            at, amount = waiting.pop(0)
            part = min(amount, free)
            sent.append((hour, part))
            last, free = hour, free - part
            if amount > part:
                waiting.insert(0, (at, amount - part))
        hour += 1
    return last


@pytest.mark.row("A20", "B05")
@given(loads=LOADS, used=USES)
def test_schedule_is_what_sending_hour_by_hour_comes_to(
    loads: list[tuple[int, Decimal]], used: list[tuple[int, Decimal]]
) -> None:
    planned = schedule(
        [Load(at=NOW + hours * HOUR, btc=amount) for hours, amount in loads],
        cap=CAP,
        now=NOW,
        used=[CapUse(at=NOW - hours * HOUR, btc=amount) for hours, amount in used],
    )
    assert planned.last == NOW + slowly(loads, used) * HOUR


@pytest.mark.row("A20", "B05")
def test_250_btc_at_level_1_end_on_day_124_however_far_it_has_come() -> None:
    whole = Vetted(areas=areas_with(holding("BTC", "250", None)), prices={"BTC": Decimal(62500)})
    level_1 = replace(CLEAR, identity_level=1)
    end = NOW + 124 * DAY + HOUR
    assert assess(whole, level_1, policy=STANDARD, now=NOW).earliest == end
    for days in range(124):
        sent = CapUse(at=NOW + days * DAY, btc=CAP)
        left = holding("BTC", str(250 - 2 * (days + 1)), None)
        vetted = Vetted(areas=areas_with(left), prices={"BTC": Decimal(62500)}, cap_used=(sent,))
        # An hour after the withdrawal of that day, and whenever one looks again, the end is the same.
        assert assess(vetted, level_1, policy=STANDARD, now=NOW + days * DAY + HOUR).earliest == end


@pytest.mark.row("B05")
def test_what_left_without_a_price_leaves_no_room_for_a_day() -> None:
    used = (CapUse(at=NOW - 20 * HOUR, btc=None),)
    assert room(used, cap=CAP, now=NOW) == 0
    assert schedule([Load(at=NOW, btc=CAP)], cap=CAP, now=NOW, used=used).last == NOW + 4 * HOUR
    assert room(used, cap=CAP, now=NOW + 4 * HOUR) == CAP


@pytest.mark.row("B05")
def test_loads_without_a_price_take_a_day_each() -> None:
    assert schedule([Load(at=NOW, btc=None)] * 3, cap=CAP, now=NOW).last == NOW + 2 * DAY


@pytest.mark.row("A20")
@given(level=st.integers(0, 2), waits=st.lists(st.integers(0, 90), min_size=1, max_size=4))
def test_plan_is_never_before_the_last_lock_has_left(level: int, waits: list[int]) -> None:
    locks = [
        holding(
            "BTC", "0.5", None, Area.EARN_LOCKED, unlocks=NOW + wait * DAY, redeemable=False, external_id=str(number)
        )
        for number, wait in enumerate(waits)
    ]
    vetted = Vetted(areas=areas_with(*locks), prices={"BTC": Decimal(62500)})
    facts = replace(CLEAR, identity_level=level)
    found = assess(vetted, facts, policy=STANDARD, now=NOW)
    needed = schedule([Load(at=NOW + wait * DAY, btc=Decimal("0.5")) for wait in waits], cap=daily_cap(level), now=NOW)
    assert found.earliest is not None
    assert needed.last <= found.earliest <= needed.last + HOUR


@pytest.mark.row("A06", "A20")
def test_stake_comes_free_after_its_wait_from_now() -> None:
    stake = holding("SOL", "12", "1800", Area.STAKING, unlocks=NOW + 9 * DAY)
    [found] = staking.check(view(stake, unstaking={"SOL": 3 * DAY}), STANDARD, NOW)
    assert (found.code, found.clears_at, found.actionable) == ("staking_to_unstake", NOW + 3 * DAY, True)
    # Being unstaked already, it comes free on its day, and there is nothing to press.
    going = holding("SOL", "12", "1800", Area.STAKING, unlocks=NOW + 2 * DAY, redeemable=False)
    [found] = staking.check(view(going, unstaking={"SOL": 3 * DAY}), STANDARD, NOW)
    assert (found.code, found.clears_at, found.actionable) == ("staking_waiting", NOW + 2 * DAY, False)


@pytest.mark.row("A20")
def test_plan_counts_what_left_today() -> None:
    left = Vetted(areas=areas_with(holding("BTC", "1", None)), prices={"BTC": Decimal(62500)})
    spent = replace(left, cap_used=(CapUse(at=NOW - HOUR, btc=Decimal(100)),))
    dates = [assess(each, CLEAR, policy=STANDARD, now=NOW).earliest for each in (left, spent)]
    assert dates == [NOW + HOUR, NOW + 23 * HOUR + HOUR]


@pytest.mark.row("B04")
@given(sent=MOMENTS, kind=BANKS, currency=st.sampled_from(sorted(HOME)))
def test_bank_money_arrives_on_a_working_day_of_its_currency(sent: datetime, kind: TransferKind, currency: str) -> None:
    calendar = calendar_of(HOME[currency])
    arrives = settles_at(kind, currency, sent)
    first, last = sent.astimezone(calendar.zone).date(), arrives.astimezone(calendar.zone)
    between = [first + number * DAY for number in range(1, (last.date() - first).days + 1)]
    assert sum(calendar.is_business_day(day) for day in between) == BUSINESS_DAYS[kind]
    # At the close of business there, whatever the clocks did in between; so the day in UTC is the bank's day.
    assert (calendar.is_business_day(last.date()), last.hour, last.minute) == (True, 17, 0)
    assert arrives.date() == last.date()


@pytest.mark.row("B04")
@pytest.mark.parametrize(
    ("currency", "holiday"),
    [
        ("EUR", date(2026, 12, 25)),
        ("EUR", date(2027, 3, 26)),  # Good Friday
        ("USD", date(2026, 11, 26)),  # Thanksgiving
        ("GBP", date(2026, 12, 28)),  # Boxing Day, moved
        ("JPY", date(2026, 5, 5)),
        ("BRL", date(2026, 11, 20)),
        ("TRY", date(2026, 10, 29)),
    ],
)
def test_holidays_of_a_currency_are_none_of_its_business_days(currency: str, holiday: date) -> None:
    assert not calendar_of(HOME[currency]).is_business_day(holiday)


@given(sent=MOMENTS, kind=BANKS, currency=st.sampled_from(sorted(HOME)), later=st.timedeltas(timedelta(), 30 * DAY))
def test_money_sent_later_never_arrives_earlier(
    sent: datetime, kind: TransferKind, currency: str, later: timedelta
) -> None:
    assert settles_at(kind, currency, sent + later) >= settles_at(kind, currency, sent)
