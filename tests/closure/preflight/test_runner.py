"""Running a check: what is kept, and that whatever a core does wrong blocks (A01, A15, A19)."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.enums import IdentityStatus, RestrictionKind
from accounts.ids import uuid7
from accounts.models import Account
from accounts.restrictions import place
from closure import notes
from closure.enums import CORE_AREAS, Area, ClosureState, Moment, RequestChannel, Verdict
from closure.exchange.contract import Item, Snapshot, Withdrawal
from closure.exchange.errors import Nonsense, Refused, Unreachable
from closure.exchange.ledger.gateway import LedgerGateway
from closure.models import CheckRun, ClosureRequest
from closure.policy import loader
from closure.preflight.runner import assess, load_check, run, withdrawn
from closure.preflight.verdict import Check
from closure.preflight.vetting import Vetted
from tests.closure.preflight.builders import (
    CLEAR,
    NOW,
    STANDARD,
    FaultyGateway,
    api_key,
    areas_with,
    holding,
    loan,
    nft,
    order,
    position,
    preflight_policy,
    referral,
    transfer,
    with_items,
)
from tests.factories import make_account


@pytest.fixture
def ana(db: None) -> Account:
    return make_account("ana")


def check_of(account: Account, gateway: LedgerGateway, now: datetime, **facts: Any) -> Check:
    facts = {"policy": STANDARD, "moment": Moment.CHECK, **facts}
    return load_check(run(account, gateway=gateway, now=now, **facts))


def refusing(error: BaseException) -> Callable[[Snapshot], Snapshot]:
    def refuse(_truth: Snapshot) -> Snapshot:
        raise error

    return refuse


def changed(**facts: Any) -> Callable[[Snapshot], Snapshot]:
    return lambda truth: replace(truth, **facts)


@pytest.mark.row("A01")
def test_run_of_an_empty_account_is_clear_in_every_area(ana: Account, ledger: LedgerGateway, now: datetime) -> None:
    check = check_of(ana, ledger, now)
    assert [(result.area, result.verdict) for result in check.areas] == [(area, Verdict.CLEAR) for area in Area]
    assert (check.verdict, check.earliest, check.blockers, check.warnings) == (Verdict.CLEAR, now, (), ())
    assert [note.code for note in check.notes] == [note.code for note in notes.notes(STANDARD)]


@pytest.mark.row("A01")
def test_run_is_kept_with_policy_and_moment(ana: Account, ledger: LedgerGateway, now: datetime) -> None:
    request = ClosureRequest.objects.create(
        account=ana,
        state=ClosureState.DRAFT,
        channel=RequestChannel.WEB,
        created_at=now,
        touched_at=now,
        policy=loader.to_mapping(STANDARD),
        policy_name=STANDARD.name,
        policy_version=loader.version(STANDARD),
    )
    made = run(ana, policy=STANDARD, gateway=ledger, moment=Moment.SUBMIT, now=now, request=request)
    kept = CheckRun.objects.get(pk=made.pk)
    assert (kept.moment, kept.verdict, kept.request_id) == (Moment.SUBMIT, Verdict.CLEAR, request.pk)
    assert (kept.policy_version, kept.snapshot_at, kept.created_at) == (loader.version(STANDARD), now, now)
    assert (kept.withdrawn_usdt, kept.deposits_locked) == ("0", False)
    assert load_check(kept).as_dict() == kept.result


def test_run_sees_that_deposits_are_locked(ana: Account, ledger: LedgerGateway, now: datetime) -> None:
    ledger.lock_deposits(ana.pk, key="lock")
    assert run(ana, policy=STANDARD, gateway=ledger, moment=Moment.FINALIZE, now=now).deposits_locked is True


@pytest.mark.row("A01")
def test_every_area_of_the_core_blocks_or_warns_in_its_place() -> None:
    money = [area for area in CORE_AREAS[:14] if area is not Area.LOANS]
    items: list[Item] = [holding(area=area) for area in money]
    items += [loan(), position(), nft(), order(), order(area=Area.P2P), transfer(), api_key(), referral()]
    check = assess(Vetted(areas=areas_with(*items)), CLEAR, policy=STANDARD, now=NOW)
    warned = {Area.NFT, Area.API_KEYS, Area.REFERRALS}
    expected = [Verdict.WARNING if area in warned else Verdict.BLOCKED for area in CORE_AREAS]
    assert [result.verdict for result in check.areas] == [*expected, *[Verdict.CLEAR] * 3]
    assert check.verdict is Verdict.BLOCKED
    assert [(each.why != "", each.how != "", bool(each.clears_at or each.condition)) for each in check.blockers] == [
        (True, True, True)
    ] * len(check.blockers)


@pytest.mark.row("A19")
@pytest.mark.parametrize(
    "fault",
    [
        refusing(Refused("closed for the night")),
        refusing(Unreachable("timed out")),
        refusing(Nonsense("truncated")),
        refusing(ZeroDivisionError("a bug")),
        lambda _truth: None,
        lambda _truth: "<html>200 OK</html>",
        changed(account_id=uuid7()),
        changed(taken_at=datetime(2020, 2, 29, tzinfo=UTC)),
        changed(areas={}),
        changed(areas=None),
    ],
    ids=["refuses", "hangs", "truncated", "bug", "nothing", "html", "other account", "stale", "no areas", "null"],
)
def test_core_that_fails_makes_its_areas_unknown_and_blocks(ana: Account, now: datetime, fault: Any) -> None:
    check = check_of(ana, FaultyGateway(fault), now)
    assert [result.area for result in check.areas if result.verdict is Verdict.UNKNOWN] == list(CORE_AREAS)
    assert [blocker.code for blocker in check.blockers] == [f"{area}_unknown" for area in CORE_AREAS]
    assert (check.verdict, check.may_submit, check.earliest) == (Verdict.UNKNOWN, False, None)


@pytest.mark.row("A19")
@pytest.mark.parametrize(
    "items",
    [
        [holding(text="-1")],
        [replace(holding(), amount=Decimal("NaN"), text="NaN")],
        [holding(external_id="1"), holding(external_id="1")],
        ["BTC"],
    ],
    ids=["negative", "not a number", "duplicate", "garbage"],
)
def test_area_that_cannot_be_true_is_unknown_alone_and_blocks(ana: Account, now: datetime, items: list[Any]) -> None:
    check = check_of(ana, FaultyGateway(with_items(*items)), now)
    assert [blocker.code for blocker in check.blockers] == ["spot_unknown"]
    assert check.verdict is Verdict.UNKNOWN


@pytest.mark.row("A19")
def test_unknown_area_hides_no_other_blocker(ana: Account, now: datetime) -> None:
    areas: dict[Area, Any] = {**areas_with(order()), Area.SPOT: ("garbage",)}
    fault = changed(areas=areas)
    check = check_of(ana, FaultyGateway(fault), now)
    assert [blocker.code for blocker in check.blockers] == ["spot_unknown", "orders_open"]


@pytest.mark.row("A19")
def test_core_that_hangs_is_unknown_after_the_deadline(ana: Account, now: datetime) -> None:
    released = threading.Event()

    def hang(truth: Snapshot) -> Snapshot:
        released.wait(20)
        return truth

    made = run(
        ana,
        policy=STANDARD,
        gateway=FaultyGateway(hang, remote=True),
        moment=Moment.CHECK,
        now=now,
        deadline=timedelta(milliseconds=50),
    )
    released.set()
    assert (made.verdict, made.snapshot_at, made.withdrawn_usdt) == (Verdict.UNKNOWN, None, "")


@pytest.mark.row("A19")
def test_check_that_fails_itself_is_an_unknown_area() -> None:
    # Past the vetting on purpose: a check meets something nobody thought of.
    check = assess(Vetted(areas={**areas_with(), Area.NFT: None}), CLEAR, policy=STANDARD, now=NOW)  # type: ignore[dict-item]
    assert [blocker.code for blocker in check.blockers] == ["nft_unknown"]


@pytest.mark.row("A12")
def test_run_sees_restrictions_that_stand(ana: Account, ledger: LedgerGateway, now: datetime) -> None:
    place(ana, RestrictionKind.RISK_CONTROL, actor=Actor.core(), note="", now=now)
    check = check_of(ana, ledger, now)
    assert [blocker.code for blocker in check.blockers] == ["legal_hold"]
    assert check.earliest_condition == "When the hold is lifted."


@pytest.mark.row("A15")
@pytest.mark.parametrize("status", [IdentityStatus.VERIFIED, IdentityStatus.REFRESH_DUE])
def test_run_never_blocks_for_an_expired_document(ledger: LedgerGateway, now: datetime, db: None, status: str) -> None:
    ana = make_account("ana", identity_status=status, document_expires=date(2020, 1, 1))
    policy = preflight_policy(identity_verified_required=True)
    assert check_of(ana, ledger, now, policy=policy).verdict is Verdict.CLEAR


def withdrawal(value: str | None) -> Withdrawal:
    return Withdrawal(time=NOW, asset="USDT", amount=Decimal(1), value_usdt=None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], "0"),
        (["12500", "12500.000000000000000001"], "25000.000000000000000001"),
        (["1e3"], "1000"),
        (["12500", None], ""),
        (None, ""),
    ],
)
def test_withdrawn_is_their_sum_unless_any_is_unpriced(values: list[str | None] | None, expected: str) -> None:
    assert withdrawn(None if values is None else [withdrawal(value) for value in values]) == expected
