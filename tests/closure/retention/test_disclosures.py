"""Opening an archive: who may, in which order, on what, once; and what stays of it (F05, L06, L07)."""

import hashlib
import json
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import Actor
from accounts.enums import CaseKind, CaseState, Role
from accounts.exceptions import NotAllowed, PortalError, ReasonRequired, SecondPersonRequired
from accounts.ids import uuid7
from accounts.models import Account, Case, Event, Note, StepUp
from closure.retention import bundles, disclosures
from closure.retention.disclosures import DisclosureRefused, UnknownDisclosure
from closure.retention.enums import DisclosureState
from closure.retention.models import ArchiveRecord, Disclosure
from tests.disclosing import (
    ORDER,
    PERSON,
    REASON,
    REGULATOR,
    SEALED,
    STAFF,
    actor,
    approve,
    approved,
    archived,
    asked,
    case_of,
    contents_by_class,
    opened,
    staff,
)
from tests.factories import make_account
from tests.invariants import violations
from tests.writing import refused_with

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("F05", "L07")]
YEAR = timedelta(days=366)


@pytest.fixture
def ana(now: datetime) -> Account:
    return archived(now=now)


def events(action: str = "disclosure.") -> list[tuple[str, dict[str, object]]]:
    """Return what the journal says of disclosures, oldest first."""
    found = Event.objects.filter(action__startswith=action).order_by("id")
    return [(event.action, json.loads(bytes(event.body))["data"]) for event in found]


def notes() -> list[str]:
    return list(Note.objects.filter(event_id__in=Event.objects.filter(action__startswith="disclosure.").values("pk"))
                .order_by("id").values_list("text", flat=True))  # fmt: skip


def code_of(error: pytest.ExceptionInfo[PortalError]) -> str:
    return error.value.code


def test_authority_is_given_what_was_sealed_and_the_journal_keeps_codes_and_a_digest(
    ana: Account, now: datetime
) -> None:
    row = asked(ana, now=now)
    assert disclosures.state_of(row) is DisclosureState.READY
    file, passphrase = opened(row, now=now)
    said = bundles.open_bundle(file, passphrase)
    assert contents_by_class(said) == SEALED
    row.refresh_from_db()
    assert (row.opened_by, row.opened_at, bytes(row.bundle_digest or b"")) == (
        staff("olga").pk,
        now,
        hashlib.sha256(file).digest(),
    )
    used = StepUp.objects.get(account=staff("olga"))
    common = {"disclosure": str(row.pk), "purpose": "regulator"}
    assert events() == [
        ("disclosure.asked", common),
        (
            "disclosure.opened",
            {**common, "records": 3, "sha256": hashlib.sha256(file).hexdigest(), "step_up": str(used.pk)},
        ),
    ]
    assert (notes(), used.used_at, violations()) == ([REASON, REASON], now, [])


@pytest.mark.row("L06")
def test_person_is_given_it_after_an_agent_and_a_lead_approved(ana: Account, now: datetime) -> None:
    row = asked(ana, PERSON, now=now)
    assert disclosures.state_of(row) is DisclosureState.APPROVING
    with pytest.raises(DisclosureRefused) as none:
        opened(row, now=now)
    approve(row, Role.LEAD, now=now)
    with pytest.raises(DisclosureRefused) as one:
        opened(row, now=now)
    assert (code_of(none), code_of(one)) == ("not_approved", "not_approved")
    row = approve(row, Role.AGENT, now=now)
    assert disclosures.state_of(row) is DisclosureState.READY
    file, passphrase = opened(row, now=now)
    said = bundles.open_bundle(file, passphrase)
    assert (said["purpose"], said["reference"], contents_by_class(said)) == ("person", row.case_reference, SEALED)
    told = [(action, data.get("role")) for action, data in events()]
    assert told[1:3] == [("disclosure.approved", "lead"), ("disclosure.approved", "agent")]


def test_it_opens_once(ana: Account, now: datetime) -> None:
    row = asked(ana, now=now)
    opened(row, now=now)
    with pytest.raises(DisclosureRefused) as error:
        opened(row, now=now)
    assert (code_of(error), len(events("disclosure.opened"))) == ("opened", 1)
    row.refresh_from_db()
    assert disclosures.state_of(row) is DisclosureState.OPENED
    assert disclosures.may_open(row, actor("olga")) is False


