"""What the book of closures says closed since a backup closes again in the restored database (H06, invariant 26).

A request is brought to the moment before it was erased, by the lifecycle and with everything that was sealed, blocked
and signed then; from there finalization does the rest, as it does for everybody: it parks under a legal hold, erases by
the field classes, has the core close the account, and ends. Nobody is mailed again.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import blocked, creation
from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.models import Account, BlockedIdentity
from closure import effects, lifecycle
from closure.enums import FINAL_STATES, OPEN_STATES, ClosureAction, ClosureState
from closure.finalization import plan
from closure.finalization.plan import ORDER, FinalStep, StepState
from closure.models import CheckRun, ClosureRequest, Effect, Receipt
from closure.restore.columns import read, row_of
from closure.restore.exceptions import Contradiction
from closure.restore.page import Page
from closure.retention.models import ArchivePrint, ArchiveRecord
from closure.retention.put_back import Sealed, put_back

REPLAYER = Actor.system("replay_closures")
REASON = "closed_by_the_book"


class Standing(StrEnum):
    """How what a page tells of stands in this database."""

    CLOSED = "closed"
    GOING_ON = "going_on"
    OPEN = "open"
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a page says, read."""

    page: Page
    account_id: UUID
    request_id: UUID
    reference: str
    closed_at: datetime

    @classmethod
    def by(cls, page: Page) -> "Told":
        """Read the first line of a page whose signature holds."""
        head = page.head
        return cls(
            page=page,
            account_id=UUID(head["account"]["id"]),
            request_id=UUID(head["request"]["id"]),
            reference=head["request"]["reference"],
            closed_at=datetime.fromisoformat(head["closed_at"]),
        )


def standing(told: Told) -> Standing:
    """Return how a closure stands here; raises Contradiction where page and database cannot both be right."""
    account = Account.objects.filter(pk=told.account_id).first()
    request = ClosureRequest.objects.filter(pk=told.request_id).first()
    if account is None:
        return Standing.MISSING
    if request is None:
        if account.status == AccountStatus.CLOSED:
            raise Contradiction(f"The account of {told.reference} was closed by another request.")
        return Standing.OPEN
    if request.state == ClosureState.CLOSED:
        return Standing.CLOSED
    if request.account_id != told.account_id or request.state in FINAL_STATES:
        raise Contradiction(f"{told.reference} is {request.state} here, and closed in the book.")
    # Erased here, or brought here, by this very page; one with a later date is of an end that this database lost.
    begun_at = request.first_ended_at or plan.done_at(request.plan, FinalStep.ERASE)
    is_begun = request.state == ClosureState.FINALIZING and begun_at == told.closed_at
    return Standing.GOING_ON if is_begun else Standing.OPEN


def replay(told: Told, *, now: datetime) -> Standing:
    """Bring one closure to the moment before it was erased, in a transaction of its own; returns how it had stood.

    One that is closed here gets back what its archive lacks. Safe to run again. Raises Contradiction, KeyGone,
    TransitionRefused, BadPage; then nothing changed.
    """
    with transaction.atomic(durable=True):
        account = Account.objects.select_for_update().filter(pk=told.account_id).first()
        list(ClosureRequest.objects.select_for_update().filter(pk=told.request_id).values_list("pk"))
        found = standing(told)
        if brought := found in {Standing.OPEN, Standing.MISSING}:
            _bring(told, account, now=now)
            _restore_beside(told, now=now)
        _restore_archive(told, replacing=brought, now=now)
    if found is not Standing.CLOSED:
        effects.perform_for(told.request_id, now=now)
    return found


def _bring(told: Told, account: Account | None, *, now: datetime) -> None:
    """Move account and request by the lifecycle; the plan says that everything before erasing is done."""
    head = told.page.head
    if account is None:
        created_at = datetime.fromisoformat(head["account"]["created_at"])
        account = creation.put_back(told.account_id, created_at=created_at, actor=REPLAYER, now=now)
    columns = {
        **read(ClosureRequest, head["request"]),
        "plan": _plan(told.closed_at),
        "first_ended_at": told.closed_at,
    }
    others = ClosureRequest.objects.filter(account_id=told.account_id, state__in=sorted(OPEN_STATES))
    for other in others.exclude(pk=told.request_id):
        lifecycle.apply(other.pk, ClosureAction.REPLACE, actor=REPLAYER, reason=REASON, now=now, book={})
    if not ClosureRequest.objects.filter(pk=told.request_id).exists():
        account.refresh_from_db()
        lifecycle.put_back(account, columns, actor=REPLAYER, now=now)
    changed = {name: value for name, value in columns.items() if name not in {"id", "account_id"}}
    lifecycle.apply(told.request_id, ClosureAction.REPLAY, actor=REPLAYER, reason=REASON, now=now, book=changed)


def _plan(closed_at: datetime) -> dict[str, Any]:
    done = ORDER[: ORDER.index(FinalStep.ERASE)]
    entry = {"state": StepState.DONE.value, "attempts": 0, "at": closed_at.isoformat()}
    return {step.value: dict(entry) for step in done}


def _restore_beside(told: Told, *, now: datetime) -> None:
    """Put back receipt, last check, blocks and the calls to the core, in place of earlier ones of the same closure."""
    head = told.page.head
    Receipt.objects.filter(request_id=told.request_id).delete()
    if head["receipt"] is not None:
        row_of(Receipt, head["receipt"]).save(force_insert=True)
    if head["check"] is not None:
        CheckRun.objects.bulk_create([row_of(CheckRun, head["check"], result={})], ignore_conflicts=True)
    BlockedIdentity.objects.filter(file_id=told.request_id).delete()
    blocks = [row_of(BlockedIdentity, columns) for columns in head["blocks"]]
    BlockedIdentity.objects.bulk_create([each for each in blocks if blocked.stands(each, now=now)])
    effects.ask_again([row_of(Effect, columns) for columns in head["calls"]], now=now)


def _restore_archive(told: Told, *, replacing: bool, now: datetime) -> int:
    head = told.page.head
    sealed = (
        Sealed(
            record=row_of(ArchiveRecord, line["record"]),
            prints=tuple(row_of(ArchivePrint, columns) for columns in line["prints"]),
        )
        for line in told.page.records()
    )
    ids = [UUID(key) for key in head["records"]]
    return put_back(told.request_id, ids, sealed, months=head["months"], replacing=replacing, now=now)
