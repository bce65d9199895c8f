"""What becomes of a recovery: sent whole, proposed by one who looked, confirmed by another who looked (J04, L04)."""

from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts import case_claiming
from accounts.actors import Actor
from accounts.enums import AccountStatus, RecoveryRule, RecoveryState, RestrictionKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.models import Account, Case, FactorRecovery, Note, OutboxMessage, Restriction
from accounts.recovering import deciding
from accounts.recovering.lifecycle import RecoveryRefused, UnknownRecovery
from accounts.recovering.table import DELAY
from tests.factories import make_account
from tests.outbox import messages
from tests.recovering import REASON, begun, confirmed, look, proposed, staff, submitted, with_photos
from tests.settling import restrict

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_photos_left"),
    pytest.mark.row("J04", "L04"),
]
S = RecoveryState


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def sam() -> Actor:
    return staff(Role.AGENT)


@pytest.fixture
def lea() -> Actor:
    return staff(Role.LEAD)


def test_nothing_is_sent_without_the_photos(ana: Account, now: datetime) -> None:
    row, me = begun(ana, now=now), Actor.status_session(ana.pk)
    with pytest.raises(RecoveryRefused, match="missing"):
        deciding.submit(row.pk, actor=me, now=now)
    with_photos(row, now=now)
    for stranger in (Actor.customer(ana), Actor.link(ana.pk), Actor.status_session(make_account("ben").pk)):
        with pytest.raises(UnknownRecovery):
            deciding.submit(row.pk, actor=stranger, now=now)
    assert deciding.submit(row.pk, actor=me, now=now).state == S.SUBMITTED
    told = messages(ana, template="recovery_notice")
    assert [message.channel for message in told] == ["email", "sms"]


def test_two_people_who_looked_at_every_photo_start_the_delay(
    ana: Account, sam: Actor, lea: Actor, now: datetime
) -> None:
    row = submitted(ana, now=now)
    with pytest.raises(RecoveryRefused, match="Look at every photo"):
        deciding.propose(row.pk, actor=sam, reason=REASON, now=now)
    look(row, sam, now=now)
    deciding.propose(row.pk, actor=sam, reason=REASON, now=now)
    with pytest.raises(RecoveryRefused, match="Look at every photo"):
        deciding.confirm(row.pk, actor=lea, reason=REASON, now=now)
    look(row, lea, now=now)
    OutboxMessage.objects.all().delete()
    row = deciding.confirm(row.pk, actor=lea, reason=REASON, now=now)
    kept = FactorRecovery.objects.get()
    assert (kept.state, kept.due_at, kept.proposed_by) == (S.WAITING, now + DELAY, sam.account_id)
    assert (kept.confirmed_by, kept.version) == (lea.account_id, row.version)
    assert [message.channel for message in messages(ana, template="recovery_notice")] == ["email", "sms"]
    assert Note.objects.filter(text=REASON, account_id=ana.pk).count() == 6