@pytest.mark.row("L06")
def test_nobody_does_two_things(ana: Account, now: datetime) -> None:
    both = {name: Actor(kind=actor(name).kind, account_id=staff(name).pk, roles=frozenset(Role)) for name in STAFF}
    row = asked(ana, PERSON, now=now, by="sam")
    for role in (Role.AGENT, Role.LEAD):
        with pytest.raises(SecondPersonRequired):
            disclosures.approve(row.pk, role=role, reason=REASON, actor=both["sam"], now=now)
    approve(row, Role.LEAD, now=now)
    with pytest.raises(SecondPersonRequired):
        disclosures.approve(row.pk, role=Role.AGENT, reason=REASON, actor=both["lea"], now=now)
    row = disclosures.approve(row.pk, role=Role.AGENT, reason=REASON, actor=both["omar"], now=now)
    for name in ("sam", "lea", "omar"):
        assert disclosures.may_open(row, both[name]) is False
        with pytest.raises(SecondPersonRequired):
            opened(row, now=now, by=name, actor=both[name])
    assert disclosures.may_open(row, both["olga"]) is True


@pytest.mark.row("L06")
def test_nobody_acts_on_their_own_archive(now: datetime) -> None:
    olga = staff("olga")
    archived_row = archived("ana", now=now)
    ArchiveRecord.objects.filter(account_id=archived_row.pk).update(account_id=olga.pk)
    with pytest.raises(SecondPersonRequired):
        disclosures.ask(olga.pk, REGULATOR, reference=ORDER, reason=REASON, actor=actor("olga"), now=now)
    row = disclosures.ask(olga.pk, REGULATOR, reference=ORDER, reason=REASON, actor=actor("omar"), now=now)
    assert disclosures.may_open(row, actor("olga")) is False
    with pytest.raises(SecondPersonRequired):
        opened(row, now=now)


@pytest.mark.row("L06")
@pytest.mark.parametrize("same", [("sam", "sam", "lea", ""), ("omar", "sam", "sam", ""), ("omar", "omar", "lea", ""),
                                  ("lea", "sam", "lea", ""), ("omar", "sam", "lea", "omar"),
                                  ("omar", "sam", "lea", "sam"), ("omar", "sam", "lea", "lea")])  # fmt: skip
def test_database_refuses_one_person_twice(ana: Account, now: datetime, same: tuple[str, ...]) -> None:
    keys = {name: uuid7() for name in STAFF} | {"": None}
    by = dict(zip(("asked_by", "agent_approved_by", "lead_approved_by", "opened_by"), map(keys.get, same), strict=True))
    at = {name.replace("_by", "_at"): now if person else None for name, person in by.items()}
    digest = {"bundle_digest": b"d" * 32 if by["opened_by"] else None}
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(account_id=ana.pk, purpose=PERSON, case_reference="SC-1", **by, **at, **digest)


@pytest.mark.parametrize(
    "wrong",
    [
        {"opened_at": "now", "opened_by": "olga", "bundle_digest": b"d" * 32},
        {"opened_at": "now", "opened_by": "olga", "bundle_digest": b"d" * 32, "lead": True},
        {"opened_at": "now", "opened_by": "olga", "agent": True, "lead": True},
        {"bundle_digest": b"d" * 32},
    ],
)
def test_database_refuses_an_opening_without_approvals_or_digest(
    ana: Account, now: datetime, wrong: dict[str, object]
) -> None:
    given = {name: now if value == "now" else uuid7() if value == "olga" else value for name, value in wrong.items()}
    for role in ("agent", "lead"):
        if given.pop(role, None):
            given |= {f"{role}_approved_at": now, f"{role}_approved_by": uuid7()}
    fields = {"account_id": ana.pk, "case_reference": "SC-1", "asked_at": now, "asked_by": uuid7(), **given}
    with pytest.raises(IntegrityError), transaction.atomic():
        Disclosure.objects.create(purpose=PERSON, **fields)


