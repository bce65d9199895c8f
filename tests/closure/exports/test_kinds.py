"""What is in the files: everything, as the exchange has it, and of nobody else."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import identifiers
from accounts.actors import Actor
from accounts.enums import FactorKind, IdentifierKind, RestrictionKind, SignInResult
from accounts.models import Account, Restriction, SignIn
from closure.enums import ExportKind
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerAddress, LedgerOrder, LedgerTransaction
from closure.exports import archive, build, store
from closure.exports.history import HEADER
from closure.exports.p2p import HEADER as P2P_HEADER
from closure.operations.start import start
from tests.closure.by_operations import WEB
from tests.closure.exporting import K, asked, built, facts, give_history, rows, unzipped, whole
from tests.factories import document_number, make_account

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("B10")]


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture(autouse=True)
def _no_files() -> Any:
    yield
    for name in store.names():
        store.remove(name)


def give(account: Account, now: datetime, **fields: Any) -> None:
    told = {"time": now, "kind": "trade", "asset": "BTC", "amount": "1", **fields}
    LedgerTransaction.objects.create(account_id=account.pk, **told)


def test_transactions_have_every_digit_and_nobody_elses(ana: Account, now: datetime) -> None:
    deposit(make_account("bob").pk, "BTC", "9", now=now)
    deposit(ana.pk, "BTC", "0.000000000000000001", now=now, reference="t-1")
    header, line = rows(built(ana, now), now)
    assert header == list(HEADER)
    assert line == [f"{now.replace(tzinfo=None).isoformat()}Z", "deposit", "BTC", "0.000000000000000001", "0", "t-1"]


@pytest.mark.parametrize("amount", ["1e-7", "0E-8", "123456789012345678901.123456789012345678", "5.", ".5", "0.10"])
def test_amounts_come_digit_for_digit(ana: Account, now: datetime, amount: str) -> None:
    give(ana, now, amount=amount, fee=amount)
    assert rows(built(ana, now), now)[1][3:5] == [amount, amount]


def test_times_are_in_utc_oldest_first(ana: Account, now: datetime) -> None:
    for text in ("2026-03-29T02:30:00.000001+02:00", "2025-10-26T02:30:00+01:00", "2024-02-29T23:59:59Z"):
        give(ana, datetime.fromisoformat(text))
    times = [row[0] for row in rows(built(ana, now), now)[1:]]
    assert times == ["2024-02-29T23:59:59Z", "2025-10-26T01:30:00Z", "2026-03-29T00:30:00.000001Z"]


def test_table_of_nothing_is_its_header(ana: Account, now: datetime) -> None:
    assert [rows(built(ana, now, kind), now) for kind in (K.TRANSACTIONS, K.P2P)] == [
        [list(HEADER)],
        [list(P2P_HEADER)],
    ]


def test_names_from_strangers_cannot_smuggle_formulas(ana: Account, now: datetime) -> None:
    give(ana, now, asset="=A", reference='=HYPERLINK("x","y")\n')
    assert rows(built(ana, now), now)[1][2:] == ["'=A", "1", "0", '\'=HYPERLINK("x","y")\n']


def test_more_than_a_chunk_of_the_ledger_is_whole(ana: Account, now: datetime) -> None:
    give_history(ana, now, 4321)
    assert [row[5] for row in rows(built(ana, now), now)[1:]] == [f"t{number}" for number in range(4321)]


def test_p2p_orders_are_those_that_wait_and_those_that_are_done(ana: Account, now: datetime) -> None:
    order = {"area": "p2p", "kind": "p2p", "side": "sell", "amount": "100.50", "price": "0.92"}
    LedgerOrder.objects.create(account_id=ana.pk, symbol="USDT/EUR", external_id="o-1", **order)
    LedgerOrder.objects.create(account_id=make_account("ben").pk, symbol="USDT/EUR", external_id="o-2", **order)
    give(ana, now, kind="p2p", asset="USDT", amount="7.10", fee="0.01", reference="p-1")
    give(ana, now, kind="trade")
    done = f"{now.replace(tzinfo=None).isoformat()}Z"
    assert rows(built(ana, now, K.P2P), now)[1:] == [
        ["open", "", "USDT/EUR", "sell", "100.50", "0.92", "", "o-1"],
        ["done", done, "USDT", "", "7.10", "", "0.01", "p-1"],
    ]


def test_identity_is_what_we_have_and_hints_of_what_we_have_not(ana: Account, now: datetime) -> None:
    identifiers.attach(ana, IdentifierKind.NATIONAL_NUMBER, "123-45-6789", now=now)
    told = facts(built(ana, now, K.IDENTITY), now)
    assert told["contact"] == {"email": "ana@example.test", "phone": ana.phone}
    assert (told["identity"]["name"], told["identity"]["document"]["number_hint"]) == ("Ana Diaz", "•••A1")
    assert told["identity"]["national_number_hint"] == "•••89"
    assert [factor["kind"] for factor in told["factors"]] == ["email", "sms", "totp"]
    text = json.dumps(told)
    assert [number for number in (document_number("ana"), "XANA1", "123456789", "6789") if number in text] == []


@pytest.mark.parametrize("kind", [RestrictionKind.JUDICIAL_FREEZE, RestrictionKind.SECURITY_INVESTIGATION])
def test_holds_of_the_law_are_one_neutral_sentence(ana: Account, now: datetime, kind: RestrictionKind) -> None:
    """Tipping-off: not which, by whom, in which case or since when."""
    for each in (kind, RestrictionKind.RISK_CONTROL, RestrictionKind.FRAUD_ALERT):
        placed = {"placed_at": now - timedelta(days=77), "placed_by": "staff:x"}
        Restriction.objects.create(account=ana, kind=each, **placed)
    told = facts(built(ana, now, K.IDENTITY), now)["restrictions"]
    since = f"{(now - timedelta(days=77)).replace(tzinfo=None).isoformat()}Z"
    assert told == [
        {"kind": "fraud_alert", "since": since},
        {"kind": "hold", "text": "A legal or risk hold applies; we cannot say more."},
    ]
    inside = unzipped(built(ana, now, K.ARCHIVE), now)["identity.json"].decode()
    assert [word for word in ("judicial", "security_investigation", "risk_control", "staff:") if word in inside] == []


def test_archive_has_everything_and_its_manifest_holds(ana: Account, now: datetime) -> None:
    give_history(ana, now, 2500)
    deposit(ana.pk, "ETH", "1.50", now=now, reference="d-1")
    LedgerAddress.objects.create(account_id=ana.pk, asset="BTC", network="BTC", address="bc1qana", label="cold")
    SignIn.objects.create(
        account=ana, at=now, result=SignInResult.COMPLETED, factor=FactorKind.TOTP, user_agent="=evil"
    )
    reference = start(ana, channel=WEB, actor=Actor.customer(ana), now=now).reference
    inside = unzipped(built(ana, now, K.ARCHIVE), now)
    manifest = json.loads(inside["manifest.json"])
    assert [each["name"] for each in manifest["files"]] == [name for name in inside if name != "manifest.json"]
    for each in manifest["files"]:
        contents = inside[each["name"]]
        assert (len(contents), hashlib.sha256(contents).hexdigest()) == (each["size"], each["sha256"])
    assert inside["transactions.csv"].decode().count("\r\n") == 2502
    assert json.loads(inside["addresses.json"])[0]["address"] == "bc1qana"
    assert json.loads(inside["holdings.json"])[0] | {"external_id": ""} == {
        "area": "spot", "asset": "ETH", "amount": "1.50", "value_usdt": None, "unlocks": None, "redeemable": True,
        "external_id": "",
    } | {"value_usdt": json.loads(inside["holdings.json"])[0]["value_usdt"]}  # fmt: skip
    assert b"'=evil" in inside["sign-ins.csv"]
    assert json.loads(inside["closures.json"])[0]["reference"] == reference
    assert [name in inside["README.txt"].decode() for name in ("transactions.csv", "reference:")] == [True, True]


def test_archive_is_of_one_person(ana: Account, now: datetime) -> None:
    ben = make_account("ben")
    give_history(ben, now, 3)
    LedgerAddress.objects.create(account_id=ben.pk, asset="BTC", network="BTC", address="bc1qben", label="of ben")
    inside = b"".join(unzipped(built(ana, now, K.ARCHIVE), now).values())
    assert [text for text in (b"ben", b"Ben", ben.pk.hex.encode(), b"t1") if text in inside] == []


def test_every_sign_in_is_there_however_many(ana: Account, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "CHUNK", 2)
    for number in range(5):
        SignIn.objects.create(account=ana, at=now, result=SignInResult.COMPLETED, user_agent=f"Agent {number}")
    lines = unzipped(built(ana, now, K.ARCHIVE), now)["sign-ins.csv"].decode().splitlines()
    assert [line.rpartition(",")[2] for line in lines[1:]] == [f"Agent {number}" for number in range(5)]


def test_file_is_in_the_language_of_its_owner_and_leaves_none_behind(ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(language="de")
    assert b"Times are in UTC" in unzipped(built(ana, now, K.ARCHIVE), now)["README.txt"]


@pytest.mark.parametrize("kind", list(ExportKind))
def test_account_without_anything_has_every_file(ana: Account, now: datetime, kind: ExportKind) -> None:
    assert len(whole(built(ana, now, kind), now)) > 0
    assert not build.is_due(now)
    assert asked(ana, now, kind).state == "ready"
