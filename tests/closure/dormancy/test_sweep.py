"""Who stays away becomes inactive and dormant at the dates of the policy, told of each before it; nothing is taken."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from accounts import activity, residence
from accounts.enums import AccountStatus, NoticeMatter, RestrictionKind
from accounts.messages import late
from accounts.models import Account, DormancyNotice, OutboxMessage, Restriction, SweepMark
from accounts.status import change_status
from closure.dormancy import marks, report, sweep
from closure.dormancy.dates import Period, midnight, reached_on
from closure.dormancy.jurisdictions import table
from closure.exchange.ledger.models import LedgerHolding
from closure.policy import loader
from closure.retention.models import LegalHold
from tests.closure.dormancy.sleepers import DAY, asleep, many_asleep, moves, stands, swept
from tests.closure.scenes import SYSTEM
from tests.factories import make_staff
from tests.outbox import messages, opened
from tests.races import race

pytestmark = pytest.mark.django_db
S = AccountStatus
TWO_YEARS = 2 * 366


def sent(account: Account) -> list[tuple[str, datetime]]:
    """Return the notices to an account: template, and the date that it names."""
    return [(each.template, opened(each).context["on"]) for each in messages(account)]


@pytest.mark.row("I03", "I06")
def test_half_a_year_without_activity_is_inactive(now: datetime) -> None:
    ana, ben = asleep("ana", 182, now=now), asleep("ben", 179, now=now)
    assert swept(now=now) == {"inactive": 1}
    assert (stands(ana), stands(ben)) == (("inactive", {}), ("active", {}))
    assert list(moves()) == [b'{"from":"active","reason":"inactivity","to":"inactive"}']
    assert (messages(ana), swept(now=now)) == ([], {})


@pytest.mark.row("I03", "I04", "I06")
def test_dormant_comes_on_the_date_that_three_notices_named(now: datetime) -> None:
    ana = asleep("ana", 600, now=now)
    day = reached_on(ana.last_active_at, Period(years=2))
    left = (day - now.date()).days
    done = {before: swept(now=now + (left - before) * DAY) for before in (61, 60, 59, 8, 7, 2, 1, 0, -1)}
    assert {before: what for before, what in done.items() if what} == {
        61: {"inactive": 1},
        60: {"dormancy_announced": 1},
        7: {"told_7_days_before": 1},
        1: {"told_1_days_before": 1},
        0: {"dormant": 1},
    }
    assert stands(ana) == ("dormant", {"dormancy": 0})
    assert sent(ana) == [("dormancy_notice", midnight(day))] * 3
    assert moves()[b'{"from":"inactive","reason":"inactivity","to":"dormant"}'] == 1


@pytest.mark.row("I06")
def test_whoever_is_found_late_has_the_whole_notice(now: datetime) -> None:
    ana = asleep("ana", 3000, now=now)
    assert swept(now=now) == {"inactive": 1, "dormancy_announced": 1}
    assert DormancyNotice.objects.get(account=ana).on == (now + 60 * DAY).date()


@pytest.mark.row("I06")
def test_a_date_that_passed_untold_moves_and_is_told_again(now: datetime) -> None:
    ana = asleep("ana", 3000, now=now)
    swept(now=now)
    late = now + 70 * DAY
    assert swept(now=late) == {"told_1_days_before": 1}
    assert (DormancyNotice.objects.get(account=ana).on, stands(ana)[0]) == ((late + DAY).date(), "inactive")
    assert sent(ana)[-1][1].date() == (late + DAY).date()
    assert swept(now=late + DAY) == {"dormant": 1}


@pytest.mark.row("I04")
@pytest.mark.parametrize("preset", ["binance", "pionex", "binance-cooling-off"])
def test_policy_that_never_calls_dormant_announces_nothing(preset: str, now: datetime, settings: Any) -> None:
    ana, ben = asleep("ana", 3000, now=now), asleep("ben", 150, now=now)
    assert swept(now=now) == {"inactive": 1, "dormancy_announced": 1}
    settings.PORTAL_POLICY = preset
    assert [swept(now=now + days * DAY) for days in (0, 59, 60, 70)] == [{}, {"inactive": 1}, {}, {}]
    assert (stands(ben), stands(ana)[0]) == (("inactive", {}), "inactive")


@pytest.mark.row("H03", "I04")
@pytest.mark.parametrize(
    ("country", "region", "years"), [("US", "CA", 3), ("US", "ZZ", 3), ("US", "DE", 5), ("NO", "", None)]
)
@pytest.mark.parametrize("status", [S.DORMANT, S.DISABLED])
def test_unclaimed_property_is_told_once_a_year_before_as_the_place_asks(
    status: AccountStatus, country: str, region: str, years: int | None, now: datetime
) -> None:
    ana = asleep("ana", 700, now=now, status=status, country=country, region=region)
    date = reached_on(ana.last_active_at, Period(years=years)) if years else None
    days = [] if date is None else [(date - now.date()).days - before for before in (366, 365, 364, 0, -400)]
    done = [swept(now=now + day * DAY) for day in days or (0, 400, 3000)]
    assert done == ([{}, {"unclaimed_announced": 1}, {}, {}, {}] if date else [{}, {}, {}])
    assert stands(ana) == (status, {"unclaimed": 365} if date else {})
    assert sent(ana) == ([("unclaimed_notice", midnight(date))] if date else [])


@pytest.mark.row("H03", "I04")
@pytest.mark.parametrize(("before", "after", "days"), [("DE", "CA", 180), ("CA", "DE", 365)])
def test_who_moved_is_told_of_the_date_of_the_new_place(before: str, after: str, days: int, now: datetime) -> None:
    # By the law of Delaware the date is a year away; by that of California it was a year ago.
    ana = asleep("ana", 5 * 366 - 365, now=now, status=S.DORMANT, country="US", region=before)
    assert swept(now=now) == {"unclaimed_announced": 1}
    ana.refresh_from_db()
    assert residence.move(ana, country="US", region=before) == []
    assert residence.move(ana, country="US", region=after) == ["region"]
    (message,) = messages(ana)
    assert late.complete(message, opened(message), now=now) is None
    later = now + marks.ROUND
    assert (list(report.rows()), swept(now=later)) == ([], {"unclaimed_announced": 1})
    by_law = reached_on(ana.last_active_at, Period(years=table()[f"US-{after}"].years))
    on = max(by_law, (later + 180 * DAY).date())
    assert (on - now.date()).days in range(days - 7, days + 8)
    assert [row.on for row in DormancyNotice.objects.filter(account=ana)] == [on]
    assert sent(ana)[1] == ("unclaimed_notice", midnight(on))


@pytest.mark.row("H03", "I04")
def test_policy_says_when_where_no_law_is_listed(now: datetime, settings: Any, tmp_path: Path) -> None:
    own = (loader.PRESETS / "standard.toml").read_text().replace('unclaimed_years = "none"', "unclaimed_years = 3")
    (tmp_path / "own.toml").write_text(own)
    settings.PORTAL_POLICY = str(tmp_path / "own.toml")
    ana = asleep("ana", 3 * 366 - 365, now=now, status=S.DORMANT)
    cal = asleep("cal", 3 * 366, now=now, status=S.DORMANT, country="US", region="DE")
    assert swept(now=now) == {"unclaimed_announced": 1}
    assert (stands(ana), stands(cal)) == (("dormant", {"unclaimed": 365}), ("dormant", {}))


@pytest.mark.row("H03")
def test_whoever_is_past_the_date_is_told_half_a_year_before_anything(now: datetime) -> None:
    ana = asleep("ana", 3000, now=now, status=S.DORMANT, country="US", region="CA")
    swept(now=now)
    assert DormancyNotice.objects.get(account=ana).on == (now + 180 * DAY).date()


@pytest.mark.row("I01", "I02")
def test_nothing_is_taken_whatever_the_time(now: datetime) -> None:
    ana = asleep("ana", 100, now=now, country="US", region="CA")
    LedgerHolding.objects.create(account_id=ana.pk, area="spot", asset="BTC", amount="0.1", external_id="a")
    for days in (0, 100, 700, 760, 770, 1000, 4000):
        swept(now=now + days * DAY)
    assert stands(ana)[0] == "dormant"
    assert list(LedgerHolding.objects.values_list("account_id", "asset", "amount")) == [(ana.pk, "BTC", "0.1")]


@pytest.mark.parametrize(("status", "region"), [(S.FROZEN, "CA"), (S.CLOSED, "CA"), (S.DISABLED, ""), (S.DORMANT, "")])
def test_other_states_are_left_alone(status: AccountStatus, region: str, now: datetime) -> None:
    ana = asleep("ana", 3000, now=now, status=status, country="US" if region else "NO", region=region)
    assert (swept(now=now), stands(ana)) == ({}, (status, {}))


def test_staff_and_what_law_or_risk_holds_are_left_alone(now: datetime) -> None:
    make_staff("sam", last_active_at=now - 3000 * DAY)
    ana, ben, cal = (asleep(name, 3000, now=now) for name in ("ana", "ben", "cal"))
    hold = LegalHold.objects.create(
        account_id=ana.pk, case_number="12/2026", basis="order", placed_at=now, placed_by=ben.pk, review_on=now.date()
    )
    Restriction.objects.create(account=ben, kind=RestrictionKind.JUDICIAL_FREEZE, placed_at=now, placed_by="core:core")
    Restriction.objects.create(account=cal, kind=RestrictionKind.NEGATIVE_BALANCE, placed_at=now, placed_by="core:core")
    assert swept(now=now) == {"inactive": 1, "dormancy_announced": 1}
    assert (stands(ana)[0], stands(ben)[0], stands(cal)[0]) == ("active", "active", "inactive")
    hold.delete()
    # It was passed over: the next whole round finds it.
    assert swept(now=now + DAY) == {}
    assert swept(now=now + marks.ROUND) == {"inactive": 1, "dormancy_announced": 1}
    assert stands(ana) == ("inactive", {"dormancy": 60})


@pytest.mark.row("I06")
def test_being_active_again_forgets_what_was_announced(now: datetime) -> None:
    ana = asleep("ana", 3000, now=now)
    swept(now=now)
    back = now + 59 * DAY
    ana.refresh_from_db()
    activity.note(ana, at=back)
    change_status(ana, S.ACTIVE, actor=SYSTEM, reason="sign_in", now=back)
    assert (swept(now=now + 60 * DAY), stands(ana)) == ({}, ("active", {}))
    assert swept(now=back + 182 * DAY) == {"inactive": 1}
    assert swept(now=back + (TWO_YEARS - 60) * DAY) == {"dormancy_announced": 1}
    assert DormancyNotice.objects.get(account=ana).on > (back + 730 * DAY).date()


def test_next_days_cost_what_crossed_the_line(now: datetime) -> None:
    many_asleep(20, now=now, status=S.INACTIVE)
    swept(now=now)
    ana = asleep("ana", 728 - 60, now=now, status=S.INACTIVE)
    announced = reached_on(ana.last_active_at, Period(years=2)) - 60 * DAY
    assert swept(now=now + (announced - now.date())) == {"dormancy_announced": 1}
    reached = SweepMark.objects.get(line=NoticeMatter.DORMANCY).reached_at
    assert reached is not None
    assert reached > now - (730 - 60) * DAY


def test_limit_and_batches_leave_the_rest_to_the_next_run(now: datetime) -> None:
    many_asleep(7, now=now, status=S.INACTIVE)
    told: list[tuple[str, int]] = []
    swept(now=now, batch_size=2, limit=5, report=lambda what, count: told.append((what, count)))
    assert told == [("dormancy_announced", 2), ("dormancy_announced", 2), ("dormancy_announced", 1)]
    told.clear()
    more = swept(now=now, batch_size=1, report=lambda what, count: told.append((what, count)), stop=lambda: bool(told))
    assert more == {"dormancy_announced": 1}
    assert swept(now=now, batch_size=2) == {"dormancy_announced": 1}
    assert OutboxMessage.objects.count() == 7


def test_worker_does_a_small_step_at_a_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "STEP", 3)
    many_asleep(5, now=now, status=S.INACTIVE)
    assert [sweep.step(now) for _time in range(3)] == [{"dormancy": 3}, {"dormancy": 2}, {"dormancy": 0}]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_tell_everybody_once(now: datetime) -> None:
    many_asleep(40, now=now, status=S.ACTIVE)
    results = race(2, lambda: swept(now=now, batch_size=7))
    assert sum(done.get("dormancy_announced", 0) for done in results if isinstance(done, dict)) == 40
    assert sorted(moves().values()) == [40]
    assert OutboxMessage.objects.values("account_id").distinct().count() == OutboxMessage.objects.count() == 40
