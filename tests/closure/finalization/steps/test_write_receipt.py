"""Closing writes one receipt, once, with what it erased and nothing of whom (F07)."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import RestrictionKind
from accounts.models import Account, Event, OutboxMessage
from closure.enums import ClosureState
from closure.exchange.ledger.models import LedgerHolding
from closure.finalization.runner import finalize_due
from closure.finalization.steps import write_receipt
from closure.finalization.summary import Summary
from closure.models import ClosureRequest, Receipt
from closure.receipts import checking, document
from closure.retention.erase import erase_accounts
from closure.retention.groups import GROUPS, ErasedGroup
from tests.closure.closing import approved, left_sealed
from tests.closure.finalization.steps.test_erase import planted
from tests.closure.finalization.test_runner import restrict
from tests.closure.planting import PLANTED
from tests.factories import document_number
from tests.outbox import messages, opened
from tests.restricting import lift_all

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F07")]


def said(request: ClosureRequest) -> dict[str, Any]:
    """Return what the receipt of a closed request says."""
    found = checking.check_file(document.file_of(Receipt.objects.get(request=request)))
    assert found.contents is not None
    return dict(found.contents)


def test_receipt_counts_what_erasing_takes(now: datetime) -> None:
    request = planted("ana", now)
    OutboxMessage.objects.create(account_id=request.account_id, channel="email", created_at=now, due_at=now)
    with transaction.atomic():
        write_receipt.run([request], now)
        taken = erase_accounts([request.account_id])
    expected = Counter({ErasedGroup.MESSAGES: 1})
    for table, rows in taken.items():
        expected[GROUPS[table]] += rows
    told = {each["what"]: each["count"] for each in said(request)["erased"]}
    assert told == {group: expected[group] for group in ErasedGroup}
    assert (told["profile"], told["checks"]) == (6, 1)


@pytest.mark.row("F02")
def test_receipt_holds_no_personal_data(now: datetime) -> None:
    """Everything planted in every table, and who the account was, is looked for in the bytes."""
    request = planted("ana", now)
    account = Account.objects.get(pk=request.account_id)
    finalize_due(now=now)
    receipt = Receipt.objects.get(request=request)
    traces = [PLANTED, account.email, account.phone, account.name, "Diaz", document_number("ana"), str(account.pk)]
    row = b"\n".join([bytes(receipt.body), bytes(receipt.signature), str(receipt.pk).encode()])
    assert [trace for trace in traces if str(trace).encode() in row] == []
    assert request.reference.encode() in row


def test_receipt_is_tied_to_the_journal_and_the_policy(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    begun = Event.objects.get(account_id=request.account_id, action="closure.begun")
    told = said(request)
    assert told["journal_head"] == bytes(begun.leaf).hex()
    assert told["policy"] == {"name": "standard", "version": request.policy_version}
    assert told["closed_at"] == now.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_receipt_names_what_was_left_behind(now: datetime) -> None:
    request = approved(now=now)
    LedgerHolding.objects.create(
        account_id=request.account_id, area="spot", asset="ABC", amount="0.0003", value_usdt="0.01"
    )
    acknowledged = {**request.acknowledged, "spot_dust_ABC": now.isoformat()}
    ClosureRequest.objects.filter(pk=request.pk).update(acknowledged=acknowledged)
    assert finalize_due(now=now) == Summary(closed=1)
    assert said(request)["given_up"] == [{"what": "balance", "asset": "ABC", "amount": "0.0003"}]


@pytest.mark.row("H05")
def test_receipt_of_what_closes_later_counts_from_its_closing(now: datetime, client: Client) -> None:
    """A legal hold comes in between: the receipt is shown at the end only, and tells the day of the end."""
    request = planted("ana", now)
    left_sealed(request, now)
    with transaction.atomic():
        write_receipt.run([request], now)
    first = said(request)
    hold = restrict(request.account, RestrictionKind.JUDICIAL_FREEZE, now)
    assert finalize_due(now=now) == Summary(waiting=1)
    address = f"/receipt/{Receipt.objects.get().pk}/"
    assert client.get(address).status_code == 409

    lift_all(hold.account_id, now=now)
    later = now + timedelta(days=90)
    assert finalize_due(now=later) == Summary(closed=1)
    request.refresh_from_db()
    last = said(request)
    assert last["closed_at"] == later.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert {name for name in first if last[name] != first[name]} == {"closed_at", "kept", "blocked"}
    ends = [[datetime.fromisoformat(each["until"]) for each in told["kept"]] for told in (first, last)]
    assert [new - old >= timedelta(days=89) for old, new in zip(*ends, strict=True)] == [True] * 3
    (mail,) = [each["until"] for each in last["blocked"] if each["kind"] == "email"]
    assert datetime.fromisoformat(mail) - later <= timedelta(days=30, seconds=1)
    assert (client.get(address).status_code, request.ended_at) == (200, later)


def test_receipt_is_written_once_and_never_changed(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    before = Receipt.objects.values().get()
    request.refresh_from_db()
    with transaction.atomic():
        write_receipt.run([request], now + timedelta(days=1))
    assert finalize_due(now=now + timedelta(days=1)) == Summary()
    assert Receipt.objects.values().get() == before


def test_address_is_random_and_tells_no_time(now: datetime) -> None:
    for name in ("ana", "ben", "cid"):
        approved(name, now=now)
    finalize_due(now=now)
    assert [key.version for key in Receipt.objects.values_list("pk", flat=True)] == [4, 4, 4]


def test_last_message_carries_the_address(now: datetime) -> None:
    request = approved(now=now)
    finalize_due(now=now)
    assert opened(messages(request.account)[-1]).context["receipt"] == str(Receipt.objects.get().pk)


def test_step_takes_as_many_queries_for_ten_as_for_one(now: datetime) -> None:
    counts = []
    for number in (1, 10):
        requests = [approved(f"ana{number}x{each}", now=now) for each in range(number)]
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            write_receipt.run(requests, now)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert ClosureRequest.objects.filter(state=ClosureState.APPROVED).count() == Receipt.objects.count() == 11
