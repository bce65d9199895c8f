"""A claim is settled by two of staff, for a reason, and then lets the archive end."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.enums import ActorKind, CaseState, RestrictionKind, Role
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.ids import uuid7
from accounts.models import Account, Case, Event, Note, Restriction
from closure.claims import take
from closure.enums import ClaimOutcome
from closure.models import DepositClaim
from closure.operations.claims import ClaimRefused, UnknownClaim, propose_settlement, settle
from closure.retention.models import Extension
from tests.claiming import closed, report
from tests.closure.scenes import SYSTEM, staff
from tests.holding import lift, place
from tests.invariants import violations
from tests.restricting import lift_all

pytestmark = [pytest.mark.django_db, pytest.mark.row("F08", "L06")]
SAM, LEA, OLGA = staff(Role.AGENT), staff(Role.LEAD), staff(Role.COMPLIANCE)
PAID, RETURNED = ClaimOutcome.PAID, ClaimOutcome.RETURNED
WHY = "She showed the passport that the archive has."


@pytest.fixture
def claim(now: datetime) -> DepositClaim:
    ana = closed(now=now)
    take(report(ana.pk, at=now), now=now)
    return DepositClaim.objects.get()


def told(claim: DepositClaim) -> list[str]:
    """Return what the journal says of claims of the account, oldest first."""
    events = Event.objects.filter(account_id=claim.account_id, action__startswith="claim.").order_by("id")
    return list(events.values_list("action", flat=True))


def test_claim_is_proposed_and_settled_by_two(claim: DepositClaim, now: datetime) -> None:
    propose_settlement(claim.pk, PAID, reason=WHY, actor=SAM, now=now)
    assert (Extension.objects.get().closed_at, Case.objects.get().state) == (None, CaseState.OPEN)
    done = settle(claim.pk, PAID, reason="Checked.", actor=LEA, now=now)
    kept = DepositClaim.objects.get()
    assert (kept.outcome, kept.proposed_by, kept.settled_by, kept.settled_at) == (
        "paid",
        SAM.account_id,
        LEA.account_id,
        now,
    )
    assert (done.pk, Extension.objects.get().closed_at, Case.objects.get().state) == (
        claim.pk,
        now,
        CaseState.RESOLVED,
    )
    assert told(claim) == ["claim.opened", "claim.proposed", "claim.settled"]
    proposed = Event.objects.get(action="claim.proposed")
    assert (Note.objects.get(event_id=proposed.pk).text, WHY in bytes(proposed.body).decode()) == (WHY, False)
    assert violations() == []


def test_proposal_is_replaced_and_settled_as_it_stands(claim: DepositClaim, now: datetime) -> None:
    propose_settlement(claim.pk, PAID, reason=WHY, actor=SAM, now=now)
    propose_settlement(claim.pk, RETURNED, reason="It was sent by mistake.", actor=LEA, now=now)
    with pytest.raises(ClaimRefused) as refused:
        settle(claim.pk, PAID, reason="Checked.", actor=OLGA, now=now)
    assert refused.value.code == "changed_since"
    assert settle(claim.pk, RETURNED, reason="Checked.", actor=OLGA, now=now).outcome == "returned"


@pytest.mark.parametrize(
    ("actor", "refusal"),
    [
        (LEA, SecondPersonRequired),
        (SAM, NotAllowed),
        (staff(Role.AUDITOR), NotAllowed),
        (SYSTEM, NotAllowed),
        (Actor.core(), NotAllowed),
    ],
)
def test_who_may_not_settle(claim: DepositClaim, now: datetime, actor: Actor, refusal: type[PortalError]) -> None:
    propose_settlement(claim.pk, PAID, reason=WHY, actor=LEA, now=now)
    with pytest.raises(refusal):
        settle(claim.pk, PAID, reason="Checked.", actor=actor, now=now)
    assert told(claim) == ["claim.opened", "claim.proposed"]


def test_owner_has_no_part_in_it(claim: DepositClaim, now: datetime) -> None:
    owner = Actor(kind=ActorKind.STAFF, account_id=claim.account_id, roles=frozenset({Role.LEAD}))
    with pytest.raises(SecondPersonRequired):
        propose_settlement(claim.pk, PAID, reason=WHY, actor=owner, now=now)
    propose_settlement(claim.pk, PAID, reason=WHY, actor=SAM, now=now)
    with pytest.raises(SecondPersonRequired):
        settle(claim.pk, PAID, reason=WHY, actor=owner, now=now)


@pytest.mark.parametrize("actor", [staff(Role.AUDITOR), SYSTEM, Actor.customer(Account(pk=uuid7()))])
def test_who_may_not_propose(claim: DepositClaim, now: datetime, actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        propose_settlement(claim.pk, PAID, reason=WHY, actor=actor, now=now)


def test_reason_proposal_and_claim_are_needed(claim: DepositClaim, now: datetime) -> None:
    with pytest.raises(ReasonRequired):
        propose_settlement(claim.pk, PAID, reason=" ", actor=SAM, now=now)
    with pytest.raises(ClaimRefused, match="propose what becomes of it first"):
        settle(claim.pk, PAID, reason="x", actor=LEA, now=now)
    with pytest.raises(UnknownClaim):
        settle(uuid7(), PAID, reason="x", actor=LEA, now=now)
    propose_settlement(claim.pk, PAID, reason=WHY, actor=SAM, now=now)
    with pytest.raises(ReasonRequired):
        settle(claim.pk, PAID, reason="", actor=LEA, now=now)
    settle(claim.pk, PAID, reason="x", actor=LEA, now=now)
    for again in (settle, propose_settlement):
        with pytest.raises(ClaimRefused, match="settled"):
            again(claim.pk, PAID, reason="x", actor=OLGA, now=now)


@pytest.mark.row("F08", "H05")
@pytest.mark.parametrize("kind", ["legal hold", "restriction"])
def test_nothing_is_paid_out_under_a_hold(claim: DepositClaim, now: datetime, kind: str) -> None:
    propose_settlement(claim.pk, PAID, reason=WHY, actor=SAM, now=now)
    freeze = {"kind": RestrictionKind.JUDICIAL_FREEZE, "placed_at": now, "placed_by": "staff:x"}
    hold = place(claim.account_id, now=now) if kind == "legal hold" else None
    if hold is None:
        Restriction.objects.create(account_id=claim.account_id, **freeze)
    with pytest.raises(ClaimRefused) as refused:
        settle(claim.pk, PAID, reason="x", actor=LEA, now=now)
    assert refused.value.code == "on_hold"
    if hold is None:
        lift_all(claim.account_id, now=now)
    else:
        lift(hold, now=now)
    assert settle(claim.pk, PAID, reason="x", actor=LEA, now=now).settled_at == now


@pytest.mark.parametrize("people", [("sam", "sam"), ("owner", "sam"), ("sam", "owner"), ("", "sam")])
def test_database_keeps_two_people_and_the_owner_out(
    claim: DepositClaim, now: datetime, people: tuple[str, str]
) -> None:
    keys = {"sam": SAM.account_id, "owner": claim.account_id, "": None}
    proposed, settled = (keys[person] for person in people)
    columns = {
        "outcome": "paid" if proposed else "",
        "proposed_at": now if proposed else None,
        "proposed_by": proposed,
        "settled_at": now,
        "settled_by": settled,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        DepositClaim.objects.filter(pk=claim.pk).update(**columns)


def test_settling_one_leaves_the_others_of_the_account(claim: DepositClaim, now: datetime) -> None:
    take(report(claim.account_id, at=now, event_id="core-2"), now=now)
    propose_settlement(claim.pk, PAID, reason=WHY, actor=SAM, now=now)
    settle(claim.pk, PAID, reason="x", actor=LEA, now=now)
    [left] = DepositClaim.objects.filter(settled_at=None)
    assert Extension.objects.get(closed_at=None).reference_id == left.pk