@pytest.mark.parametrize("name", ["sam", "lea", "aud"])
def test_only_compliance_asks_for_an_authority_and_opens(ana: Account, now: datetime, name: str) -> None:
    row = asked(ana, now=now)
    with pytest.raises(NotAllowed):
        asked(ana, now=now, by=name)
    with pytest.raises(NotAllowed):
        opened(row, now=now, by=name)
    system = Actor.system("worker")
    with pytest.raises(NotAllowed):
        opened(row, now=now, actor=system)
    with pytest.raises(NotAllowed):
        disclosures.ask(ana.pk, PERSON, reference=ORDER, reason=REASON, actor=Actor.customer(ana), now=now)
    assert len(events("disclosure.opened")) == 0


def test_only_an_agent_and_a_lead_approve_and_only_for_the_person(ana: Account, now: datetime) -> None:
    row = asked(ana, PERSON, now=now)
    for name, role in (("olga", Role.COMPLIANCE), ("sam", Role.LEAD), ("olga", Role.AGENT)):
        with pytest.raises(NotAllowed):
            approve(row, role, now=now, by=name)
    assert [disclosures.may_approve_as(row, actor(name)) for name in ("sam", "lea", "olga")] == [
        [Role.AGENT],
        [Role.LEAD],
        [],
    ]
    order = asked(ana, now=now)
    assert disclosures.may_approve_as(order, actor("sam")) == []
    with pytest.raises(DisclosureRefused):
        approve(order, Role.AGENT, now=now)
    approve(row, Role.AGENT, now=now)
    with pytest.raises(DisclosureRefused):
        approve(row, Role.AGENT, now=now, by="amy")


@pytest.mark.parametrize("reason", ["", "  "])
def test_every_step_needs_a_reason(ana: Account, now: datetime, reason: str) -> None:
    with pytest.raises(ReasonRequired):
        disclosures.ask(ana.pk, REGULATOR, reference=ORDER, reason=reason, actor=actor("omar"), now=now)
    row = asked(ana, PERSON, now=now)
    with pytest.raises(ReasonRequired):
        disclosures.approve(row.pk, role=Role.AGENT, reason=reason, actor=actor("sam"), now=now)
    with pytest.raises(ReasonRequired):
        opened(approved(ana, now=now), now=now, reason=reason)
    assert len(events("disclosure.opened")) == 0


def test_what_is_asked_for_must_be_there(ana: Account, now: datetime) -> None:
    omar = actor("omar")
    for nothing in (uuid7(), make_account("ben").pk):
        with pytest.raises(UnknownDisclosure):
            disclosures.ask(nothing, REGULATOR, reference=ORDER, reason=REASON, actor=omar, now=now)
    for reference in (" ", "r" * 65):
        with pytest.raises(DisclosureRefused):
            disclosures.ask(ana.pk, REGULATOR, reference=reference, reason=REASON, actor=omar, now=now)
    with pytest.raises(UnknownDisclosure):
        disclosures.approve(uuid7(), role=Role.AGENT, reason=REASON, actor=actor("sam"), now=now)


def test_person_needs_an_open_case_of_their_own(ana: Account, now: datetime) -> None:
    ben = make_account("ben")
    refused = [
        case_of(ben, now=now),
        case_of(ana, now=now, kind=CaseKind.DISPUTE),
        refused_with(ana, now=now),
        "SC-2222-2222",
    ]
    for reference in refused:
        with pytest.raises(DisclosureRefused) as error:
            disclosures.ask(ana.pk, PERSON, reference=reference, reason=REASON, actor=actor("omar"), now=now)
        assert code_of(error) == "no_open_case"
    typed = case_of(ana, now=now, kind=CaseKind.CLAIM).lower()
    row = disclosures.ask(ana.pk, PERSON, reference=typed, reason=REASON, actor=actor("omar"), now=now)
    approve(row, Role.AGENT, now=now)
    Case.objects.filter(reference=row.case_reference).update(state=CaseState.RESOLVED, resolved_at=now)
    with pytest.raises(DisclosureRefused):
        approve(row, Role.LEAD, now=now)
    Case.objects.filter(reference=row.case_reference).update(state=CaseState.OPEN, resolved_at=None)
    approve(row, Role.LEAD, now=now)
    Case.objects.filter(reference=row.case_reference).update(state=CaseState.RESOLVED, resolved_at=now)
    with pytest.raises(DisclosureRefused) as error:
        opened(row, now=now)
    assert code_of(error) == "no_open_case"
