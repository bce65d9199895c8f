"""Writes receipts, once for each closure: after the archive is sealed, before anything is erased.

Where a hold or a silent core comes in between, it is dated anew when the account closes: until then nobody sees it.
"""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from accounts import blocked
from accounts.models import OutboxMessage
from closure.enums import Moment
from closure.models import CheckRun, ClosureRequest, Receipt
from closure.receipts import document, losses
from closure.receipts.document import Facts, Loss
from closure.retention import archive, groups
from closure.retention.groups import ErasedGroup


def write(requests: Sequence[ClosureRequest], *, now: datetime) -> None:
    """Write the receipts that these sealed requests do not have yet; their accounts are locked. Safe to run again."""
    written = set(Receipt.objects.filter(request__in=requests).values_list("request_id", flat=True))
    new = [request for request in requests if request.pk not in written]
    facts = facts_of(new)
    Receipt.objects.bulk_create([receipt_of(request, facts[request.pk], now=now) for request in new])


def date_late(requests: Sequence[ClosureRequest], *, now: datetime) -> None:
    """Let the receipts of requests that close now, later than they were written, count from now.

    In the transaction that closes them, after archive and block list moved their dates: what is shown from here on is
    never changed again.
    """
    late = list(Receipt.objects.filter(request__in=requests, written_at__lt=now))
    files = [receipt.request_id for receipt in late]
    kept, blocks = archive.kept(files), blocked.of_files(files)
    for receipt in late:
        anew = document.dates(kept=kept[receipt.request_id], blocked=blocks[receipt.request_id], closed_at=now)
        receipt.body, receipt.signature = document.sign(json.loads(bytes(receipt.body)) | anew)
        receipt.written_at = now
    Receipt.objects.bulk_update(late, ["body", "signature", "written_at"])


def receipt_of(request: ClosureRequest, facts: Facts, *, now: datetime) -> Receipt:
    """Return the signed receipt of a request, not saved."""
    body, signature = document.sign(document.contents(request, facts, now=now))
    return Receipt(account_id=request.account_id, request=request, body=body, signature=signature, written_at=now)


def facts_of(requests: Sequence[ClosureRequest]) -> dict[UUID, Facts]:
    """Return what each receipt is told, by request: as many queries for many as for one."""
    files = [request.pk for request in requests]
    erased = _erased([request.account_id for request in requests])
    kept, blocks, given_up = archive.kept(files), blocked.of_files(files), _given_up(requests)
    return {
        request.pk: Facts(
            erased=erased[request.account_id],
            kept=kept[request.pk],
            blocked=blocks[request.pk],
            given_up=given_up.get(request.pk, ()),
        )
        for request in requests
    }


def _erased(account_ids: Sequence[UUID]) -> dict[UUID, Counter[ErasedGroup]]:
    """Return what the step that erases will take, by the field classes and with the messages that go before them."""
    found = groups.count(account_ids)
    messages = OutboxMessage.objects.filter(account_id__in=account_ids).order_by()
    for account_id, number in messages.values_list("account_id").annotate(Count("pk")):
        found[account_id][ErasedGroup.MESSAGES] += number
    return found


def _given_up(requests: Sequence[ClosureRequest]) -> dict[UUID, list[Loss]]:
    """Return what the last check behind locked deposits let go, by request."""
    runs = CheckRun.objects.filter(request__in=requests, moment=Moment.FINALIZE).order_by("created_at", "id")
    # A later run of the same request takes the place of an earlier one, which may have been beyond reading.
    latest = dict(runs.values_list("request_id", "result"))
    return {key: losses.of_check(result) for key, result in latest.items()}
