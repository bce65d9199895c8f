"""`import_accounts`: recorded accounts come back digit for digit, and the same file twice changes nothing."""

import fcntl
import io
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.core.management import CommandError, call_command

from accounts import identifiers
from accounts.actors import Actor
from accounts.chain import verify
from accounts.enums import IdentifierKind, RestrictionKind, Role
from accounts.models import Account, Case, EmailDevice, Event, Restriction, SmsDevice
from accounts.restrictions import lift
from closure.enums import Area
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerApiKey, LedgerHolding, LedgerTransaction
from tests.blocking import block
from tests.campaigns.import_accounts import write_file
from tests.closure.importing import RECORDED, identity, line, rows_of_everything, run, write
from tests.factories import make_account, make_staff, password_hash

pytestmark = pytest.mark.django_db
K = IdentifierKind


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.jsonl"


def ana() -> Account:
    account = identifiers.find_account("ana@example.test")
    assert account is not None
    return account


@pytest.mark.row("A01")
def test_recorded_accounts_come_out_digit_for_digit(ledger: LedgerGateway, now: datetime) -> None:
    assert run(RECORDED).counts == (11, 0, 0, 0)
    for given in map(json.loads, RECORDED.read_text().splitlines()):
        account = identifiers.find_account(given["email"])
        assert account is not None
        areas = ledger.snapshot(account.pk, now=now).areas
        expected: Counter[tuple[str, str, str]] = Counter()
        for section, named in (("holdings", "asset"), ("positions", "symbol"), ("orders", "symbol")):
            expected.update((item["area"], item[named], item["amount"]) for item in given[section])
        found: Counter[tuple[str, str, str]] = Counter(
            (area.value, str(getattr(item, "asset", "") or getattr(item, "symbol", "")), str(getattr(item, "text", "")))
            for area, items in areas.items()
            for item in items
        )
        assert found == expected


@pytest.mark.row("A01")
def test_import_fills_every_area_of_the_core(file: Path, ledger: LedgerGateway, now: datetime) -> None:
    places = tuple(Area)[: tuple(Area).index(Area.WEB3) + 1]
    order = {"symbol": "SOL/USDT", "side": "buy", "amount": "1", "price": "241"}
    full = line(
        holdings=[{"area": area, "asset": "ETH", "amount": "1e-7"} for area in places],
        orders=[order | {"area": "orders", "kind": "limit"}, order | {"area": "p2p", "kind": "p2p"}],
        transfers=[{"direction": "out", "kind": "bank", "asset": "EUR", "amount": "100"}],
        api_keys=[{"key_id": "k_1", "scopes": ["read"]}],
        referrals=[{"amount": "3.20", "asset": "USDT"}],
        nfts=[{"collection": "Art", "token": "17", "chain": "ETH"}],
    )
    assert run(write(file, full)).counts == (1, 0, 0, 0)
    areas = ledger.snapshot(ana().pk, now=now).areas
    assert {area: len(items) for area, items in areas.items()} == dict.fromkeys(tuple(Area)[:20], 1)


def test_import_makes_the_person(file: Path) -> None:
    hashed = password_hash("correct-Horse-7-battery")
    given = line(phone="+1 (415) 555-0101", password=hashed, country="US", region="CA", language="de", vip=3)
    assert run(write(file, given)).counts == (1, 0, 0, 0)
    account = ana()
    assert (account.email, account.phone, account.password) == ("ana@example.test", "+14155550101", hashed)
    assert (account.country, account.region, account.language, account.vip) == ("US", "CA", "de", 3)
    assert account.created_at == datetime(2021, 3, 4, 10, tzinfo=UTC)
    assert (account.status, account.identity_status, account.identity_level) == ("active", "verified", 2)
    assert identifiers.matches(account, IdentifierKind.DOCUMENT, "n ana")
    factors = [list(model.objects.values_list("user_id", "confirmed")) for model in (EmailDevice, SmsDevice)]
    assert factors == [[(account.pk, True)], [(account.pk, True)]]


def test_import_with_null_password_signs_nobody_in(file: Path) -> None:
    run(write(file, line(password=None)))
    assert ana().has_usable_password() is False


