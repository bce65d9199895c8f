"""Which rows belong to which work."""

from datetime import datetime, timedelta

import pytest

from accounts.enums import Role
from accounts.models import Account
from closure import queries
from closure.enums import ClosureState
from closure.exceptions import UnknownRequest
from closure.models import ClosureRequest
from tests.closure.scenes import make_request, make_run, staff
from tests.factories import make_account

pytestmark = pytest.mark.django_db
S = ClosureState


@pytest.fixture
def all_states(now: datetime) -> dict[ClosureState, ClosureRequest]:
    return {state: make_request(make_account(state.value.replace("_", "")), state, now=now) for state in S}


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def test_queue_has_what_waits_for_a_person(all_states: dict[ClosureState, ClosureRequest]) -> None:
    assert [request.state for request in queries.queue()] == [S.IN_REVIEW, S.HELD]


def test_live_requests_have_frozen_accounts(all_states: dict[ClosureState, ClosureRequest], now: datetime) -> None:
    live = {S.IN_REVIEW, S.COOLING_OFF, S.APPROVED, S.HELD, S.FINALIZING}
    assert {request.state for request in queries.live()} == live
    ClosureRequest.objects.filter(state=S.FINALIZING).update(sealed_at=now)
    assert {request.state for request in queries.live()} == live - {S.FINALIZING}


def test_overdue_reviews_come_first_due_first(now: datetime) -> None:
    made = [
        make_request(make_account(f"ana{days}"), S.IN_REVIEW, now=now, finalizes_before=now + timedelta(days=days))
        for days in (3, 1, 5)
    ]
    late = list(queries.overdue(now + timedelta(days=4)))
    assert late == [made[1], made[0]]


def test_due_and_elapsed_are_those_whose_wait_is_over(now: datetime) -> None:
    past, future = now - timedelta(seconds=1), now + timedelta(hours=1)
    for number, (state, after) in enumerate([(s, t) for s in (S.COOLING_OFF, S.APPROVED) for t in (past, future)]):
        make_request(make_account(f"ana{number}"), state, now=now, finalizes_after=after)
    assert [request.finalizes_after for request in queries.due(now)] == [past]
    assert [request.finalizes_after for request in queries.elapsed(now)] == [past]
    assert (queries.due(now - timedelta(hours=1)).count(), queries.due(future + timedelta(hours=1)).count()) == (0, 1)


def test_second_approvals_are_proposed_reviews(ana: Account, now: datetime) -> None:
    make_request(make_account("bob"), S.IN_REVIEW, now=now)
    proposed = make_request(ana, S.IN_REVIEW, now=now, proposed_at=now, proposed_by=staff(Role.AGENT).account_id)
    assert list(queries.second_approvals()) == [proposed]


def test_references_are_found_however_typed_and_for_their_owner_only(ana: Account, now: datetime) -> None:
    request, bob = make_request(ana, S.DRAFT, now=now), make_account("bob")
    assert queries.by_reference(f" {request.reference.lower()} ") == request
    assert queries.by_reference(request.reference, ana) == request
    for reference, account in ((request.reference, bob), ("CL-NONE-NONE", None)):
        with pytest.raises(UnknownRequest):
            queries.by_reference(reference, account)


def test_requests_of_an_account_come_newest_first(ana: Account, now: datetime) -> None:
    old = make_request(ana, S.CANCELLED, now=now)
    new = make_request(ana, S.DRAFT, now=now)
    assert (list(queries.for_account(ana)), queries.open_of(ana)) == ([new, old], new)
    new.delete()
    assert queries.open_of(ana) is None


def test_unknown_since_counts_an_unbroken_row(ana: Account, now: datetime) -> None:
    request = make_request(ana, S.COOLING_OFF, now=now)
    assert queries.unknown_since(request.pk) is None
    for minutes, unknown in ((50, True), (40, False), (30, True), (20, True)):
        make_run(request, now=now - timedelta(minutes=minutes), unknown=unknown)
    assert queries.unknown_since(request.pk) == now - timedelta(minutes=30)
    make_run(request, now=now)
    assert queries.unknown_since(request.pk) is None
