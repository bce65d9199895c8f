"""What the archive of a closed account holds, and from when its years count."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts import clock, journal
from accounts.actors import Actor
from accounts.enums import IdentifierKind
from accounts.journal import note_digest
from accounts.models import Account, Note
from closure import exchange
from closure.enums import ClosureState, ReactivationState
from closure.exchange.ledger.gateway import LedgerGateway
from closure.exchange.ledger.models import LedgerTransaction
from closure.finalization import archiving
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from closure.models import ClosureRequest, Evidence, Reactivation
from closure.retention.archive import Terms, find, kept, open_record
from closure.retention.enums import RecordClass
from closure.retention.lines import read
from closure.retention.models import ArchiveRecord
from closure.retention.schedule import expires_at
from tests.closure.closing import approved, make_request
from tests.closure.reactivating import make_reactivation
from tests.factories import make_account
from tests.fakes.faulty_gateway import WRITES, FaultyGateway

R = RecordClass
SYSTEM = Actor.system("tests")
pytestmark = pytest.mark.django_db(transaction=True)


def opened(request: ClosureRequest, record_class: RecordClass, now: datetime) -> list[dict[str, Any]]:
    """Return the rows that are sealed of one class."""
    rows = ArchiveRecord.objects.filter(file_id=request.pk, record_class=record_class).order_by("part")
    return [row for record in rows for row in read(open_record(record.pk, now=now))]


def of(rows: list[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["table"] == table]


@pytest.mark.row("F02", "H01")
def test_archive_says_who_it_was_and_what_they_did(now: datetime) -> None:
    request = approved(now=now)
    for number in range(3):
        LedgerTransaction.objects.create(
            account_id=request.account_id,
            time=now - timedelta(days=3 - number),
            kind="trade",
            asset="BTC",
            amount="0.10",
            fee="0.001",
            reference=f"t{number}",
        )
    assert finalize_due(now=now) == Summary(closed=1)
    (account,) = of(opened(request, R.IDENTITY, now), "accounts.Account")
    assert (account["name"], account["email"], account["country"]) == ("Ana Diaz", "ana@example.test", "US")
    history = opened(request, R.TRANSACTIONS, now)
    assert [(row["table"], row["reference"], row["kind"], row["amount"], row["fee"]) for row in history] == [
        ("core.Transaction", f"t{number}", "trade", "0.10", "0.001") for number in range(3)
    ]
    assert LedgerTransaction.objects.count() == 0


@pytest.mark.row("H01")
def test_archive_says_how_it_was_decided(now: datetime) -> None:
    request = approved(now=now)
    assert finalize_due(now=now) == Summary(closed=1)
    rows = opened(request, R.CLOSURE_FILE, now)
    (told,) = of(rows, "closure.ClosureRequest")
    assert (told["reference"], told["policy"], told["acknowledged"]) == (
        request.reference,
        request.policy,
        request.acknowledged,
    )
    assert set(told) & archiving.LEFT_OUT == set()
    assert [row["moment"] for row in of(rows, "closure.CheckRun")] == ["submit", "finalize"]
    assert [row["action"] for row in of(rows, "accounts.Event")] == ["closure.begun"]


@pytest.mark.row("F02", "J07")
def test_reactivation_leaves_its_decision_in_the_archive_and_nothing_else(now: datetime) -> None:
    request = approved(now=now)
    row = make_reactivation(request.account, ReactivationState.APPROVED, now=now)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=request.account_id)
        journal.record("reactivation.approved", actor=SYSTEM, at=now, account=account, data={"case": "SC"})
    assert finalize_due(now=now) == Summary(closed=1)
    rows = opened(request, R.CLOSURE_FILE, now)
    (told,) = of(rows, "closure.Reactivation")
    assert (told["reference"], told["state"], told["document_type"]) == (row.reference, "approved", "passport")
    assert (told["proposed_by"], told["decided_by"]) == (str(row.proposed_by), str(row.decided_by))
    assert {"note", "asked", "policy"} & set(told) == set()
    assert "reactivation.approved" in [row["action"] for row in of(rows, "accounts.Event")]
    assert (Reactivation.objects.count(), Evidence.objects.count()) == (0, 0)


@pytest.mark.row("H07")
def test_notes_are_sealed_with_their_events_before_they_are_erased(now: datetime) -> None:
    request = approved(now=now)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=request.account_id)
        event = journal.record("restriction.lifted", actor=SYSTEM, at=now, account=account, note="Sam looked at it")
    assert finalize_due(now=now) == Summary(closed=1)
    rows = opened(request, R.CLOSURE_FILE, now)
    (note,) = of(rows, "accounts.Note")
    assert (note["text"], note["event_id"]) == ("Sam looked at it", str(event.pk))
    digests = {row["id"]: row.get("note") for row in of(rows, "accounts.Event")}
    assert digests[str(event.pk)] == note_digest(note["text"], bytes.fromhex(note["salt"]))
    assert Note.objects.filter(account_id=request.account_id).count() == 0


@pytest.mark.row("F08")
def test_archive_is_found_by_what_the_person_was_known_by(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    for kind, value in ((IdentifierKind.EMAIL, "ana@example.test"), (IdentifierKind.DOCUMENT, "XANA1")):
        assert find(kind, value, now=now) == [request.account_id]
    assert find(IdentifierKind.EMAIL, "ben@example.test", now=now) == []


def test_archive_without_a_history_says_so(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    assert opened(request, R.TRANSACTIONS, now) == []
    assert [each.record_class for each in kept([request.pk])[request.pk]] == list(R)


def test_archive_of_many_keeps_each_to_itself(now: datetime) -> None:
    requests = [approved(f"ana{number}", now=now) for number in range(5)]
    for number, request in enumerate(requests):
        LedgerTransaction.objects.create(
            account_id=request.account_id, time=now, kind="trade", asset="BTC", amount="1", reference=f"t{number}"
        )
    assert finalize_due(now=now) == Summary(closed=5)
    found = [
        (of(opened(request, R.IDENTITY, now), "accounts.Account")[0]["email"], opened(request, R.TRANSACTIONS, now))
        for request in requests
    ]
    assert [(email, history[0]["reference"]) for email, history in found] == [
        (f"ana{number}@example.test", f"t{number}") for number in range(5)
    ]


def test_long_history_is_sealed_in_parts(now: datetime) -> None:
    request = approved(now=now)
    LedgerTransaction.objects.bulk_create(
        LedgerTransaction(
            account_id=request.account_id, time=now, kind="trade", asset="BTC", amount="1", reference=f"t{n}"
        )
        for n in range(4000)
    )
    assert finalize_due(now=now) == Summary(closed=1)
    parts = ArchiveRecord.objects.filter(file_id=request.pk, record_class=R.TRANSACTIONS).count()
    assert (parts, len({row["reference"] for row in opened(request, R.TRANSACTIONS, now)})) == (3, 4000)


@pytest.mark.row("E08", "H01")
def test_terms_are_those_of_the_pinned_policy_and_the_country(now: datetime) -> None:
    request = make_request(make_account("ana", country="CH"), now=now, state=ClosureState.APPROVED)
    assert archiving.terms_of(request) == Terms(
        years={R.IDENTITY: 5, R.TRANSACTIONS: 7}, country="CH", may_lengthen=True
    )


@pytest.mark.row("H01")
def test_closing_later_than_sealed_counts_from_the_closing(
    now: datetime, advance: Callable[..., datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    request = make_request(make_account("ana", country="BE"), now=now, state=ClosureState.APPROVED)
    terms = archiving.terms_of(request)
    core = FaultyGateway(LedgerGateway(clock.now), call="close")
    core.writing = {request.account_id: WRITES["unreachable"]}
    monkeypatch.setattr(exchange, "get_gateway", lambda: core)
    assert finalize_due(now=now) == Summary(waiting=1)
    assert dates(request) == {each: expires_at(each, closed_at=now, terms=terms) for each in R}
    core.heal()
    # Everything personal is erased by now, the country too: the records know their years.
    later = advance(days=40)
    assert finalize_due(now=later) == Summary(closed=1)
    assert dates(request) == {each: expires_at(each, closed_at=later, terms=terms) for each in R}
    assert dates(request)[R.IDENTITY].year == later.year + 10


def dates(request: ClosureRequest) -> dict[RecordClass, datetime]:
    return {each.record_class: each.expires_at for each in kept([request.pk])[request.pk]}