def test_import_twice_changes_nothing(file: Path) -> None:
    first = run(RECORDED)
    before = rows_of_everything()
    second = run(RECORDED)
    assert (first.counts, second.counts, rows_of_everything()) == ((11, 0, 0, 0), (0, 0, 11, 0), before)


def test_import_of_the_same_line_written_otherwise_changes_nothing(file: Path) -> None:
    run(write(file, line()))
    other = json.dumps(dict(reversed(line().items())), indent=None, separators=(" ,  ", ":  ")).encode()
    assert run(write(file, other)).counts == (0, 0, 1, 0)


def test_update_changes_holdings_and_identity(file: Path, ledger: LedgerGateway, now: datetime) -> None:
    run(write(file, line()))
    changed = line(
        country="DE",
        identity=identity("N-ana-2", name="Ana Ruiz"),
        holdings=[{"area": "spot", "asset": "ETH", "amount": "2"}],
    )
    assert run(write(file, changed)).counts == (0, 1, 0, 0)
    account = ana()
    assert (account.name, account.country) == ("Ana Ruiz", "DE")
    assert [identifiers.matches(account, IdentifierKind.DOCUMENT, number) for number in ("N-ana", "N-ana-2")] == [
        False,
        True,
    ]
    assert [getattr(item, "text", "") for item in ledger.snapshot(account.pk, now=now).areas[Area.SPOT]] == ["2"]
    assert [event.action for event in Event.objects.order_by("id")] == ["account.created", "account.updated"]
    assert verify()[1] is None


def test_update_leaves_status_factors_and_password(file: Path) -> None:
    account = make_account("ana", status="dormant", phone=None)
    device = EmailDevice.objects.get(user=account)
    given = line(identity=identity("X-ANA-1"), password=password_hash("another-Horse-7-battery"), language="de")
    assert run(write(file, given)).counts == (0, 1, 0, 0)
    after = ana()
    assert (after.status, after.password, after.language) == ("dormant", account.password, "en")
    assert (EmailDevice.objects.get(user=account).pk, SmsDevice.objects.count()) == (device.pk, 0)


def test_update_places_new_restrictions_and_no_lifted_one(file: Path, now: datetime) -> None:
    fraud = line(restrictions=[{"kind": "fraud_alert", "note": "order 12/2026"}])
    run(write(file, fraud))
    standing = Restriction.objects.get()
    lift(standing.pk, actor=Actor.staff(make_staff(role=Role.AGENT)), reason="cleared", now=now)
    both = line(restrictions=[{"kind": "fraud_alert"}, {"kind": "judicial_freeze", "note": "order 13/2026"}])
    assert run(write(file, both)).counts == (0, 1, 0, 0)
    active = list(Restriction.objects.filter(lifted_at=None).values_list("kind", flat=True))
    assert (Restriction.objects.count(), active) == (2, [RestrictionKind.JUDICIAL_FREEZE])


def test_update_never_brings_back_a_revoked_key_nor_loses_history(file: Path, ledger: LedgerGateway) -> None:
    trade = {"time": "2026-01-02T03:04:05Z", "kind": "trade", "asset": "BTC", "amount": "0.1", "reference": "t-1"}
    run(write(file, line(api_keys=[{"key_id": "k1"}], transactions=[trade, trade])))
    ledger.revoke_keys(ana().pk, key_ids=None, key="r")
    keys = [{"key_id": "k1"}, {"key_id": "k2"}]
    run(write(file, line(api_keys=keys, transactions=[trade, trade | {"reference": "t-2"}])))
    assert list(LedgerApiKey.objects.order_by("key_id").values_list("key_id", "revoked")) == [
        ("k1", True),
        ("k2", False),
    ]
    assert sorted(LedgerTransaction.objects.values_list("reference", flat=True)) == ["t-1", "t-1", "t-2"]


@pytest.mark.parametrize("status", ["frozen", "disabled", "closed"])
def test_update_of_somebody_who_left_is_refused(status: str, file: Path) -> None:
    make_account("ana", status=status, phone=None)
    refused = run(write(file, line()))
    assert (refused.code, refused.errors) == (3, [f"the account is {status}"])
    assert LedgerHolding.objects.count() == 0


