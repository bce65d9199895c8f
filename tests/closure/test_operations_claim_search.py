"""Compliance asks whose archive it is: told by key and reference, journaled with its reason, and nothing more."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from accounts.enums import IdentifierKind, Role
from accounts.exceptions import BadIdentifier, NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.ids import uuid7
from accounts.models import Event, Note
from closure.claims import take
from closure.enums import ClaimOutcome
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest, DepositClaim
from closure.operations.claim_search import Match, search
from closure.operations.claims import ClaimRefused, UnknownClaim, propose_settlement, settle
from closure.retention.exceptions import KeyGone
from closure.retention.months import store
from tests.claiming import claim_of, report
from tests.closure.closing import approved
from tests.closure.scenes import SYSTEM, staff
from tests.factories import document_number
from tests.holding import officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F08")]
K = IdentifierKind
OLGA, OMAR = officer("olga"), officer("omar")
WHY = "The sender wrote to us."


@pytest.fixture
def claim(now: datetime) -> DepositClaim:
    """A deposit that came for Ana, who is closed, as is Ben."""
    approved("ben", now=now)
    return claim_of("ana", now=now)


def of(request: ClosureRequest, *, is_claim: bool) -> Match:
    return Match(account_id=request.account_id, request_id=request.pk, reference=request.reference, is_claim=is_claim)


def test_person_is_found_by_each_identifier_as_it_was_typed(now: datetime) -> None:
    waiting = approved("ana", now=now)
    phone = str(waiting.account.phone)
    finalize_due(now=now)
    take(report(waiting.account_id, at=now), now=now)
    claim = DepositClaim.objects.get()
    assert document_number("ana") == "X-ANA-1"
    for kind, value in ((K.EMAIL, "ANA@Example.test"), (K.PHONE, f"{phone[:2]} {phone[2:]}"), (K.DOCUMENT, "x ana 1")):
        assert search(claim.pk, kind, value, reason=WHY, actor=OLGA, now=now) == [of(waiting, is_claim=True)]


def test_another_sealed_person_is_told_apart_and_nobody_is_nobody(claim: DepositClaim, now: datetime) -> None:
    ben = ClosureRequest.objects.exclude(account_id=claim.account_id).get()
    assert search(claim.pk, K.EMAIL, "ben@example.test", reason=WHY, actor=OLGA, now=now) == [of(ben, is_claim=False)]
    assert search(claim.pk, K.EMAIL, "eve@example.test", reason=WHY, actor=OLGA, now=now) == []
    assert search(claim.pk, K.PHONE, "+14155559999", reason=WHY, actor=OLGA, now=now) == []


def test_search_is_journaled_whatever_it_finds_and_never_what_was_typed(claim: DepositClaim, now: datetime) -> None:
    for value in ("ana@example.test", "eve@example.test"):
        search(claim.pk, K.EMAIL, value, reason=f" {WHY} ", actor=OLGA, now=now)
    events = list(Event.objects.filter(action="claim.searched").order_by("id"))
    told = [json.loads(bytes(event.body))["data"] for event in events]
    common = {"claim": str(claim.pk), "kind": "email"}
    assert told == [{**common, "found": [str(claim.account_id)]}, {**common, "found": []}]
    assert {(event.account_id, event.actor) for event in events} == {(claim.account_id, OLGA.label)}
    notes = Note.objects.filter(event_id__in=[event.pk for event in events])
    assert [(note.account_id, note.text) for note in notes] == [(claim.account_id, WHY)] * 2
    assert not any(b"example.test" in bytes(event.body) for event in Event.objects.all())


@pytest.mark.parametrize("actor", [*(staff(role) for role in Role if role is not Role.COMPLIANCE), SYSTEM])
def test_nobody_but_compliance_asks(claim: DepositClaim, now: datetime, actor: object) -> None:
    refused(NotAllowed, claim.pk, now, actor=actor)


def refused(error: type[PortalError], key: UUID, now: datetime, **given: object) -> None:
    """Ask in a way that is refused, and see that nothing was written."""
    before = Event.objects.count()
    asked: dict[str, Any] = {"kind": K.EMAIL, "value": "ana@example.test", "reason": WHY, "actor": OLGA, **given}
    with pytest.raises(error):
        search(key, asked.pop("kind"), asked.pop("value"), now=now, **asked)
    assert Event.objects.count() == before


def test_what_is_missing_or_wrong_is_refused(claim: DepositClaim, now: datetime) -> None:
    owner = replace(OLGA, account_id=claim.account_id)
    refused(ReasonRequired, claim.pk, now, reason=" ")
    refused(BadIdentifier, claim.pk, now, value="ana")
    refused(UnknownClaim, uuid7(), now)
    refused(SecondPersonRequired, claim.pk, now, actor=owner)


def test_settled_claim_asks_no_more(claim: DepositClaim, now: datetime) -> None:
    propose_settlement(claim.pk, ClaimOutcome.PAID, reason=WHY, actor=OLGA, now=now)
    settle(claim.pk, ClaimOutcome.PAID, reason=WHY, actor=OMAR, now=now)
    refused(ClaimRefused, claim.pk, now)


def test_without_its_keys_nobody_found_means_nothing(claim: DepositClaim, now: datetime) -> None:
    for month in store().months():
        store().destroy(month)
    refused(KeyGone, claim.pk, now)
