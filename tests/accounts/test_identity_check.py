"""Details of somebody else, or blocked, are refused in one sentence; a case tells staff the rest (G05, G06)."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import cases, chain
from accounts.actors import Actor
from accounts.enums import AccountStatus, IdentifierKind
from accounts.exceptions import BadIdentifier
from accounts.fingerprints import every
from accounts.identifiers import attach
from accounts.identity_check import Conflict, Why, conflicts, open_about, open_by_account, refuse
from accounts.models import BlockedIdentity, Case, Event, FormerContact
from tests.blocking import MONTH, block, closed_with
from tests.factories import document_number, make_account, make_staff

pytestmark = pytest.mark.django_db

K = IdentifierKind
NUMBER = "123-45-6789"
S = AccountStatus


@pytest.mark.row("G06")
@pytest.mark.parametrize("status", [S.ACTIVE, S.DORMANT, S.FROZEN, S.DISABLED])
def test_duplicate_is_refused_whatever_became_of_the_original(status: AccountStatus, now: datetime) -> None:
    ana = make_account("ana", status=status)
    attach(ana, K.NATIONAL_NUMBER, NUMBER, now=now)
    for kind, value in ((K.DOCUMENT, document_number("ana")), (K.NATIONAL_NUMBER, "123 456 789"), (K.EMAIL, ana.email)):
        found = conflicts([(kind, str(value))], account_id=None, now=now)
        assert found == [Conflict(kind=kind, why=Why.TAKEN, account_id=ana.pk)]
        assert conflicts([(kind, str(value))], account_id=ana.pk, now=now) == []


@pytest.mark.row("G05", "G08")
def test_blocked_number_is_refused_until_its_date(now: datetime) -> None:
    key = block(K.NATIONAL_NUMBER, NUMBER, now=now)
    closed = BlockedIdentity.objects.get(pk=key).account_id
    expected = [Conflict(kind=K.NATIONAL_NUMBER, why=Why.BLOCKED, account_id=closed)]
    last = now + MONTH - timedelta(microseconds=1)
    found = [conflicts([(K.NATIONAL_NUMBER, "123456789")], account_id=None, now=at) for at in (now, last, now + MONTH)]
    assert found == [expected, expected, []]


def test_contact_that_can_be_taken_back_is_taken(now: datetime) -> None:
    ana = make_account("ana")
    attach(ana, K.EMAIL, "new@example.test", now=now)
    FormerContact.objects.create(
        account=ana,
        kind="email",
        value=b"sealed",
        fingerprint=every(K.EMAIL, "ana@example.test")[0],
        replaced_at=now,
        held_until=now + MONTH,
    )
    found = [conflicts([(K.EMAIL, "ana@example.test")], account_id=None, now=at) for at in (now, now + MONTH)]
    assert found == [[Conflict(kind=K.EMAIL, why=Why.TAKEN, account_id=ana.pk)], []]


def test_free_details_open_no_case(now: datetime) -> None:
    make_account("ana")
    assert conflicts([(K.DOCUMENT, "Y-1"), (K.PHONE, "+14155550199")], account_id=None, now=now) == []
    with pytest.raises(BadIdentifier):
        conflicts([(K.DOCUMENT, " - ")], account_id=None, now=now)
    assert Case.objects.count() == 0


@pytest.mark.row("G05", "G06", "L03")
def test_refusal_says_the_same_of_a_duplicate_and_of_a_block(now: datetime) -> None:
    make_account("ana")
    block(K.DOCUMENT, "B-1", now=now)
    said = {}
    for value in (document_number("ana"), "B-1"):
        refused = refuse(conflicts([(K.DOCUMENT, value)], account_id=None, now=now), account_id=None, now=now)
        assert refused.reference in refused.message
        said[value] = (refused.code, refused.message.replace(refused.reference, ""))
    assert len(set(said.values())) == 1


@pytest.mark.row("L03")
def test_case_tells_staff_whose_and_why(now: datetime) -> None:
    ana, bea = make_account("ana"), make_account("bea")
    key = closed_with("cid", now=now)
    closed = BlockedIdentity.objects.get(pk=key).account_id
    claimed = [(K.DOCUMENT, document_number("ana")), (K.EMAIL, "cid@example.test")]
    refused = refuse(conflicts(claimed, account_id=bea.pk, now=now), account_id=bea.pk, now=now)
    case = Case.objects.get(reference=refused.reference)
    event = Event.objects.get(account_id=bea.pk, action="case.opened")
    assert (case.account_id, case.kind, case.state) == (bea.pk, "document_number", "open")
    assert json.loads(bytes(event.body))["data"] == {
        "case": case.reference,
        "kind": "document_number",
        "conflicts": [
            {"kind": "document", "why": "taken", "account": str(ana.pk)},
            {"kind": "email", "why": "blocked", "account": str(closed)},
        ],
    }
    assert chain.verify()[1] is None


def test_same_conflict_names_the_same_case_until_it_is_resolved(now: datetime) -> None:
    make_account("ana")
    block(K.EMAIL, "cid@example.test", now=now)
    document = conflicts([(K.DOCUMENT, document_number("ana"))], account_id=None, now=now)
    email = conflicts([(K.EMAIL, "cid@example.test")], account_id=None, now=now)
    first, again, other = (refuse(found, account_id=None, now=now).reference for found in (document, document, email))
    assert (first == again, first == other) == (True, False)
    assert Case.objects.get(reference=other).kind == "other"
    cases.resolve_case(
        Case.objects.get(reference=first).pk, actor=Actor.staff(make_staff("sam")), note="Seen.", now=now
    )
    assert refuse(document, account_id=None, now=now).reference not in {first, other}


@pytest.mark.row("G05", "G06")
def test_case_is_found_from_both_sides_while_it_is_open(now: datetime, django_assert_num_queries: Any) -> None:
    ana, bob, cid = (make_account(name) for name in ("ana", "bob", "cid"))
    claimed = [(K.DOCUMENT, document_number("ana")), (K.EMAIL, "cid@example.test")]
    refused = refuse(conflicts(claimed, account_id=bob.pk, now=now), account_id=bob.pk, now=now)
    case = Case.objects.get(reference=refused.reference)
    # Of Cid the e-mail address was given, which is no identity.
    with django_assert_num_queries(2):
        assert open_by_account([ana.pk, bob.pk, cid.pk]) == {ana.pk: [case], bob.pk: [case], cid.pk: []}
    with django_assert_num_queries(2):
        assert open_about(ana.pk) == [case]
    other = refuse(conflicts(claimed[:1], account_id=None, now=now), account_id=None, now=now)
    assert [each.reference for each in open_about(ana.pk)] == [case.reference, other.reference]
    cases.resolve_case(case.pk, actor=Actor.staff(make_staff("sam")), note="Seen.", now=now)
    assert ([each.reference for each in open_about(ana.pk)], open_about(bob.pk)) == ([other.reference], [])
    assert chain.verify()[1] is None


def test_case_about_contacts_alone_says_nothing_of_an_identity(now: datetime) -> None:
    ana, bob = make_account("ana"), make_account("bob")
    refuse(conflicts([(K.EMAIL, "ana@example.test")], account_id=bob.pk, now=now), account_id=bob.pk, now=now)
    assert (open_about(ana.pk), open_about(bob.pk)) == ([], [])
    assert Event.objects.filter(action="identity.claimed").count() == 0