@pytest.mark.row("L06")
def test_who_proposed_never_confirms_and_nobody_decides_their_own(ana: Account, now: datetime) -> None:
    lea = staff(Role.LEAD)
    row = proposed(ana, by=lea, now=now)
    with pytest.raises(SecondPersonRequired):
        deciding.confirm(row.pk, actor=lea, reason=REASON, now=now)
    with pytest.raises(SecondPersonRequired):
        deciding.confirm(row.pk, actor=staff(Role.LEAD, ana), reason=REASON, now=now)
    for same in ({"confirmed_by": lea.account_id}, {"confirmed_by": ana.pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorRecovery.objects.filter(pk=row.pk).update(confirmed_at=now, **same)


def test_roles_reasons_and_states_are_asked(ana: Account, sam: Actor, lea: Actor, now: datetime) -> None:
    row = proposed(ana, now=now)
    for nobody in (staff(Role.COMPLIANCE), staff(Role.AUDITOR), Actor.customer(ana), Actor.system("sweep")):
        with pytest.raises(NotAllowed):
            deciding.propose(row.pk, actor=nobody, reason=REASON, now=now)
    with pytest.raises(NotAllowed):
        deciding.confirm(row.pk, actor=sam, reason=REASON, now=now)
    with pytest.raises(ReasonRequired):
        deciding.confirm(row.pk, actor=lea, reason=" ", now=now)
    with pytest.raises(RecoveryRefused, match="proposed already"):
        deciding.propose(row.pk, actor=sam, reason=REASON, now=now)
    with pytest.raises(RecoveryRefused, match="at least one rule"):
        deciding.refuse(row.pk, broken=[], actor=sam, reason=REASON, now=now)
    Account.objects.filter(pk=ana.pk).update(status=AccountStatus.FROZEN)
    look(row, lea, now=now)
    with pytest.raises(RecoveryRefused, match="Nobody can sign in"):
        deciding.confirm(row.pk, actor=lea, reason=REASON, now=now)


@pytest.mark.row("J15")
def test_asking_for_better_photos_drops_the_proposal_and_names_the_rules(
    ana: Account, sam: Actor, now: datetime
) -> None:
    row = proposed(ana, now=now)
    row = deciding.ask(row.pk, broken=[RecoveryRule.EDGES, RecoveryRule.NOTE], actor=sam, reason=REASON, now=now)
    assert (row.state, row.proposed_by, row.broken) == (S.NEEDS_MORE, None, ["edges", "note"])
    assert len(messages(ana, template="recovery_word")) == 2
    row = deciding.submit(row.pk, actor=Actor.status_session(ana.pk), now=now)
    assert (row.state, row.broken) == (S.SUBMITTED, [])


def test_refusal_is_final_and_a_new_recovery_begins_at_once(ana: Account, sam: Actor, now: datetime) -> None:
    row = submitted(ana, now=now)
    row = deciding.refuse(row.pk, broken=[RecoveryRule.NAME], actor=sam, reason=REASON, now=now)
    assert (row.state, row.ended_at, row.is_open) == (S.REFUSED, now, False)
    with pytest.raises(RecoveryRefused):
        deciding.ask(row.pk, broken=[RecoveryRule.NAME], actor=sam, reason=REASON, now=now)
    assert begun(ana, now=now).case_id != row.case_id


def test_desk_keeps_others_out_and_a_decision_clears_it(ana: Account, sam: Actor, now: datetime) -> None:
    row, other = submitted(ana, now=now), staff(Role.AGENT)
    look(row, sam, other, now=now)
    case_claiming.claim(Case.objects.get(pk=row.case_id), actor=sam, now=now)
    with pytest.raises(Exception, match="is at work on this"):
        deciding.propose(row.pk, actor=other, reason=REASON, now=now)
    deciding.propose(row.pk, actor=sam, reason=REASON, now=now)
    assert Case.objects.get(pk=row.case_id).desk_by is None


def test_confirmed_twice_changes_nothing(ana: Account, lea: Actor, now: datetime) -> None:
    row = confirmed(ana, now=now)
    look(row, lea, now=now)
    with pytest.raises(RecoveryRefused):
        deciding.confirm(row.pk, actor=lea, reason=REASON, now=now)
    assert FactorRecovery.objects.get().confirmed_by == row.confirmed_by


@pytest.mark.row("L05")
@pytest.mark.parametrize("step", [submitted, proposed, confirmed])
def test_one_person_stops_it_whatever_it_waits_for(ana: Account, sam: Actor, step: Any, now: datetime) -> None:
    row = step(ana, now=now)
    case_claiming.claim(Case.objects.get(pk=row.case_id), actor=staff(Role.LEAD), now=now)
    for nobody, refusal in ((staff(Role.AUDITOR), NotAllowed), (staff(Role.AGENT, ana), SecondPersonRequired)):
        with pytest.raises(refusal):
            deciding.stop(row.pk, actor=nobody, reason=REASON, now=now)
    with pytest.raises(ReasonRequired):
        deciding.stop(row.pk, actor=sam, reason=" ", now=now)
    row = deciding.stop(row.pk, actor=sam, reason=REASON, now=now)
    assert (row.state, row.end_reason, row.case.desk_by) == (S.ENDED, "staff", None)
    assert [message.channel for message in messages(ana, template="recovery_word")] == ["email", "sms"]
    with pytest.raises(RecoveryRefused):
        deciding.stop(row.pk, actor=sam, reason=REASON, now=now)


@pytest.mark.row("L05")
@pytest.mark.parametrize("kind", [RestrictionKind.FRAUD_ALERT, RestrictionKind.RISK_CONTROL])
def test_alert_or_hold_keeps_from_proposing_and_ends_what_is_confirmed(
    ana: Account, sam: Actor, lea: Actor, kind: RestrictionKind, now: datetime
) -> None:
    row = submitted(ana, now=now)
    look(row, sam, lea, now=now)
    restrict(ana, kind, now=now)
    with pytest.raises(RecoveryRefused, match="alert or a hold stands"):
        deciding.propose(row.pk, actor=sam, reason=REASON, now=now)
    Restriction.objects.all().delete()
    deciding.propose(row.pk, actor=sam, reason=REASON, now=now)
    restrict(ana, kind, now=now)
    with pytest.raises(RecoveryRefused, match="so the recovery has ended"):
        deciding.confirm(row.pk, actor=lea, reason=REASON, now=now)
    kept = FactorRecovery.objects.get()
    assert (kept.state, kept.end_reason, kept.confirmed_by) == (S.ENDED, "held", None)


@pytest.mark.row("L06")
def test_recovery_of_somebody_without_a_name_on_file_is_compliance_s_to_confirm(
    ana: Account, lea: Actor, now: datetime
) -> None:
    Account.objects.filter(pk=ana.pk).update(name=" ")
    row, olga = proposed(ana, now=now), staff(Role.COMPLIANCE)
    look(row, lea, olga, now=now)
    with pytest.raises(NotAllowed, match="does not confirm"):
        deciding.confirm(row.pk, actor=lea, reason=REASON, now=now)
    assert deciding.confirm(row.pk, actor=olga, reason=REASON, now=now).state == S.WAITING
