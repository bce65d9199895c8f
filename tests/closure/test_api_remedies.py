"""Remedies by the API: look, verify, do; the same rules and words as the pages (B12)."""

from datetime import datetime
from typing import Any

import pytest

from accounts import clock
from accounts.models import Account
from closure import exchange
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerHolding, LedgerTransfer
from closure.models import RemedyRun, Residual
from tests.api import Caller, problem
from tests.closure.clearing import PRESSES, item_of, loaded
from tests.factories import totp_code
from tests.fakes.faulty_gateway import WRITES, FaultyGateway

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B12")]
KEY = {"Idempotency_Key": "key-1"}


@pytest.fixture
def ana(now: datetime) -> Account:
    return loaded(now=now)


@pytest.fixture
def caller(ana: Account) -> Caller:
    return Caller(ana)


def shown(caller: Caller, code: str, item: str = "") -> dict[str, Any]:
    """Return the preview of a remedy."""
    answer = caller.get(f"remedies/{code}/", item=item)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def do(caller: Caller, code: str, preview: dict[str, Any], **headers: str) -> Any:
    """Confirm what was shown."""
    body = {"item": preview["item"], "confirm": preview["confirm"], "name": preview["item"]}
    return caller.post(f"remedies/{code}/", body, **{**KEY, **headers})


def verify(caller: Caller, ana: Account, code: str, item: str) -> None:
    """Verify for exactly one action."""
    begun = caller.post(f"remedies/{code}/verification/", {"item": item})
    assert begun.status_code == 201, begun.content
    kinds = {each["kind"]: each["id"] for each in begun.json()["factors"]}
    assert kinds.keys() == {"totp", "sms"}
    given = caller.post(f"remedies/{code}/verification/{kinds['totp']}/", {"code": totp_code(ana)})
    assert given.status_code == 200, given.content
    caller.token()


def test_check_names_the_remedies_that_there_are(caller: Caller) -> None:
    told = caller.post("preflight/").json()
    codes = {each["remedy"]["code"] for each in told["blockers"] + told["warnings"] if each["remedy"]}
    assert codes == set(PRESSES) - {"fix", "sell", "give_up", "convert_dust"}
    assert all(caller.get(f"remedies/{code}/").status_code == 200 for code in codes)


@pytest.mark.row("B02", "B06")
def test_preview_has_effects_fee_and_what_is_received(caller: Caller) -> None:
    found = shown(caller, "convert_dust")
    assert (found["fee"], found["receives"]) == (
        {"amount": "0.06", "asset": "USDT"},
        {"amount": "2.94", "asset": "USDT"},
    )
    assert found["effects"] == [{"call": "convert_dust", "text": "Convert 0.02 SOL to USDT."}]
    assert (found["needs_verification"], found["options"], found["settles"]) == (False, [], None)


@pytest.mark.parametrize("code", [code for code in PRESSES if code != "fix"])
def test_remedy_is_done_once_under_its_key(code: str, caller: Caller, ana: Account, ledger: LedgerGateway) -> None:
    preview = shown(caller, code, item_of(ana, code, ledger))
    if preview["needs_verification"]:
        problem(do(caller, code, preview, Idempotency_Key="early"), 409, "verification_required")
        verify(caller, ana, code, preview["item"])
    first, again = do(caller, code, preview), do(caller, code, preview)
    assert first.status_code == 200, first.content
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    told = first.json()
    assert (told["state"], {each["state"] for each in told["results"]}) == ("done", {"done"})
    assert RemedyRun.objects.count() == 1


def test_choice_comes_before_a_preview(caller: Caller) -> None:
    found = shown(caller, "withdraw_fiat")
    assert (found["confirm"], found["effects"], [each["item"] for each in found["options"]]) == (
        None,
        [],
        ["EUR:bank", "EUR:swift", "EUR:local"],
    )
    problem(caller.get("remedies/withdraw_fiat/", item="EUR:pigeon"), 404, "unknown_remedy")
    problem(caller.get("remedies/erase/"), 404, "unknown_remedy")


