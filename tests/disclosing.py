"""Disclosures for tests: Ana's archive is sealed; Sam (agent), Lea (lead), Olga and Omar (compliance) work on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.actors import Actor
from accounts.enums import CaseKind, Purpose, Role
from accounts.models import Account, Case
from accounts.verification.step_up import StepUpProof
from closure.retention import bundles, disclosures
from closure.retention.enums import DisclosurePurpose
from closure.retention.models import Disclosure
from tests.changing import proof_of
from tests.closure.retention.sealing import PARTS, sealed
from tests.factories import make_account, make_staff

REGULATOR, PERSON = DisclosurePurpose.REGULATOR, DisclosurePurpose.PERSON
ORDER, REASON = "BA 12/2026", "They wrote by registered mail."
STAFF = {"sam": Role.AGENT, "lea": Role.LEAD, "olga": Role.COMPLIANCE, "omar": Role.COMPLIANCE, "ola": Role.COMPLIANCE}


def archived(name: str = "ana", *, now: datetime, **fields: Any) -> Account:
    """Return an account whose archive is sealed, as it would be after closing."""
    account = make_account(name)
    sealed(name, now=now, account_id=account.pk, **fields)
    return account


def staff(name: str) -> Account:
    """Return one of staff; the same name is the same person."""
    known = Account.objects.filter(email=f"{name}@staff.example.test").first()
    return known or make_staff(name, STAFF.get(name, Role.AGENT))


def actor(name: str) -> Actor:
    """Return one of staff as who acts."""
    return Actor.staff(staff(name))


def case_of(account: Account, *, now: datetime, kind: CaseKind = CaseKind.OTHER) -> str:
    """Open a case past the rules and return its reference."""
    return Case.objects.create(account_id=account.pk, kind=kind, created_at=now).reference


def asked(account: Account, purpose: DisclosurePurpose = REGULATOR, *, now: datetime, by: str = "omar") -> Disclosure:
    """Return a disclosure that was asked for; for the person on a case of theirs."""
    reference = ORDER if purpose is REGULATOR else case_of(account, now=now)
    return disclosures.ask(account.pk, purpose, reference=reference, reason=REASON, actor=actor(by), now=now)


def approve(row: Disclosure, role: Role, *, now: datetime, by: str = "") -> Disclosure:
    """Approve the documents, as Sam or Lea does."""
    name = by or {Role.AGENT: "sam", Role.LEAD: "lea"}[role]
    return disclosures.approve(row.pk, role=role, reason="The passport is hers.", actor=actor(name), now=now)


def approved(account: Account, *, now: datetime) -> Disclosure:
    """Return a disclosure for the person that can be opened."""
    row = asked(account, PERSON, now=now)
    for role in (Role.AGENT, Role.LEAD):
        approve(row, role, now=now)
    return row


def proof(row_id: UUID, *, now: datetime, by: str = "olga") -> StepUpProof:
    """Return an officer's fresh verification for one disclosure."""
    return proof_of(staff(by), Purpose.OPEN_ARCHIVE, str(row_id), now=now)


def opened(row: Disclosure, *, now: datetime, by: str = "olga", **given: Any) -> tuple[bytes, str]:
    """Open a disclosure; returns the file and the passphrase."""
    passphrase = bundles.new_passphrase()
    facts = {"reason": REASON, "actor": actor(by), "now": now, **given}
    facts.setdefault("proof", None)
    facts["proof"] = facts["proof"] or proof(row.pk, now=now, by=by)
    return disclosures.open_disclosure(row.pk, passphrase=passphrase, **facts), passphrase


def contents_by_class(said: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the records of a bundle by their class; there is one part of each."""
    classes = [entry["what"] for entry in said["manifest"]]
    return dict(zip(classes, (text.encode() for text in said["records"]), strict=True))


SEALED = {record_class.value: plain for record_class, plain in PARTS}
