"""What the core reports of restrictions: taken once, whatever is told again, late, or in another order."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from accounts import chain, lifting, restrictions
from accounts.core_restrictions import Report, Taken, take
from accounts.enums import TIPPING_OFF, AccountStatus, RestrictionKind, RestrictionMove
from accounts.ids import uuid7
from accounts.models import Account, Event, Restriction, RestrictionReport
from tests.factories import make_account, make_staff
from tests.holding import officer
from tests.races import race

pytestmark = [pytest.mark.django_db, pytest.mark.row("K01", "A12")]
R = RestrictionKind
M = RestrictionMove
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def report(ana: Account, now: datetime, move: M, *, kind: R = R.NEGATIVE_BALANCE, minute: int = 0) -> Report:
    """Return what happened at a minute; its id says what it tells."""
    return Report(event_id=f"{kind}-{move}-{minute}", account_id=ana.pk, kind=kind, move=move, at=now + minute * MINUTE)


def kinds(ana: Account) -> list[str]:
    return [each.kind for each in restrictions.active(ana.pk)]


def test_settlement_lifts_a_negative_balance_by_itself(ana: Account, now: datetime) -> None:
    assert take(report(ana, now, M.PLACED), now=now) is Taken.PLACED
    assert kinds(ana) == ["negative_balance"]
    assert take(report(ana, now, M.LIFTED, minute=1), now=now) is Taken.LIFTED
    row = Restriction.objects.get()
    assert (row.lifted_at, row.placed_by, row.lifted_by, kinds(ana)) == (now, "core:core", "core:core", [])
    assert chain.verify()[1] is None


@pytest.mark.parametrize("kind", [kind for kind in R if kind is not R.NEGATIVE_BALANCE])
def test_any_other_lift_is_a_proposal(ana: Account, now: datetime, kind: R) -> None:
    take(report(ana, now, M.PLACED, kind=kind), now=now)
    for minute in (1, 2):
        assert take(report(ana, now, M.LIFTED, kind=kind, minute=minute), now=now) is Taken.PROPOSED
    row = Restriction.objects.get()
    assert (kinds(ana), row.lift_asked_at, row.lift_proposed_by) == ([kind], now, None)
    assert list(restrictions.lifts_waiting()) == [row]
    assert Event.objects.filter(action="restriction.lift_asked", actor="core:core").count() == 1
    if kind in TIPPING_OFF:
        # The core is none of the two.
        with pytest.raises(restrictions.NotProposed):
            lifting.confirm(row.pk, actor=officer("olga"), reason="x", now=now)
        lifting.propose(row.pk, actor=officer("olga"), reason="x", now=now)
        lifting.confirm(row.pk, actor=officer("omar"), reason="x", now=now)
    else:
        lifting.lift_alone(row.pk, actor=officer("olga"), reason="x", now=now)
    assert (kinds(ana), list(restrictions.lifts_waiting())) == ([], [])


@pytest.mark.parametrize("kind", [R.FRAUD_ALERT, R.RISK_CONTROL])
def test_proposal_of_the_core_is_taken_back(ana: Account, now: datetime, kind: R) -> None:
    for minute, move in enumerate(M):
        take(report(ana, now, move, kind=kind, minute=minute), now=now)
    row = Restriction.objects.get()
    lifting.drop(row.pk, actor=officer("olga"), reason="Not yet.", now=now)
    assert (kinds(ana), list(restrictions.lifts_waiting())) == ([kind], [])
    with pytest.raises(restrictions.NotProposed):
        lifting.drop(row.pk, actor=officer("olga"), reason="x", now=now)


def test_replays_change_nothing_and_a_contradiction_is_not_believed(ana: Account, now: datetime) -> None:
    told = [report(ana, now, M.PLACED), report(ana, now, M.LIFTED, minute=1)]
    assert [take(each, now=now).value for each in (*told, *told, *told)] == ["placed", "lifted", *["known"] * 4]
    wrong = [
        replace(told[1], kind=R.JUDICIAL_FREEZE),
        replace(told[1], move=M.PLACED),
        replace(told[1], at=now),
        replace(told[1], account_id=make_account("ben").pk),
    ]
    assert [take(each, now=now) for each in wrong] == [Taken.CONTRADICTED] * 4
    assert (Restriction.objects.count(), RestrictionReport.objects.count()) == (1, 2)


def test_order_of_arrival_does_not_matter(now: datetime) -> None:
    """Placed, lifted and placed again: whichever comes first, it stands at the end; without the last, it does not."""
    for number, order in enumerate(permutations([(M.PLACED, 0), (M.LIFTED, 1), (M.PLACED, 2)])):
        ben = make_account(f"ben{number}")
        for move, minute in order:
            told = report(ben, now, move, minute=minute)
            take(replace(told, event_id=f"{number}-{minute}"), now=now)
        assert kinds(ben) == ["negative_balance"], order
    for number, order in enumerate(permutations([(M.PLACED, 0), (M.LIFTED, 1)])):
        cid = make_account(f"cid{number}")
        for move, minute in order:
            take(replace(report(cid, now, move, minute=minute), event_id=f"c{number}-{minute}"), now=now)
        assert kinds(cid) == [], order


def test_lift_at_the_same_time_as_a_placing_lifts_nothing(ana: Account, now: datetime) -> None:
    take(report(ana, now, M.PLACED), now=now)
    assert (take(report(ana, now, M.LIFTED), now=now), kinds(ana)) == (Taken.NOTHING, ["negative_balance"])


def test_what_stands_already_is_no_second_one(ana: Account, now: datetime) -> None:
    first = take(report(ana, now, M.PLACED), now=now)
    assert (first, take(report(ana, now, M.PLACED, minute=1), now=now)) == (Taken.PLACED, Taken.NOTHING)
    assert take(report(ana, now, M.LIFTED, kind=R.FRAUD_ALERT), now=now) is Taken.NOTHING
    assert kinds(ana) == ["negative_balance"]


def test_staff_and_strangers_are_unknown(ana: Account, now: datetime) -> None:
    told = report(ana, now, M.PLACED)
    for nobody in (uuid7(), make_staff("sam").pk):
        assert take(replace(told, account_id=nobody), now=now) is Taken.UNKNOWN_ACCOUNT
    # Nothing is remembered of it, so it is taken once the account is known.
    assert (RestrictionReport.objects.count(), take(told, now=now)) == (0, Taken.PLACED)


def test_hold_of_a_closed_account_keeps_its_archive(ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.CLOSED)
    assert take(report(ana, now, M.PLACED, kind=R.JUDICIAL_FREEZE), now=now) is Taken.PLACED


def test_fault_halfway_leaves_nothing_and_is_taken_later(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = report(ana, now, M.PLACED)
    with monkeypatch.context() as broken:
        broken.setattr(restrictions, "place", lambda *_given, **_more: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take(told, now=now)
    assert (RestrictionReport.objects.count(), Event.objects.filter(action="restriction.placed").count()) == (0, 0)
    assert take(told, now=now) is Taken.PLACED


@pytest.mark.django_db(transaction=True)
def test_same_report_by_many_at_once_is_taken_once(ana: Account, now: datetime) -> None:
    told = report(ana, now, M.PLACED)
    outcomes = sorted(str(each) for each in race(6, lambda: take(told, now=now)))
    assert (outcomes, Restriction.objects.count()) == (["known"] * 5 + ["placed"], 1)
