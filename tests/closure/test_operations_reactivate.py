"""What owners and staff do with a reactivation: by which rules, with what after-effects."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts import passwords, restrictions, sign_in
from accounts.actors import Actor
from accounts.case_desk import OnAnotherDesk
from accounts.enums import AccountStatus, DocumentType, RestrictionKind, Role
from accounts.exceptions import NotAllowed, ReasonRequired, SecondPersonRequired
from accounts.models import Account, Case, Session
from accounts.status import change_status
from closure import effects
from closure.enums import ClosureState, EvidenceKind, ReactivationState
from closure.exceptions import StaleDecision, TooManyPhotos, TransitionRefused, UnknownEvidence
from closure.models import Effect, Evidence, Reactivation, WelcomeBack
from closure.operations import reactivate
from closure.reactivation import lifecycle, photos
from closure.reactivation.exceptions import Incomplete, NotAccepted, RuleRequired
from closure.reactivation.rules import Rule
from closure.welcome import gate
from tests.closure.deciding import LEA, SAM, approved, decided
from tests.closure.evidence.drawing import encoded, picture
from tests.closure.reactivating import disabled, events, make_reactivation, me, planted
from tests.closure.scenes import effects_of, make_request, staff
from tests.factories import PASSWORD, make_account, make_staff
from tests.holding import place
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db
S, K = ReactivationState, EvidenceKind


@pytest.fixture
def ana(now: datetime) -> Account:
    return disabled("ana", now=now)


@pytest.fixture
def submitted(ana: Account, now: datetime) -> Reactivation:
    return make_reactivation(ana, S.SUBMITTED, now=now)


@pytest.mark.row("J08", "J14")
def test_start_keeps_the_wording_opens_a_case_and_tells_every_contact(ana: Account, now: datetime) -> None:
    row = lifecycle.start(ana.pk, actor=me(ana), now=now)
    assert row.note == f"Northbank ({now:%d/%m/%Y}) Reactivate my account associated with (ana@example.test)"
    assert (row.state, row.policy_name, row.case.kind, row.case.state) == ("draft", "standard", "reactivation", "open")
    assert [(each.template, each.channel) for each in messages(ana)] == [
        ("reactivation_started", "email"),
        ("reactivation_started", "sms"),
    ]
    assert opened(messages(ana)[0]).context["case"] == row.case.reference
    assert lifecycle.start(ana.pk, actor=me(ana), now=now).pk == row.pk
    assert (Case.objects.count(), events(ana)) == (1, ["reactivation.started"])


def test_only_a_disabled_account_under_a_policy_that_offers_it_starts(
    ana: Account, now: datetime, settings: object
) -> None:
    bob = make_account("bob")
    with pytest.raises(TransitionRefused, match="not disabled"):
        lifecycle.start(bob.pk, actor=me(bob), now=now)
    settings.PORTAL_POLICY = "binance"  # type: ignore[attr-defined]
    with pytest.raises(TransitionRefused, match="Contact us"):
        lifecycle.start(ana.pk, actor=me(ana), now=now)
    with pytest.raises(NotAllowed):
        lifecycle.start(ana.pk, actor=Actor.link(ana.pk), now=now)


@pytest.mark.row("J09")
def test_document_is_chosen_and_photos_of_another_one_count_no_more(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    row = make_reactivation(ana, S.DRAFT, now=now, document_type="", document_chosen_at=None)
    assert reactivate.missing(row) == ["document"]
    with pytest.raises(NotAccepted):
        reactivate.choose_document(row.pk, "id_card", actor=me(ana), now=now)
    reactivate.choose_document(row.pk, DocumentType.PASSPORT, actor=me(ana), now=now)
    row = reactivate.choose_document(row.pk, DocumentType.PASSPORT, actor=me(ana), now=advance(minutes=1))
    assert reactivate.missing(row) == []
    row = reactivate.choose_document(row.pk, DocumentType.STATE_ID, actor=me(ana), now=advance(minutes=1))
    assert reactivate.missing(row) == [K.DOCUMENT_FRONT, K.DOCUMENT_BACK]
    with pytest.raises(Incomplete) as refused:
        reactivate.submit(row.pk, actor=me(ana), now=now)
    assert refused.value.missing == ["document_front", "document_back"]


@pytest.mark.row("J15")
@pytest.mark.usefixtures("no_photos_left")
def test_photo_takes_the_place_of_another_where_the_case_takes_no_more(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    shown = make_reactivation(ana, S.NEEDS_MORE, now=now)
    for _number in range(9):
        planted(shown, K.DOCUMENT_FRONT, now=now)
    later, file = advance(minutes=1), encoded(picture(1, (960, 720)))
    for _turn in range(2):
        reactivate.send_photo(shown.pk, K.NOTE, file, despite=True, actor=me(ana), now=later)
    assert Evidence.objects.filter(case=shown.case).count() == 12
    # What staff saw stays, and so there is no room for another kind.
    with pytest.raises(TooManyPhotos):
        reactivate.send_photo(shown.pk, K.DOCUMENT_FRONT, file, despite=True, actor=me(ana), now=later)


@pytest.mark.row("H05")
@pytest.mark.parametrize("is_held", [True, False])
def test_photo_that_is_taken_away_is_gone_to_its_owner_and_kept_under_a_hold(
    ana: Account, now: datetime, is_held: bool
) -> None:
    row = make_reactivation(ana, S.DRAFT, now=now)
    note = photos.counting(row)[K.NOTE]
    if is_held:
        place(ana.pk, now=now)
    reactivate.take_photo_away(row.pk, note.pk, actor=me(ana), now=now)
    assert (photos.missing(row), Evidence.objects.filter(pk=note.pk).exists()) == ([K.NOTE], is_held)
    with pytest.raises(UnknownEvidence):
        reactivate.take_photo_away(row.pk, note.pk, actor=me(ana), now=now)


@pytest.mark.row("J07")
def test_owner_submits_and_changes_nothing_afterwards(ana: Account, now: datetime) -> None:
    row = reactivate.submit(make_reactivation(ana, S.DRAFT, now=now).pk, actor=me(ana), now=now)
    assert (row.state, row.submitted_at, row.version) == ("submitted", now, 1)
    assert [each.template for each in messages(ana)] == ["reactivation_submitted"] * 2
    for change in (
        lambda: reactivate.choose_document(row.pk, "visa", actor=me(ana), now=now),
        lambda: reactivate.send_photo(row.pk, K.NOTE, b"photo", actor=me(ana), now=now),
        lambda: reactivate.take_photo_away(row.pk, row.case.evidence.all()[0].pk, actor=me(ana), now=now),
    ):
        with pytest.raises(TransitionRefused, match="with our staff"):
            change()


def test_nobody_but_the_proven_owner_prepares_anything(ana: Account, now: datetime) -> None:
    row = make_reactivation(ana, S.DRAFT, now=now)
    for actor in (Actor.link(ana.pk), Actor.status_session(ana.pk), Actor.customer(ana), me(make_account("bob")), SAM):
        for change in (
            lambda who=actor: reactivate.choose_document(row.pk, "visa", actor=who, now=now),
            lambda who=actor: reactivate.send_photo(row.pk, K.NOTE, b"photo", actor=who, now=now),
            lambda who=actor: reactivate.submit(row.pk, actor=who, now=now),
            lambda who=actor: reactivate.withdraw(row.pk, actor=who, now=now),
        ):
            with pytest.raises(NotAllowed):
                change()


@pytest.mark.row("L04", "J15")
def test_staff_ask_for_better_photos_and_only_new_ones_count(
    submitted: Reactivation, ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    row = decided(submitted, "ask", by=SAM, now=now, broken=(Rule.LIGHT,), text="Go to a window.")
    assert (row.state, row.broken, row.asked, row.asked_at) == ("needs_more", ["light"], "Go to a window.", now)
    said = opened(messages(ana)[-1]).context
    assert said["asked"] == "Go to a window."
    assert said["rules"] == ["Take the photo in daylight, with nothing in the dark."]
    assert reactivate.missing(row) == [K.NOTE]
    with pytest.raises(Incomplete):
        reactivate.submit(row.pk, actor=me(ana), now=now)
    later = advance(minutes=5)
    planted(row, K.NOTE, now=later)
    assert reactivate.submit(row.pk, actor=me(ana), now=later).state == "submitted"


@pytest.mark.row("J15", "L04")
def test_refusal_names_the_rule_and_another_one_begins_at_once(
    submitted: Reactivation, ana: Account, now: datetime
) -> None:
    with pytest.raises(RuleRequired):
        decided(submitted, "refuse", by=SAM, now=now)
    row = decided(submitted, "refuse", by=SAM, now=now, broken=(Rule.NAME, Rule.ONLY_HEAD), text="Not her.")
    assert (row.state, row.broken, row.decided_by) == ("refused", ["name", "only_head"], SAM.account_id)
    assert (row.case.state, Case.objects.get(pk=row.case_id).state) == ("resolved", "resolved")
    said = opened(messages(ana)[-1])
    assert "Not her." not in str(said.context)
    assert [rule.split(".")[0] for rule in said.context["rules"]] == [
        "The name on the document must be the name of the account",
        "Step back",
    ]
    assert lifecycle.start(ana.pk, actor=me(ana), now=now).pk != row.pk
    assert Account.objects.get(pk=ana.pk).status == "disabled"


@pytest.mark.row("L04", "L06")
def test_agent_proposes_and_another_one_a_lead_approves(submitted: Reactivation, ana: Account, now: datetime) -> None:
    row = decided(submitted, "approve", by=SAM, now=now)
    assert (row.state, row.proposed_by, Account.objects.get(pk=ana.pk).status) == (
        "submitted",
        SAM.account_id,
        "disabled",
    )
    for actor in (SAM, staff(Role.COMPLIANCE), staff(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            decided(row, "approve", by=actor, now=now)
    row = decided(row, "approve", by=LEA, now=now)
    assert (row.state, row.decided_by, row.end_reason) == ("approved", LEA.account_id, "approved")
    assert events(ana) == ["reactivation.proposed", "reactivation.approved"]


@pytest.mark.row("L06")
def test_lead_who_proposed_approves_nothing(submitted: Reactivation, now: datetime) -> None:
    decided(submitted, "approve", by=LEA, now=now)
    with pytest.raises(SecondPersonRequired):
        decided(submitted, "approve", by=LEA, now=now)


@pytest.mark.row("L06")
def test_asking_drops_the_proposal(submitted: Reactivation, now: datetime) -> None:
    decided(submitted, "approve", by=SAM, now=now)
    row = decided(submitted, "ask", by=LEA, now=now, text="Which name is on it?")
    assert (row.proposed_by, row.proposed_at) == (None, None)


@pytest.mark.row("J07", "J03", "N01")
def test_approval_opens_the_account_with_a_dead_password(submitted: Reactivation, ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(last_active_at=now - timedelta(days=100))
    Session.objects.create(key_digest=b"k", kind="status", account_id=ana.pk, data="{}", created_at=now, expires_at=now)
    restrictions.place(ana, RestrictionKind.FRAUD_ALERT, actor=SAM, note="", now=now)
    row = approved(submitted, now)
    ana.refresh_from_db()
    assert (ana.status, ana.last_active_at, ana.withdrawals_held_until) == ("active", now, now + timedelta(hours=48))
    assert Session.objects.filter(account_id=ana.pk).count() == 0
    assert [each.kind for each in restrictions.active(ana.pk)] == ["fraud_alert"]
    assert Case.objects.get(pk=row.case_id).state == "resolved"
    assert [each.template for each in messages(ana)][-2:] == ["reactivation_approved"] * 2
    assert opened(messages(ana)[-1]).context["held_until"] == ana.withdrawals_held_until


@pytest.mark.row("N01")
@pytest.mark.django_db(transaction=True)
def test_old_password_opens_nothing_and_may_not_be_chosen_again(ana: Account, now: datetime) -> None:
    approved(make_reactivation(ana, S.SUBMITTED, now=now), now)
    assert sign_in.check_password("ana@example.test", PASSWORD, now=now) is None
    ana.refresh_from_db()
    with pytest.raises(passwords.WeakPassword, match="used this password here before"):
        passwords.prepare(ana, PASSWORD, now=now)


@pytest.mark.row("N01", "N02", "N05", "N06", "N07")
def test_approval_begins_the_list_that_gates_withdrawals(submitted: Reactivation, ana: Account, now: datetime) -> None:
    since = ana.status_changed_at
    approved(submitted, now)
    row = WelcomeBack.objects.get(account=ana)
    assert (row.mandatory, row.away_since, row.finished_at) == (True, since, None)
    assert gate.standing(ana.pk) == row


@pytest.mark.row("L06")
def test_decision_is_made_on_what_was_seen_first_of_all(submitted: Reactivation, now: datetime) -> None:
    with pytest.raises(StaleDecision):
        reactivate.decide(submitted.pk, "refuse", text="", seen_version=7, actor=SAM, now=now)
    with pytest.raises(NotAllowed):
        reactivate.decide(submitted.pk, "refuse", text="", seen_version=7, actor=staff(Role.AUDITOR), now=now)
    with pytest.raises(ReasonRequired):
        decided(submitted, "approve", by=SAM, now=now, text=" ")
    with pytest.raises(ReasonRequired):
        decided(submitted, "ask", by=SAM, now=now, text=" ")


def test_desk_of_its_case_keeps_others_away_and_a_decision_clears_it(submitted: Reactivation, now: datetime) -> None:
    lea = Actor.staff(make_staff("lea", Role.LEAD))
    desk = {"desk_by": lea.account_id, "desk_until": now + timedelta(minutes=15)}
    Case.objects.filter(pk=submitted.case_id).update(**desk)
    with pytest.raises(OnAnotherDesk):
        decided(submitted, "approve", by=SAM, now=now)
    decided(submitted, "approve", by=lea, now=now)
    assert Case.objects.get(pk=submitted.case_id).desk_by is None


@pytest.mark.row("J07")
def test_core_that_was_frozen_last_is_unfrozen(now: datetime) -> None:
    ana = make_account("ana")
    request = make_request(ana, ClosureState.CANCELLED, now=now)
    effects.add(request, effects.EffectKind.FREEZE, now=now)
    ana.refresh_from_db()
    change_status(ana, AccountStatus.DISABLED, actor=Actor.customer(ana), reason="by_owner", now=now)
    approved(make_reactivation(ana, S.SUBMITTED, now=now), now)
    calls = Effect.objects.filter(account_id=ana.pk).order_by("id").values_list("kind", flat=True)
    assert (effects_of(request), list(calls)) == (["freeze"], ["freeze", "freeze", "revoke_keys", "unfreeze"])
