"""The transactions as CSV: every digit, no formula, nothing of others."""

import csv
import io
from datetime import datetime

import pytest

from accounts.actors import Actor
from accounts.models import Account
from closure.exchange.ledger.deposits import deposit
from closure.exchange.ledger.models import LedgerTransaction
from closure.operations.export import mark_exported, safe_cell, transactions_csv
from tests.closure.by_operations import checked
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def rows(account: Account) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join(transactions_csv(account.pk)))))


@pytest.mark.row("B10")
def test_csv_has_every_digit_and_nobody_elses(ana: Account, now: datetime) -> None:
    deposit(make_account("bob").pk, "BTC", "9", now=now)
    deposit(ana.pk, "BTC", "0.000000000000000001", now=now, reference="t-1")
    header, line = rows(ana)
    assert header == ["time", "kind", "asset", "amount", "fee", "reference"]
    assert (line[1:4], line[5]) == (["deposit", "BTC", "0.000000000000000001"], "t-1")
    assert line[0].endswith("Z")


def test_csv_of_nothing_is_a_header(ana: Account) -> None:
    assert rows(ana) == [["time", "kind", "asset", "amount", "fee", "reference"]]


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\r=1", "|calc", "%0A"])
def test_cells_that_a_spreadsheet_would_run_are_quoted(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.5", "+1", "1e-7", "-1E+5", "BTC", "", "2026-01-01", "a=b"])
def test_numbers_and_plain_text_stay_as_they_are(text: str) -> None:
    assert safe_cell(text) == text


def test_references_cannot_smuggle_formulas(ana: Account, now: datetime) -> None:
    LedgerTransaction.objects.create(
        account_id=ana.pk, time=now, kind="deposit", asset="=A", amount="1", reference='=HYPERLINK("x","y")\n'
    )
    assert rows(ana)[1][2:] == ["'=A", "1", "0", '\'=HYPERLINK("x","y")\n']


def test_skipping_is_kept_and_taken_back(ana: Account, now: datetime) -> None:
    owner, request = Actor.customer(ana), checked(ana, now)
    skipped = mark_exported(request.pk, skipped=True, actor=owner, now=now)
    assert sorted(skipped.progress) == ["export", "export_skipped"]
    saved = mark_exported(request.pk, skipped=False, actor=owner, now=now)
    assert sorted(saved.progress) == ["export"]
