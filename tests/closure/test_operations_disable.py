"""Disabling: what stops it, what proves it, what follows; and that it fails closed (E06, C08)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import clock
from accounts.actors import Actor
from accounts.closing import ClosureOpen
from accounts.enums import AccountStatus, Purpose, RestrictionKind, Role, SessionKind
from accounts.exceptions import NotAllowed, ProofRefused, WrongPassword
from accounts.models import Account, Event, Session, StepUp
from accounts.restrictions import place
from accounts.verification import step_up
from closure import effects, exchange
from closure.effects import SUPERSEDED, EffectKind
from closure.enums import Area, EffectState
from closure.exceptions import DisablingStopped
from closure.exchange.contract import Snapshot
from closure.exchange.errors import Unreachable
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerAccountState, LedgerApiKey, LedgerHolding, LedgerLoan, LedgerPosition
from closure.models import Effect
from closure.operations import disable
from closure.operations.rearm import rearm_call
from closure.policy import loader
from closure.reactivation import admission
from tests import holding
from tests.changing import proof_of
from tests.closure.by_operations import drafted, give_codes
from tests.closure.scenes import staff
from tests.factories import PASSWORD, make_account, make_staff, password_hash
from tests.fakes.faulty_gateway import FaultyGateway, Reading, fail
from tests.outbox import messages, opened
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("E06")]
A = AccountStatus
HELD = "A legal or risk hold applies; we cannot say more."


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def prove(account: Account, now: datetime) -> StepUp:
    return give_codes(disable.begin(account, now=now), account, now)


def press(account: Account, now: datetime, *, password: str | None = PASSWORD) -> None:
    disable.disable(account, password=password, actor=Actor.customer(account), now=now)


def status(account: Account) -> str:
    account.refresh_from_db()
    return account.status


def untouched(account: Account) -> bool:
    """Tell whether nothing was done: neither here nor at the core, and nobody was told."""
    done = Effect.objects.filter(account_id=account.pk).count() + len(messages(account, template="account_disabled"))
    return (status(account), done) == (A.ACTIVE, 0)


def stopped_by(account: Account, now: datetime) -> list[tuple[str, str, str]]:
    with pytest.raises(DisablingStopped) as refused:
        press(account, now)
    return [(each.area, each.verdict, each.wording) for each in refused.value.found]


@pytest.mark.row("C08", "M04", "N07")
def test_owner_disables_and_nobody_is_signed_in_any_more(ana: Account, now: datetime) -> None:
    Session.objects.create(
        key_digest=b"k" * 32, kind=SessionKind.CUSTOMER, account_id=ana.pk, created_at=now, expires_at=now
    )
    LedgerApiKey.objects.create(account_id=ana.pk, key_id="k")
    prove(ana, now)
    press(ana, now)
    assert (status(ana), ana.is_active, Session.objects.count()) == (A.DISABLED, False, 0)
    assert LedgerAccountState.objects.get(account_id=ana.pk).frozen is True
    assert LedgerApiKey.objects.get(account_id=ana.pk).revoked is True
    change = Event.objects.get(account_id=ana.pk, action="account.status_changed")
    made = Effect.objects.filter(account_id=ana.pk, request=None).order_by("id").values_list("key", "state")
    assert list(made) == [(f"{change.pk}:{kind}", EffectState.DONE) for kind in ("freeze", "revoke_keys")]
    said = Event.objects.filter(account_id=ana.pk, action__in=("account.status_changed", disable.DISABLED))
    assert sorted(said.values_list("action", flat=True)) == ["account.disabled_by_owner", "account.status_changed"]
    told = messages(ana, template="account_disabled")
    assert sorted((each.channel, opened(each).context["at"]) for each in told) == [("email", now), ("sms", now)]


@pytest.mark.parametrize("came_from", [A.INACTIVE, A.DORMANT])
def test_account_that_was_left_alone_is_disabled_too(now: datetime, came_from: AccountStatus) -> None:
    ana = make_account("ana", status=came_from)
    prove(ana, now)
    press(ana, now)
    assert status(ana) == A.DISABLED


@pytest.mark.parametrize("area", sorted(disable.EMPTY - {Area.LOANS}))
def test_position_stops_it(ana: Account, now: datetime, area: Area) -> None:
    prove(ana, now)
    LedgerPosition.objects.create(account_id=ana.pk, area=area, symbol="BTCUSDT", side="long", amount="0.1")
    assert stopped_by(ana, now) == [(area, "blocked", "position")]
    assert untouched(ana)


def test_margin_and_loans_stop_it_and_what_lies_in_wallets_does_not(ana: Account, now: datetime) -> None:
    prove(ana, now)
    for area in (Area.SPOT, Area.FUNDING, Area.EARN_LOCKED, Area.CROSS_MARGIN):
        LedgerHolding.objects.create(account_id=ana.pk, area=area, asset="USDT", amount="0.01", value_usdt="0.01")
    LedgerLoan.objects.create(account_id=ana.pk, area=Area.LOANS, asset="USDT", amount="5")
    assert stopped_by(ana, now) == [
        (Area.CROSS_MARGIN, "blocked", "margin"),
        (Area.LOANS, "blocked", "loan"),
    ]
    assert untouched(ana)


def _without(area: Area) -> Reading:
    def told(answer: Snapshot) -> Snapshot:
        return replace(answer, areas={each: items for each, items in answer.areas.items() if each is not area})

    return told


@pytest.mark.parametrize("area", sorted(disable.EMPTY))
def test_area_that_could_not_be_read_stops_it(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch, area: Area
) -> None:
    prove(ana, now)
    core = FaultyGateway(LedgerGateway(clock.now), reading={ana.pk: _without(area)})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    assert stopped_by(ana, now) == [(area, "unknown", "unknown")]
    assert untouched(ana)


def test_core_that_is_away_stops_it(ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    prove(ana, now)
    core = FaultyGateway(LedgerGateway(clock.now), reading={ana.pk: lambda _told: fail(Unreachable("gone"))})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    assert {(area, verdict) for area, verdict, _wording in stopped_by(ana, now)} == {
        (area, "unknown") for area in disable.EMPTY
    }
    assert untouched(ana)


@pytest.mark.row("A12")
def test_legal_holds_and_risk_holds_stop_it_in_the_same_words(now: datetime) -> None:
    said = []
    for name, kind in (("ana", None), ("bea", RestrictionKind.JUDICIAL_FREEZE), ("cem", RestrictionKind.RISK_CONTROL)):
        account = make_account(name)
        prove(account, now)
        if kind is None:
            holding.place(account.pk, now=now)
        else:
            with transaction.atomic():
                place(account, kind, actor=Actor.system("tests"), note="", now=now)
        with pytest.raises(DisablingStopped) as refused:
            press(account, now)
        said.append([(each.code, each.why, each.how) for each in refused.value.found])
        assert untouched(account)
    assert said[0][0][:2] == ("legal_hold", HELD)
    assert said == [said[0]] * 3


@pytest.mark.parametrize("kind", [RestrictionKind.UNSUPPORTED_REGION, RestrictionKind.FAILED_VERIFICATION])
def test_restriction_that_lets_leave_lets_disable(ana: Account, now: datetime, kind: RestrictionKind) -> None:
    prove(ana, now)
    with transaction.atomic():
        place(ana, kind, actor=Actor.system("tests"), note="", now=now)
    press(ana, now)
    assert status(ana) == A.DISABLED


def test_hold_placed_while_the_core_is_asked_is_found_by_the_look(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(ana, now)

    def placed_meanwhile(told: Snapshot) -> Snapshot:
        holding.place(ana.pk, now=now)
        return told

    core = FaultyGateway(LedgerGateway(clock.now), reading={ana.pk: placed_meanwhile})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    # Facts of the portal are read after the core has answered.
    assert stopped_by(ana, now) == [(Area.RESTRICTIONS, "blocked", "legal_hold")]
    assert untouched(ana)


def test_closing_that_was_begun_stops_it(ana: Account, now: datetime) -> None:
    drafted(ana, now)
    prove(ana, now)
    with pytest.raises(ClosureOpen):
        press(ana, now)
    assert untouched(ana)


@pytest.mark.row("D07")
def test_proof_of_something_else_or_of_one_factor_or_of_somebody_else_disables_nothing(
    ana: Account, now: datetime
) -> None:
    bea = make_account("bea")
    with pytest.raises(ProofRefused):
        press(ana, now)
    proof_of(ana, Purpose.WHITELIST_OFF, now=now)
    prove(bea, now)
    begun = disable.begin(ana, now=now)
    app = next(each for each in step_up.factors(begun) if each.kind == "totp")
    assert (begun.needed, app.state) == (2, "open")
    with pytest.raises(ProofRefused):
        press(ana, now)
    with pytest.raises(NotAllowed, match="Only the signed-in owner"):
        disable.disable(ana, password=PASSWORD, actor=Actor.customer(bea), now=now)
    assert untouched(ana)


def test_password_is_asked_where_the_policy_asks_it(ana: Account, now: datetime) -> None:
    prove(ana, now)
    for wrong in (None, "", "wrong"):
        with pytest.raises(WrongPassword):
            press(ana, now, password=wrong)
    assert untouched(ana)
    press(ana, now)
    assert status(ana) == A.DISABLED


def test_staff_and_policies_without_it_are_refused(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = make_staff("sam")
    with pytest.raises(NotAllowed, match="Staff accounts"):
        press(sam, now)
    with pytest.raises(NotAllowed, match="Only the signed-in owner"):
        disable.disable(ana, password=PASSWORD, actor=Actor.staff(sam), now=now)
    monkeypatch.setattr(loader, "current", lambda: loader.load("binance"))
    with pytest.raises(NotAllowed, match="cannot be disabled here"):
        press(ana, now)
    assert untouched(ana)


def test_two_presses_at_once_disable_it_once(ana: Account, now: datetime) -> None:
    prove(ana, now)
    results = race(2, lambda: press(ana, now))
    assert sorted(type(each).__name__ for each in results) in (
        [["NoneType", name] for name in ("NotAllowed", "ProofRefused")]
    )
    assert (status(ana), Effect.objects.count(), len(messages(ana, template="account_disabled"))) == (A.DISABLED, 2, 2)


def test_core_that_does_not_freeze_is_asked_for_a_day_and_then_staff_are(
    ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(ana, now)
    core = FaultyGateway(
        LedgerGateway(clock.now), call="freeze", writing={ana.pk: lambda _ask: fail(Unreachable("gone"))}
    )
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    press(ana, now)
    waiting = Effect.objects.get(account_id=ana.pk, kind=EffectKind.FREEZE)
    assert (status(ana), waiting.state, waiting.attempts) == (A.DISABLED, EffectState.PENDING, 1)
    Effect.objects.filter(pk=waiting.pk).update(attempts=effects.MOST_ATTEMPTS - 1)
    effects.perform([waiting.pk], now=waiting.due_at)
    waiting.refresh_from_db()
    assert waiting.state == EffectState.PARKED
    core.heal()
    rearm_call(waiting.pk, reason="It answers again.", actor=staff(Role.AGENT), now=now)
    assert effects.perform_due(now=waiting.due_at) == 1
    assert LedgerAccountState.objects.get(account_id=ana.pk).frozen is True


@pytest.mark.row("J07")
def test_coming_back_thaws_the_core_each_time(ana: Account, now: datetime) -> None:
    for turn in range(2):
        moment = now + timedelta(minutes=turn)
        Account.objects.filter(pk=ana.pk).update(password=password_hash(PASSWORD))
        ana.refresh_from_db()
        prove(ana, moment)
        press(ana, moment)
        assert LedgerAccountState.objects.get(account_id=ana.pk).frozen is True
        with transaction.atomic():
            locked = Account.objects.select_for_update().get(pk=ana.pk)
            admission.admit(locked, actor=Actor.system("tests"), reason="readmitted", now=moment)
        effects.perform_due(now=moment)
        assert (status(ana), LedgerAccountState.objects.get(account_id=ana.pk).frozen) == (A.ACTIVE, False)
    calls = Effect.objects.filter(account_id=ana.pk).order_by("id")
    made = ("freeze", "revoke_keys", "unfreeze") * 2
    assert list(calls.values_list("kind", "state")) == [(kind, "done") for kind in made]


def test_what_ends_an_account_is_no_call_beside_a_closure(ana: Account, now: datetime) -> None:
    for kind in effects.ENDING:
        with pytest.raises(ValueError, match=kind):
            effects.add_beside(ana.pk, kind, reference="one", now=now)
    assert untouched(ana)


def test_freeze_that_was_not_made_yet_is_overtaken_by_coming_back(ana: Account, now: datetime) -> None:
    with transaction.atomic():
        frozen = effects.add_beside(ana.pk, EffectKind.FREEZE, reference="one", now=now)
        again = effects.add_beside(ana.pk, EffectKind.FREEZE, reference="one", now=now)
        freed = effects.add_beside(ana.pk, EffectKind.UNFREEZE, reference="two", now=now)
    assert (frozen.pk, frozen.key, freed.key) == (again.pk, "one:freeze", "two:unfreeze")
    assert effects.perform_due(now=now) == 1
    frozen.refresh_from_db()
    assert (frozen.state, frozen.last_error) == (EffectState.DONE, SUPERSEDED)
    assert LedgerAccountState.objects.get(account_id=ana.pk).frozen is False
