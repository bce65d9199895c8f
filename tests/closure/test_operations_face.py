"""Faces: compared by staff with consent, documents without it, and nothing approved before they said what they saw."""

import json
from datetime import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.enums import Role
from accounts.exceptions import NotAllowed
from accounts.models import Account, Event, Note
from closure.enums import ClosureState, FaceOutcome
from closure.exceptions import ReasonRequired, StaleDecision, TransitionRefused
from closure.models import ClosureRequest
from closure.operations import review
from closure.operations.face import record_face_outcome
from tests.closure.scenes import make_request, staff
from tests.factories import make_account

pytestmark = pytest.mark.django_db

F = FaceOutcome
SAM = staff(Role.AGENT)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def waiting(account: Account, now: datetime, **fields: Any) -> ClosureRequest:
    """Return a request in review whose face is due, with consent."""
    facts = {"face_due": True, "face_consent": True, "review_due": True, **fields}
    return make_request(account, ClosureState.IN_REVIEW, now=now, **facts)


def saw(request: ClosureRequest, outcome: FaceOutcome, now: datetime, **facts: Any) -> ClosureRequest:
    return record_face_outcome(request.pk, outcome, **{"reason": "Looked.", "actor": SAM, "now": now, **facts})


def approve(request: ClosureRequest, now: datetime) -> ClosureRequest:
    return review.approve(request.pk, actor=SAM, reason="All in order.", seen_version=request.version, now=now)


@pytest.mark.row("D01")
@pytest.mark.parametrize(("consent", "outcome"), [(True, F.MATCH), (True, F.DOCUMENTS), (False, F.DOCUMENTS)])
def test_outcome_is_kept_journalled_and_lets_approve(
    ana: Account, now: datetime, outcome: FaceOutcome, *, consent: bool
) -> None:
    request = waiting(ana, now, face_consent=consent)
    kept = saw(request, outcome, now)
    assert (kept.face_outcome, kept.face_recorded_at, kept.face_recorded_by) == (outcome, now, SAM.account_id)
    event = Event.objects.get(account_id=ana.pk, action="face.recorded")
    told = {"closure": str(request.pk), "outcome": outcome.value, "consent": consent}
    assert json.loads(bytes(event.body))["data"] == told
    assert Note.objects.get(event_id=event.pk).text == "Looked."
    assert approve(request, now).state == ClosureState.COOLING_OFF


@pytest.mark.row("D01")
@pytest.mark.parametrize(("outcome", "code"), [(None, "face_outcome_missing"), (F.NO_MATCH, "face_not_matched")])
def test_nothing_is_approved_without_a_face_that_matches(
    ana: Account, now: datetime, outcome: FaceOutcome | None, code: str
) -> None:
    request = waiting(ana, now)
    if outcome:
        saw(request, outcome, now)
    with pytest.raises(TransitionRefused) as refused:
        approve(request, now)
    assert refused.value.code == code


def test_proposing_asks_for_the_face_too(ana: Account, now: datetime) -> None:
    request = waiting(ana, now, four_eyes_due=True)
    with pytest.raises(TransitionRefused) as refused:
        approve(request, now)
    assert refused.value.code == "face_outcome_missing"
    saw(request, F.MATCH, now)
    assert approve(request, now).proposed_by == SAM.account_id


@pytest.mark.parametrize("outcome", [F.MATCH, F.NO_MATCH])
def test_no_face_is_compared_without_consent(ana: Account, now: datetime, outcome: FaceOutcome) -> None:
    with pytest.raises(TransitionRefused) as refused:
        saw(waiting(ana, now, face_consent=False), outcome, now)
    assert refused.value.code == "no_consent"


@pytest.mark.parametrize(
    "request_facts", [{"face_due": False, "face_consent": None}, {"state": ClosureState.COOLING_OFF}]
)
def test_outcome_without_a_face_that_is_due_is_refused(
    ana: Account, now: datetime, request_facts: dict[str, Any]
) -> None:
    state = request_facts.pop("state", ClosureState.IN_REVIEW)
    facts = {"face_due": True, "face_consent": True, **request_facts}
    with pytest.raises(TransitionRefused) as refused:
        saw(make_request(ana, state, now=now, **facts), F.DOCUMENTS, now)
    assert refused.value.code == "no_face_due"


def test_outcome_needs_a_reason_the_newest_version_and_staff(ana: Account, now: datetime) -> None:
    request = waiting(ana, now)
    with pytest.raises(ReasonRequired):
        saw(request, F.MATCH, now, reason=" ")
    with pytest.raises(StaleDecision):
        saw(request, F.MATCH, now, seen_version=request.version + 1)
    for actor in (Actor.customer(ana), staff(Role.AUDITOR), Actor.system("sweep")):
        with pytest.raises(NotAllowed):
            saw(request, F.MATCH, now, actor=actor)
    request.refresh_from_db()
    assert request.face_outcome == ""


def test_later_outcome_replaces_the_earlier(ana: Account, now: datetime) -> None:
    request = waiting(ana, now)
    saw(request, F.NO_MATCH, now)
    saw(request, F.DOCUMENTS, now)
    assert approve(request, now).state == ClosureState.COOLING_OFF
    assert Event.objects.filter(action="face.recorded").count() == 2