def test_call_without_a_key_or_with_another_preview_moves_nothing(caller: Caller, ana: Account) -> None:
    preview = shown(caller, "convert_dust")
    body = {"confirm": preview["confirm"]}
    problem(caller.post("remedies/convert_dust/", body), 400, "parse_error")
    LedgerHolding.objects.filter(account_id=ana.pk, asset="SOL").update(amount="0.03", value_usdt="4.5")
    told = problem(do(caller, "convert_dust", preview), 409, "preview_changed")
    assert told["confirm"] == shown(caller, "convert_dust")["confirm"]
    assert RemedyRun.objects.count() == 0
    assert do(caller, "convert_dust", shown(caller, "convert_dust"), Idempotency_Key="key-2").status_code == 200


@pytest.mark.row("D07")
def test_verification_of_one_action_does_no_other(caller: Caller, ana: Account) -> None:
    verify(caller, ana, "withdraw_fiat", "EUR:bank")
    problem(do(caller, "withdraw_fiat", shown(caller, "withdraw_fiat", "EUR:swift")), 409, "verification_required")
    problem(do(caller, "sell", shown(caller, "sell", "BTC"), Idempotency_Key="2"), 409, "verification_required")
    other = Caller(ana)
    bank = shown(other, "withdraw_fiat", "EUR:bank")
    problem(do(other, "withdraw_fiat", bank, Idempotency_Key="3"), 409, "verification_required")
    assert LedgerTransfer.objects.count() == 0
    assert do(caller, "withdraw_fiat", bank, Idempotency_Key="4").status_code == 200


@pytest.mark.row("D07")
def test_verification_is_for_what_asks_for_one(caller: Caller, ana: Account) -> None:
    problem(caller.post("remedies/cancel_orders/verification/", {}), 404, "unknown_remedy")
    begun = caller.post("remedies/sell/verification/", {"item": "BTC"}).json()
    sms = next(each for each in begun["factors"] if each["kind"] == "sms")
    assert caller.post(f"remedies/sell/verification/{sms['id']}/challenge/").status_code == 202
    wrong = caller.post(f"remedies/sell/verification/{sms['id']}/", {"code": "000000"})
    problem(wrong, 400, "wrong_code")
    problem(caller.post(f"remedies/sell/verification/{ana.pk}/", {"code": "000000"}), 404, "not_found")
    for path in (f"remedies/unstake/verification/{sms['id']}/", f"remedies/withdraw_fiat/verification/{sms['id']}/"):
        problem(caller.post(path, {"code": "000000"}), 409, "verification_required")


def test_name_of_what_is_given_up_is_asked_for(caller: Caller) -> None:
    preview = shown(caller, "give_up", "XYZ")
    body = {"item": "XYZ", "confirm": preview["confirm"], "name": "BTC"}
    told = problem(caller.post("remedies/give_up/", body, **KEY), 400, "wrong_name")
    assert [each["field"] for each in told["errors"]] == ["name"]
    assert Residual.objects.count() == 0


def test_answer_that_got_lost_is_503_until_the_same_key_settles_it(
    caller: Caller, ana: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = FaultyGateway(LedgerGateway(clock.now), call="cancel_orders")
    core.writing = {ana.pk: WRITES["accepted, then no answer"]}
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    preview = shown(caller, "cancel_orders")
    problem(do(caller, "cancel_orders", preview), 503, "not_certain")
    core.heal()
    assert do(caller, "cancel_orders", preview).json()["state"] == "done"
    assert RemedyRun.objects.count() == 1


@pytest.mark.row("A19")
def test_core_that_is_away_is_503(caller: Caller, ana: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    core = FaultyGateway(LedgerGateway(clock.now), reading={ana.pk: lambda _told: None})
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    problem(caller.get("remedies/fix/"), 503, "core_away")


def test_nothing_to_clear_says_what_is_missing(caller: Caller, ana: Account) -> None:
    LedgerHolding.objects.filter(account_id=ana.pk, area="cross_margin").delete()
    LedgerHolding.objects.filter(account_id=ana.pk, asset="USDT").delete()
    told = problem(caller.get("remedies/repay_loans/"), 409, "nothing_to_clear")
    assert told["detail"] == "Not enough USDT to repay 12.5 USDT in Cross margin: 12.5 are missing."