def test_update_of_contacts_is_refused(file: Path) -> None:
    run(write(file, line(phone="+14155550101"), line("ben", phone="+14155550102")))
    refused = run(write(file, line(phone="+14155550109"), line(email="new@example.test", phone="+14155550101"),
                        line(phone="+14155550102")))  # fmt: skip
    assert refused.errors == [
        "phone is not the one on file; an import changes no factors",
        "email is not the one on file; an import changes no factors",
        "email and phone belong to different accounts",
    ]


def test_import_refuses_staff_and_documents_of_others(file: Path) -> None:
    staff = make_staff("sam")
    refused = run(write(file, line(), line("ben", identity=identity("n ana")), line(email=staff.email)))
    assert refused.counts == (1, 0, 0, 2)
    case = Case.objects.get()
    assert refused.errors == [f"the identity cannot be used: see case {case.reference}", "the account belongs to staff"]
    assert (case.account_id, case.kind) == (ana().pk, "document_number")
    assert identifiers.find_account("ben@example.test") is None


@pytest.mark.row("G05", "G06")
def test_import_refuses_a_second_account_while_the_first_is_disabled(file: Path) -> None:
    run(write(file, line(identity=identity(national_number="123-45-6789"))))
    Account.objects.update(status="disabled")
    again = {"national_number": "123 45 6789"}
    refused = run(write(file, line("ben", identity=identity("N-ben", **again)), line("cid", identity=identity())))
    assert [error.partition(":")[0] for error in refused.errors] == ["the identity cannot be used"] * 2
    assert Account.objects.count() == 1


@pytest.mark.row("G01", "G03", "G05")
def test_import_refuses_blocked_people_by_line(file: Path, now: datetime) -> None:
    until = now + timedelta(days=30)
    for kind, value in ((K.EMAIL, "ana@example.test"), (K.NATIONAL_NUMBER, "123-45-6789"), (K.DOCUMENT, "N-cid")):
        block(kind, value, now=now, until=until)
    numbered = identity("N-ben", national_number="123 45 6789")
    lines = (line(), line("ben", identity=numbered), line("cid"), line("dan"))
    refused = run(write(file, *lines), "--as-of", now.isoformat())
    cases = list(Case.objects.order_by("created_at", "id"))
    assert refused.counts == (1, 0, 0, 3)
    assert refused.errors == [f"the identity cannot be used: see case {case.reference}" for case in cases]
    assert [case.kind for case in cases] == ["other", "document_number", "document_number"]
    # The same file again names the same cases; when the time is over, all of them come in.
    assert run(file, "--as-of", now.isoformat()).errors == refused.errors
    assert run(file, "--as-of", until.isoformat()).counts == (3, 0, 1, 0)
    assert Case.objects.count() == 3


@pytest.mark.row("G05")
def test_update_to_a_blocked_number_is_refused(file: Path, now: datetime) -> None:
    run(write(file, line()))
    block(K.NATIONAL_NUMBER, "123-45-6789", now=now)
    refused = run(write(file, line(identity=identity(national_number="123456789"))))
    case = Case.objects.get()
    assert (refused.errors, case.account_id) == ([f"the identity cannot be used: see case {case.reference}"], ana().pk)
    assert ana().identifiers.filter(kind=K.NATIONAL_NUMBER).count() == 0


def test_dry_run_opens_no_case(file: Path, now: datetime) -> None:
    block(K.EMAIL, "ana@example.test", now=now)
    assert run(write(file, line()), "--dry-run").errors == ["the identity cannot be used"]
    assert Case.objects.count() == 0


def test_blank_lines_count_and_byte_order_mark_is_skipped(file: Path) -> None:
    done = run(write(file, b"\xef\xbb\xbf" + json.dumps(line()).encode(), b"", b"   \r", line("ben"), b"nothing"))
    assert done.counts == (2, 0, 0, 1)
    assert done.summary["refused"] == [{"line": 5, "error": "the line is not JSON: Expecting value (column 1)"}]


def test_file_without_last_newline_and_with_windows_newlines(file: Path) -> None:
    file.write_bytes(json.dumps(line()).encode() + b"\r\n" + json.dumps(line("ben")).encode())
    assert run(file).counts == (2, 0, 0, 0)


