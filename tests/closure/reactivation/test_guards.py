"""What keeps staff from approving a reactivation: holds, disputes, two people's identity, photos nobody saw."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts import cases, identifiers, identity_check, restrictions
from accounts.actors import Actor
from accounts.enums import AccountStatus, IdentifierKind, RestrictionKind
from accounts.models import Account, Case
from closure.enums import ClosureState, EvidenceKind, ReactivationState
from closure.exceptions import TransitionRefused
from closure.models import Evidence, Reactivation
from closure.operations import reactivate
from closure.operations.hold import dispute
from closure.reactivation import photos
from closure.reactivation.exceptions import Incomplete
from tests.closure.deciding import LEA, SAM, approved, decided
from tests.closure.reactivating import disabled, looked_at, make_reactivation, me, planted
from tests.closure.scenes import make_request
from tests.factories import make_account
from tests.holding import place

pytestmark = pytest.mark.django_db
S, K = ReactivationState, EvidenceKind


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


@pytest.fixture
def submitted(ana: Account, now: datetime) -> Reactivation:
    return make_reactivation(ana, S.SUBMITTED, now=now)


def refusal(row: Reactivation, now: datetime, by: Actor = SAM) -> str:
    with pytest.raises(TransitionRefused) as refused:
        decided(row, "approve", by=by, now=now)
    return refused.value.code


@pytest.mark.row("A12", "J07")
def test_hold_of_law_or_risk_keeps_it_disabled_in_neutral_words(
    submitted: Reactivation, ana: Account, now: datetime
) -> None:
    decided(submitted, "approve", by=SAM, now=now)
    ana.refresh_from_db()
    placed = restrictions.place(ana, RestrictionKind.SECURITY_INVESTIGATION, actor=SAM, note="", now=now)
    with pytest.raises(TransitionRefused, match="A legal or risk hold applies; we cannot say more"):
        decided(submitted, "approve", by=LEA, now=now)
    placed.delete()
    place(ana.pk, now=now)
    assert refusal(submitted, now, LEA) == "on_hold"


@pytest.mark.row("E07", "L06")
def test_disputed_account_comes_back_by_two_of_compliance_alone(now: datetime) -> None:
    request = make_request(make_account("ana"), ClosureState.COOLING_OFF, now=now)
    dispute(request.pk, actor=Actor.link(request.account_id), reason="", now=now)
    ana = Account.objects.get(pk=request.account_id)
    restrictions.active(ana.pk)[0].delete()
    row = make_reactivation(ana, S.SUBMITTED, now=now)
    assert (refusal(row, now), Account.objects.get(pk=ana.pk).status) == ("on_hold", "disabled")


@pytest.mark.row("G05", "G06")
@pytest.mark.parametrize("status", [each for each in AccountStatus if each is not AccountStatus.CLOSED])
def test_number_of_one_account_is_tied_to_no_second_one_whatever_the_first_is(
    status: AccountStatus, now: datetime
) -> None:
    dan, bob = make_account("dan", status=status), make_account("bob")
    identifiers.attach(dan, IdentifierKind.NATIONAL_NUMBER, "123-45-6789", now=now)
    for kind, number in ((IdentifierKind.DOCUMENT, "X-DAN-1"), (IdentifierKind.NATIONAL_NUMBER, "123 45 6789")):
        with pytest.raises(identifiers.IdentifierTaken):
            identifiers.attach(bob, kind, number, now=now)


@pytest.mark.row("G05", "G06")
@pytest.mark.parametrize("has_account", [False, True])
def test_identity_that_somebody_else_claims_is_settled_before_anybody_comes_back(
    has_account: bool, submitted: Reactivation, ana: Account, now: datetime
) -> None:
    claimed = [(IdentifierKind.DOCUMENT, "X-ANA-1")]
    # The case is about whoever gave the number, where we know them.
    bob = make_account("bob").pk if has_account else None
    found = identity_check.conflicts(claimed, account_id=bob, now=now)
    reference = identity_check.refuse(found, account_id=bob, now=now).reference
    with pytest.raises(TransitionRefused, match=f"Resolve case {reference} first"):
        decided(submitted, "approve", by=SAM, now=now)
    cases.resolve_case(Case.objects.get(reference=reference).pk, actor=SAM, note="A mistake.", now=now)
    assert approved(submitted, now).state == "approved"


@pytest.mark.row("L06", "L07")
def test_each_of_the_two_approves_what_they_looked_at_themselves(submitted: Reactivation, now: datetime) -> None:
    def tried(by: Actor) -> str:
        submitted.refresh_from_db()
        seen = submitted.version
        try:
            reactivate.decide(submitted.pk, "approve", text="Looked.", seen_version=seen, actor=by, now=now)
        except TransitionRefused as refused:
            return refused.code
        return ""

    assert tried(SAM) == "photos_unseen"
    looked_at(submitted, SAM, now=now)
    # A photo that came since then is not seen yet.
    later = planted(submitted, K.NOTE, now=now + timedelta(seconds=1))
    assert [each.pk for each in photos.unseen(submitted, SAM)] == [later.pk]
    assert tried(SAM) == "photos_unseen"
    looked_at(submitted, SAM, now=now)
    assert (tried(SAM), tried(LEA)) == ("", "photos_unseen")
    looked_at(submitted, LEA, now=now)
    assert tried(LEA) == ""
    submitted.refresh_from_db()
    assert submitted.state == S.APPROVED


@pytest.mark.row("L07", "J15")
def test_photo_that_was_lost_is_asked_for_again_before_anybody_approves(
    submitted: Reactivation, ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    front = Evidence.objects.filter(case_id=submitted.case_id, kind=K.DOCUMENT_FRONT)
    decided(submitted, "approve", by=SAM, now=now)
    front.delete()
    assert refusal(submitted, now, LEA) == "photos_missing"
    Evidence.objects.filter(case_id=submitted.case_id).delete()
    decided(submitted, "ask", by=LEA, now=now, text="Both again, please.")
    with pytest.raises(Incomplete) as lacking:
        reactivate.submit(submitted.pk, actor=me(ana), now=now)
    assert lacking.value.missing == ["note", "document_front"]
    for kind in (K.NOTE, K.DOCUMENT_FRONT):
        planted(submitted, kind, now=advance(minutes=1))
    reactivate.submit(submitted.pk, actor=me(ana), now=now)
    front.delete()
    assert refusal(submitted, now) == "photos_missing"
    planted(submitted, K.DOCUMENT_FRONT, now=now)
    assert approved(submitted, now).state == "approved"
