"""Nobody's cases come to an end, and whose address was typed is found though no message was sent (decision 23)."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import case_contacts, case_messages, case_opening, case_upkeep, cases, housekeeping
from accounts.actors import Actor
from accounts.enums import CaseKind, CaseState
from accounts.exceptions import NotAllowed
from accounts.models import Account, Case, CaseContact, CaseMessage, Event, Note
from closure.operations.sweep import run_sweeps
from tests.factories import make_account, make_staff
from tests.writing import TEXT, written

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("D05", "F02")]
DAY = timedelta(days=1)


def asked(contact: str, now: datetime) -> Case:
    """Open a case of which no message was sent."""
    case_opening.ask(CaseKind.OTHER, TEXT, contact, language="en", now=now)
    return Case.objects.latest("id")


def test_phone_without_a_provider_is_matched_by_the_sweep(now: datetime) -> None:
    ana = make_account("ana")
    case, nobody = asked(str(ana.phone), now), asked("nobody@example.test", now)
    assert run_sweeps(now)["cases_matched"] == 2
    assert (case_contacts.account_behind(case), case_contacts.account_behind(nobody)) == (ana.pk, None)
    assert CaseMessage.objects.get(case=case).account_id == ana.pk
    assert case_upkeep.match_waiting(now=now) == 0
    case.refresh_from_db()
    assert case.account_id is None


def test_second_owner_of_an_address_has_no_part_in_it(now: datetime) -> None:
    ana = make_account("ana")
    row = CaseContact.objects.get(case=written())
    Account.objects.filter(pk=ana.pk).update(email="new@example.test")
    make_account("ben", email=None)
    Account.objects.filter(email=None).update(email="ana@example.test")
    with transaction.atomic():
        assert case_contacts.match(row, now=now) is None
    row.refresh_from_db()
    assert (row.account_id, CaseMessage.objects.get().account_id) == (ana.pk, ana.pk)


def test_address_that_somebody_has_only_later_stays_nobody_s(now: datetime) -> None:
    row = CaseContact.objects.get(case=written("late@example.test"))
    make_account("late")
    with transaction.atomic():
        assert case_contacts.match(row, now=now) is None
    row.refresh_from_db()
    assert (row.account_id, row.matched_at is not None) == (None, True)


def test_idle_case_of_nobody_lapses_and_others_do_not(now: datetime) -> None:
    ana = make_account("ana")
    idle, matched, busy = written("nobody@example.test"), written(), written("busy@example.test")
    own = case_opening.open_own(ana.pk, CaseKind.OTHER, TEXT, actor=Actor.customer(ana), now=now)
    first, end = idle.created_at + case_upkeep.IDLE - timedelta(microseconds=1), busy.created_at + case_upkeep.IDLE
    sam = Actor.staff(make_staff("sam"))
    case_messages.answer(busy.pk, "Which one?", actor=sam, now=end - DAY)
    assert [case_upkeep.lapse(now=at) for at in (first, end)] == [0, 2]
    states = dict(Case.objects.values_list("pk", "state"))
    resolved = {key for key, state in states.items() if state == CaseState.RESOLVED}
    assert (resolved, own.pk in states) == ({idle.pk, matched.pk}, True)
    events = Event.objects.filter(action="case.resolved").order_by("id")
    assert [(each.account_id, each.actor, json.loads(bytes(each.body))["data"]) for each in events] == [
        (None, "system:sweep", {"case": idle.reference, "why": "idle"}),
        (ana.pk, "system:sweep", {"case": matched.reference, "why": "idle"}),
    ]
    assert case_upkeep.lapse(now=end) == 0


def test_nobody_but_the_sweep_lapses(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        cases.lapse_case(written().pk, actor=Actor.staff(make_staff("sam")), now=now)


@pytest.mark.parametrize("contact", ["ana@example.test", "nobody@example.test"])
def test_texts_address_and_notes_go_after_the_end(now: datetime, contact: str) -> None:
    make_account("ana")
    sam = Actor.staff(make_staff("sam"))
    case, other = written(contact), written(contact)
    for each in (case, other):
        case_messages.read(each.pk, actor=sam, reason="Planted why read.", now=now)
    cases.resolve_case(case.pk, actor=sam, note="Planted how it ended.", now=now)
    housekeeping.tidy(now + case_upkeep.KEPT - timedelta(microseconds=1))
    assert (CaseMessage.objects.count(), Note.objects.filter(text__startswith="Planted").count()) == (2, 3)
    housekeeping.tidy(now + case_upkeep.KEPT)
    assert [model.objects.get().case_id for model in (CaseMessage, CaseContact)] == [other.pk, other.pk]
    # What is noted about an account that is known goes with it.
    assert Note.objects.filter(text__startswith="Planted").count() == (1 if "nobody" in contact else 3)
    assert Case.objects.get(pk=case.pk).state == CaseState.RESOLVED


def test_own_case_keeps_its_texts_while_the_account_is_there(now: datetime) -> None:
    ana = make_account("ana")
    own = case_opening.open_own(ana.pk, CaseKind.OTHER, TEXT, actor=Actor.customer(ana), now=now)
    cases.resolve_case(own.pk, actor=Actor.staff(make_staff("sam")), note="", now=now)
    case_upkeep.forget_old(now=now + 400 * DAY)
    assert CaseMessage.objects.get().case_id == own.pk