def test_refusals_repeat_no_value(file: Path) -> None:
    secret = "hunter2-hunter2"
    refused = run(write(file, line(password=secret), line(email=secret), line(phone=secret), line(country=secret)))
    assert (len(refused.errors), secret in refused.out + refused.err) == (4, False)


def test_dry_run_keeps_nothing(file: Path) -> None:
    before = rows_of_everything()
    done = run(write(file, line(), line("ben"), b"nothing"), "--dry-run", "--batch-size", "1")
    assert (done.counts, rows_of_everything()) == ((2, 0, 0, 1), before)


def test_limit_counts_lines_that_are_not_blank(file: Path) -> None:
    assert run(write(file, b"", line(), b"nothing", line("ben")), "--limit", "2").counts == (1, 0, 0, 1)


@pytest.mark.parametrize("size", ["1", "2", "100"])
def test_batches_of_any_size_do_the_same(size: str, file: Path) -> None:
    done = run(write(file, line(), b"nothing", line("ben"), line(), line("cem")), "--batch-size", size)
    assert done.counts == (3, 0, 1, 1)


def test_json_prints_a_refusal_a_line_and_the_summary_last(file: Path) -> None:
    done = run(write(file, b"nothing", line()), "--no-input", "--no-progress")
    refused = {"line": 1, "error": "the line is not JSON: Expecting value (column 1)"}
    summary = {"created": 1, "unchanged": 0, "updated": 0, "refused": [refused]}
    assert [json.loads(text) for text in done.out.splitlines()] == [refused, {"summary": summary}]
    assert done.err == ""


def test_text_output_is_for_people(file: Path) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("import_accounts", str(write(file, b"nothing", line())), stdout=out)
    assert left.value.code == 3
    assert out.getvalue().splitlines() == [
        "line 1: the line is not JSON: Expecting value (column 1)",
        "1 created, 0 updated, 0 unchanged, 1 refused",
    ]


def test_file_that_is_not_there_fails(file: Path) -> None:
    failed = run(file)
    assert (failed.code, failed.err) == (1, f"{file} cannot be read: No such file or directory\n")


def test_second_run_at_the_same_time_exits_4(file: Path) -> None:
    write(file, line())
    with (portal_settings.VAR_DIR / "import_accounts.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        second = run(file)
    assert (second.code, second.out, second.err) == (4, "", "Another import is at work. Wait for it to end.\n")
    assert run(file).counts == (1, 0, 0, 0)


@pytest.mark.parametrize("options", [["--batch-size", "0"], ["--limit", "-1"], ["--as-of", "2026-01-01T00:00:00"]])
def test_wrong_options_are_refused(options: list[str], file: Path) -> None:
    with pytest.raises(CommandError):
        call_command("import_accounts", str(file), *options)


def test_as_of_dates_the_rows(file: Path) -> None:
    run(write(file, line()), "--as-of", "2026-11-01T00:00:00Z")
    assert Event.objects.get().at == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.one_database
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Read 200 and then 1,500 lines in a process of its own: the peak moves by less than a tenth of the file's rows."""
    small, large = tmp_path / "small.jsonl", tmp_path / "large.jsonl"
    write_file(small, 200, seed=1)
    write_file(large, 1_500, seed=2)
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'memory.sqlite3'}", "VAR_DIR": str(tmp_path)}
    program = (
        "import re, django; django.setup()\n"
        "from pathlib import Path\n"
        "from django.core.management import call_command as call\n"
        # Not by rusage, which counts in the process that started this one.
        "peak = lambda: int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "call('migrate', verbosity=0, skip_checks=True)\n"
        f"call('import_accounts', {str(small)!r}, '--json'); before = peak()\n"
        f"call('import_accounts', {str(large)!r}, '--json'); print(before, peak())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=300
    )
    *summaries, peaks = done.stdout.splitlines()
    before, after = (int(text) // 1024 for text in peaks.split())
    assert [json.loads(text)["summary"]["created"] for text in summaries] == [200, 1_500]
    assert (after - before < 20, after < 300) == (True, True)
