"""Batches of the worker: what qualifies moves together, the rest stays, and each has its event."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts import restrictions
from accounts.actors import Actor
from accounts.chain import verify
from accounts.enums import AccountStatus, RestrictionKind
from accounts.exceptions import NotAllowed
from accounts.models import Account, Event
from closure.enums import ClosureAction, ClosureState
from closure.exceptions import TransitionRefused
from closure.lifecycle import apply_batch
from closure.models import ClosureRequest
from tests.closure.scenes import SYSTEM, WAIT, finished_plan, make_request
from tests.factories import make_account

pytestmark = pytest.mark.django_db
A, S = ClosureAction, ClosureState


def make_many(count: int, state: ClosureState, now: datetime, **fields: Any) -> list[ClosureRequest]:
    made = [make_request(make_account(f"ana{number}"), state, now=now, **fields) for number in range(count)]
    return sorted(made, key=lambda request: request.account_id)


def batch(requests: list[ClosureRequest], action: ClosureAction, now: datetime) -> list[UUID]:
    return apply_batch([request.pk for request in requests], action, actor=SYSTEM, reason="due", now=now)


def states(requests: list[ClosureRequest]) -> list[str]:
    return [ClosureRequest.objects.get(pk=request.pk).state for request in requests]


def test_elapse_moves_what_is_due_and_leaves_the_rest(now: datetime, advance: Callable[..., datetime]) -> None:
    due = make_many(2, S.COOLING_OFF, now)
    early = make_request(make_account("bob"), S.COOLING_OFF, now=now, finalizes_after=now + WAIT * 2)
    review = make_request(make_account("eve"), S.IN_REVIEW, now=now)
    at = advance(days=7, seconds=5)
    moved = batch([*reversed(due), early, review], A.ELAPSE, at)
    assert moved == [request.pk for request in due]
    assert states([*due, early, review]) == [S.APPROVED, S.APPROVED, S.COOLING_OFF, S.IN_REVIEW]


def test_elapse_believes_the_clock_of_the_database(now: datetime) -> None:
    requests = make_many(1, S.COOLING_OFF, now)
    # Whoever asks says that a week has passed; the database knows better (invariant 9).
    assert batch(requests, A.ELAPSE, now + WAIT) == []
    assert states(requests) == [S.COOLING_OFF]


def test_elapse_believes_the_caller_too(now: datetime, advance: Callable[..., datetime]) -> None:
    requests = make_many(1, S.COOLING_OFF, now)
    advance(days=8)
    assert batch(requests, A.ELAPSE, now) == []


def test_begin_leaves_restricted_accounts(now: datetime) -> None:
    free, stopped = make_many(2, S.APPROVED, now, finalizes_after=now - WAIT)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=stopped.account_id)
        restrictions.place(locked, RestrictionKind.FRAUD_ALERT, actor=SYSTEM, note="", now=now)
    assert batch([free, stopped], A.BEGIN, now) == [free.pk]
    assert states([free, stopped]) == [S.FINALIZING, S.APPROVED]


def test_finish_closes_accounts_whose_steps_are_done(now: datetime) -> None:
    done = make_many(2, S.FINALIZING, now, sealed_at=now, plan=finished_plan())
    undone = make_request(make_account("bob"), S.FINALIZING, now=now, sealed_at=now, plan={})
    moved = batch([*done, undone], A.FINISH, now)
    statuses = [Account.objects.get(pk=request.account_id).status for request in [*done, undone]]
    assert moved == [request.pk for request in done]
    assert statuses == [AccountStatus.CLOSED, AccountStatus.CLOSED, AccountStatus.FROZEN]
    ended = ClosureRequest.objects.get(pk=done[0].pk)
    assert (ended.ended_at, ended.end_reason, ended.version) == (now, "closed", 1)


def test_a_batch_journals_each_request_once(now: datetime) -> None:
    done = make_many(3, S.FINALIZING, now, sealed_at=now, plan=finished_plan())
    batch(done, A.FINISH, now)
    batch(done, A.FINISH, now)
    told = Event.objects.filter(action="closure.finished").order_by("account_id")
    assert list(told.values_list("account_id", flat=True)) == [request.account_id for request in done]
    assert verify()[1] is None


def test_a_batch_takes_the_same_queries_for_one_and_for_three(now: datetime) -> None:
    counts = []
    for number in (1, 3):
        requests = [
            make_request(make_account(f"ana{number}{each}"), S.FINALIZING, now=now, sealed_at=now, plan=finished_plan())
            for each in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert len(batch(requests, A.FINISH, now)) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_batches_are_of_the_system_and_of_few_actions(now: datetime) -> None:
    requests = make_many(1, S.APPROVED, now, finalizes_after=now - WAIT)
    keys = [request.pk for request in requests]
    with pytest.raises(TransitionRefused):
        apply_batch(keys, A.REJECT, actor=SYSTEM, reason="", now=now)
    with pytest.raises(NotAllowed):
        apply_batch(keys, A.BEGIN, actor=Actor.core(), reason="", now=now)
    assert (states(requests), batch([], A.BEGIN, now + timedelta(1))) == ([S.APPROVED], [])
