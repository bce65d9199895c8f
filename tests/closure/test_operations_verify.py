"""Verifying for one submission: opened, extended and bound; and the document number with its own budget."""

from datetime import datetime, timedelta

import pytest

from accounts.enums import Purpose
from accounts.exceptions import NotAllowed, TooManyAttempts, VerificationExpired
from accounts.models import Account, StepUp
from closure import verification
from closure.enums import ClosureAction, ClosureState
from closure.exceptions import UnknownRequest, WrongDocument
from closure.models import ClosureRequest
from closure.operations.verify import (
    begin_verification,
    check_document,
    current_verification,
    digest,
    extend_verification,
)
from tests.closure.by_operations import exported, verified
from tests.closure.scenes import make_request
from tests.factories import document_number, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.mark.row("D07")
def test_digest_is_of_request_account_action_and_policy(ana: Account, now: datetime) -> None:
    request = make_request(ana, ClosureState.DRAFT, now=now)
    other = make_request(make_account("bob"), ClosureState.DRAFT, now=now)
    changed = ClosureRequest.objects.get(pk=request.pk)
    changed.policy_version = "another"
    digests = {
        digest(request),
        digest(other),
        digest(changed),
        verification.digest(request, ClosureAction.CANCEL),
    }
    assert (len(digests), {len(each) for each in digests}) == (4, {32})


@pytest.mark.row("D01", "D02")
def test_begin_opens_a_window_and_replaces_the_one_before(ana: Account, now: datetime) -> None:
    request = exported(ana, now)
    first = begin_verification(request.pk, now=now)
    second = begin_verification(request.pk, now=now)
    open_ones = StepUp.objects.filter(account=ana, purpose=Purpose.CLOSE_ACCOUNT, replaced_at=None)
    assert [step_up.pk for step_up in open_ones] == [second.pk]
    assert (second.expires_at, second.extensions_left) == (now + timedelta(minutes=10), 10)
    found = current_verification(request)
    assert found is not None
    assert (found.pk, first.pk == second.pk) == (second.pk, False)


def test_extending_adds_a_window_while_it_is_open(ana: Account, now: datetime) -> None:
    request = exported(ana, now)
    begin_verification(request.pk, now=now)
    extended = extend_verification(request.pk, now=now + timedelta(minutes=9))
    assert extended.expires_at == now + timedelta(minutes=20)
    with pytest.raises(VerificationExpired):
        extend_verification(request.pk, now=now + timedelta(minutes=21))


def test_extensions_are_counted(ana: Account, now: datetime) -> None:
    request = exported(ana, now)
    begin_verification(request.pk, now=now)
    for _extension in range(10):
        extend_verification(request.pk, now=now)
    with pytest.raises(NotAllowed):
        extend_verification(request.pk, now=now)


def test_nothing_to_extend_counts_as_run_out(ana: Account, now: datetime) -> None:
    with pytest.raises(VerificationExpired):
        extend_verification(exported(ana, now).pk, now=now)


@pytest.mark.row("D03", "D04")
@pytest.mark.parametrize("number", ["X-ANA-1", "xana1", " x ana 1 "])
def test_document_matches_what_was_given_however_it_is_typed(number: str, ana: Account, now: datetime) -> None:
    request, _step_up = verified(ana, now)
    assert check_document(request.pk, number, now=now).progress["document"] == now.isoformat()


@pytest.mark.row("D04")
def test_another_number_is_refused_and_counted(ana: Account, now: datetime) -> None:
    request, _step_up = verified(ana, now)
    make_account("bob")
    for number in ("", "X-ANA-2", document_number("bob"), "X" * 500, "-"):
        with pytest.raises(WrongDocument):
            check_document(request.pk, number, now=now)
    with pytest.raises(TooManyAttempts):
        check_document(request.pk, document_number(), now=now)
    assert "document" not in ClosureRequest.objects.get().progress


def test_requests_that_are_no_drafts_are_unknown(ana: Account, now: datetime) -> None:
    request = make_request(ana, ClosureState.COOLING_OFF, now=now)
    with pytest.raises(UnknownRequest):
        begin_verification(request.pk, now=now)
    with pytest.raises(UnknownRequest):
        check_document(request.pk, document_number(), now=now)
