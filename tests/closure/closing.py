"""Closures written straight into the state a test wants, as if their owners had walked all the way."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from accounts.actors import Actor
from accounts.enums import AccountStatus
from accounts.models import Account
from accounts.status import change_status
from closure.enums import ClosureState, Moment, RequestChannel, Verdict
from closure.exchange.ledger.models import LedgerAccountState
from closure.finalization.plan import ORDER, FinalStep
from closure.finalization.steps import block_identifiers
from closure.lifecycle import pin
from closure.models import CheckRun, ClosureRequest
from closure.notes import NOTE_CODES
from closure.policy import loader
from tests.closure.retention.sealing import sealed
from tests.factories import make_account

TESTS = Actor.system("tests")
WAITED = timedelta(days=7)


def make_request(account: Account, *, now: datetime, state: ClosureState, **fields: Any) -> ClosureRequest:
    """Make a submitted request whose wait is just over, with its account frozen and everything acknowledged."""
    submitted = now - WAITED
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        if locked.status == AccountStatus.ACTIVE:
            change_status(locked, AccountStatus.FROZEN, actor=TESTS, reason="test", now=submitted)
        request = ClosureRequest.objects.create(
            **{
                **pin(loader.load("standard")),
                "account": locked,
                "state": state,
                "channel": RequestChannel.WEB,
                "created_at": submitted,
                "touched_at": submitted,
                "submitted_at": submitted,
                "finalizes_after": now,
                "finalizes_before": now + timedelta(days=1),
                "release_at": now + timedelta(days=23),
                "acknowledged": {code: submitted.isoformat() for code in NOTE_CODES},
                **fields,
            },
        )
        CheckRun.objects.create(
            account=locked,
            request=request,
            moment=Moment.SUBMIT,
            verdict=Verdict.CLEAR,
            policy_version=request.policy_version,
            snapshot_at=submitted,
            result={"blockers": [], "warnings": []},
            created_at=submitted,
        )
    return request


def approved(name: str = "ana", *, now: datetime, **fields: Any) -> ClosureRequest:
    """Make a customer with nothing left and a request that is due."""
    return make_request(make_account(name), now=now, **{"state": ClosureState.APPROVED, **fields})


def states(requests: list[ClosureRequest]) -> list[str]:
    """Return the states of requests as they stand now."""
    kept = dict(ClosureRequest.objects.filter(pk__in=[request.pk for request in requests]).values_list("pk", "state"))
    return [kept[request.pk] for request in requests]


def left_sealed(request: ClosureRequest, now: datetime) -> None:
    """Leave a plan where its archive is sealed and its identifiers are blocked, and nothing else of its end is done."""
    sealed(now=now, account_id=request.account_id, file_id=request.pk)
    block_identifiers.run([request], now)
    before = ORDER[: ORDER.index(FinalStep.WRITE_RECEIPT)]
    done = {step.value: {"state": "done", "attempts": 1, "at": now.isoformat()} for step in before}
    facts = {"state": ClosureState.FINALIZING, "next_try_at": now, "sealed_at": now}
    ClosureRequest.objects.filter(pk=request.pk).update(plan=done, **facts)
    LedgerAccountState.objects.create(account_id=request.account_id, deposits_locked=True, frozen=True)
