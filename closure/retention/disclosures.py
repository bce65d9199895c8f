"""Opening an archive for somebody outside: one asks, for the person two approve, compliance opens (F05).

Nobody does two things of one disclosure, and nobody acts on their own archive. What was opened is given to the caller
and kept nowhere; the row and the journal keep who, for whom, and the digest of what went out.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import cases, identifiers, identity_check
from accounts.actors import Actor
from accounts.enums import STAFF_FACTORS, ActorKind, CaseKind, CaseState, IdentifierKind, Purpose, Role
from accounts.exceptions import NotAllowed, PortalError, ProofRefused, ReasonRequired, SecondPersonRequired
from accounts.journal import record
from accounts.models import Account, Case
from accounts.verification import changes
from accounts.verification.step_up import StepUpProof
from closure.retention import archive, bundles, holding, lines
from closure.retention.archive import lock_months, open_record
from closure.retention.enums import DisclosurePurpose, DisclosureState, MonthState
from closure.retention.exceptions import Expired, Unreadable
from closure.retention.models import ArchiveRecord, Disclosure
from closure.retention.powers import APPROVE_AS_AGENT, APPROVE_AS_LEAD, OPEN

ASKED, APPROVED, OPENED = "disclosure.asked", "disclosure.approved", "disclosure.opened"
SEARCHED = "disclosure.searched"
MOST_REFERENCE = 64
# What a person writes to us about after closing.
CASE_KINDS = frozenset({CaseKind.CLAIM, CaseKind.OTHER})
APPROVERS = {Role.AGENT: (APPROVE_AS_AGENT, "agent_approved"), Role.LEAD: (APPROVE_AS_LEAD, "lead_approved")}
# What staff wrote, what the journal says of them, and orders of holds, lifted ones too: an authority is given these,
# the person is not. They are about how we work and about others, and a hold must not be told of (tipping-off).
KEPT_FROM_PERSON = frozenset({"accounts.Event", "accounts.Note", "retention.LegalHold"})
ACTED = ("asked_by", "agent_approved_by", "lead_approved_by", "opened_by")


class UnknownDisclosure(PortalError):
    """There is no such disclosure, or no archive to open."""

    code = "unknown_disclosure"


class DisclosureRefused(PortalError):
    """The disclosure does not stand as this needs it; nothing changed and nothing was opened."""

    code = "disclosure_refused"


def state_of(disclosure: Disclosure) -> DisclosureState:
    """Return how a disclosure stands."""
    if disclosure.opened_at is not None:
        return DisclosureState.OPENED
    return DisclosureState.APPROVING if _lacking(disclosure) else DisclosureState.READY


def find(kind: IdentifierKind, value: str, *, reason: str, actor: Actor, now: datetime) -> list[UUID]:
    """Return whose sealed identity had this identifier; nothing of it is opened.

    Each search is journaled with its reason, whatever it finds, and never what was typed (invariant 24): that nobody is
    found is an answer too. Raises NotAllowed, ReasonRequired, BadIdentifier, and KeyGone or Unreadable while a month's
    key does not open: nobody found would mean nothing then.
    """
    if not actor.may(OPEN):
        raise NotAllowed(_("Compliance asks whose archive it is."))
    if not reason.strip():
        raise ReasonRequired
    normal = identifiers.normalize(kind, value)
    with transaction.atomic():
        owners = archive.find(kind, normal, now=now)
        told = {"kind": kind.value, "found": [str(key) for key in owners]}
        record(SEARCHED, actor=actor, at=now, data=told, note=reason.strip())
    return owners


def ask(
    account_id: UUID, purpose: DisclosurePurpose, *, reference: str, reason: str, actor: Actor, now: datetime
) -> Disclosure:
    """Ask for an archive to be opened.

    For an authority compliance asks, `reference` is the authority's own. For the person whoever handles cases asks, on
    an open case of that account (kind claim or other). `reason` is kept as an erasable note. Raises NotAllowed,
    SecondPersonRequired for the own account, ReasonRequired, UnknownDisclosure where nothing is sealed,
    DisclosureRefused.
    """
    if purpose is DisclosurePurpose.PERSON:
        cases.check_handle(actor)
    elif not actor.may(OPEN):
        raise NotAllowed(_("Compliance asks for an authority."))
    person = _check(actor, account_id, reason)
    reference = reference.strip()
    if not 0 < len(reference) <= MOST_REFERENCE:
        raise DisclosureRefused(_("Give the reference of the authority, or of the person's case."))
    with transaction.atomic():
        account = Account.objects.select_for_update().filter(pk=account_id).first()
        if account is None or not ArchiveRecord.objects.filter(account_id=account_id).exists():
            raise UnknownDisclosure(_("There is no archive of this account."))
        if purpose is DisclosurePurpose.PERSON:
            reference = reference.upper()
            _check_case(account_id, reference)
        asked = Disclosure.objects.create(
            account_id=account_id, purpose=purpose, case_reference=reference, asked_at=now, asked_by=person
        )
        _tell(ASKED, asked, account, actor=actor, reason=reason, now=now)
    return asked


def may_approve_as(disclosure: Disclosure, actor: Actor) -> list[Role]:
    """Return in which roles the actor may approve the person's documents now; the operation asks again."""
    if not _is_free(disclosure, actor):
        return []
    return [role for role in _lacking(disclosure) if actor.may(APPROVERS[role][0])]


def approve(disclosure_id: UUID, *, role: Role, reason: str, actor: Actor, now: datetime) -> Disclosure:
    """Approve the documents of the person's case, as an agent or as a lead: two people, neither of whom asked.

    Raises NotAllowed, SecondPersonRequired, ReasonRequired, UnknownDisclosure, DisclosureRefused.
    """
    if role not in APPROVERS or not actor.may(APPROVERS[role][0]):
        raise NotAllowed(_("An agent and a lead approve the documents."))
    with transaction.atomic():
        account, row = _locked(disclosure_id, actor, reason)
        if role not in _lacking(row):
            raise DisclosureRefused(_("Nothing is to be approved here, or not any more."))
        _check_case(row.account_id, row.case_reference)
        _power, name = APPROVERS[role]
        setattr(row, f"{name}_at", now)
        setattr(row, f"{name}_by", actor.account_id)
        row.save(update_fields=[f"{name}_at", f"{name}_by"])
        _tell(APPROVED, row, account, actor=actor, reason=reason, now=now, role=role.value)
    return row


def may_open(disclosure: Disclosure, actor: Actor) -> bool:
    """Tell whether the actor may open it now, once verified; the operation asks again."""
    return state_of(disclosure) is DisclosureState.READY and actor.may(OPEN) and _is_free(disclosure, actor)


def open_disclosure(
    disclosure_id: UUID, *, passphrase: str, reason: str, proof: StepUpProof, actor: Actor, now: datetime
) -> bytes:
    """Open the archive once, and return the sealed bundle of every record whose time is not over, or that is held.

    The person's copy is without KEPT_FROM_PERSON.
    Needs compliance, a fresh second factor for exactly this disclosure, and a reason. Writes one event with the digest
    of the file; the file and the passphrase are nobody's but the caller's. Raises NotAllowed, SecondPersonRequired,
    ReasonRequired, ProofRefused, UnknownDisclosure, DisclosureRefused, Expired when no record opens any more, KeyGone
    or Unreadable when one does not open that should: then nothing is given out.
    """
    if not actor.may(OPEN):
        raise NotAllowed(_("Compliance opens archives."))
    lock = bundles.Lock.under(passphrase)
    with transaction.atomic():
        account, row = _locked(disclosure_id, actor, reason)
        _check_ready(row)
        _use(proof, row, actor, now=now)
        opened = list(_records(row, now=now))
        if not opened:
            raise Expired
        file = bundles.seal(bundles.contents(row, opened, now=now), lock)
        digest = hashlib.sha256(file).digest()
        row.opened_at, row.opened_by, row.bundle_digest = now, actor.account_id, digest
        row.save(update_fields=["opened_at", "opened_by", "bundle_digest"])
        told: dict[str, str | int] = {"records": len(opened), "sha256": digest.hex(), "step_up": str(proof.step_up_id)}
        _tell(OPENED, row, account, actor=actor, reason=reason, now=now, **told)
    return file


def _check(actor: Actor, account_id: UUID, reason: str) -> UUID:
    """Return who acts, after asking why; nobody acts on their own archive."""
    if actor.account_id is None:
        raise NotAllowed(_("Staff open archives."))
    if actor.account_id == account_id:
        raise SecondPersonRequired
    if not reason.strip():
        raise ReasonRequired
    return actor.account_id


def _check_case(account_id: UUID, reference: str) -> None:
    found = Case.objects.filter(account_id=account_id, reference=reference, kind__in=sorted(CASE_KINDS))
    case = found.exclude(state=CaseState.RESOLVED).first()
    if case is None or identity_check.has_opened(case):
        raise DisclosureRefused(
            _("There is no open case of this person with this reference, of kind claim or other."), code="no_open_case"
        )


def _check_ready(row: Disclosure) -> None:
    if row.opened_at is not None:
        raise DisclosureRefused(_("This was opened already. Who needs it again has to ask again."), code="opened")
    if row.purpose != DisclosurePurpose.PERSON:
        return
    if _lacking(row):
        raise DisclosureRefused(_("An agent and a lead have to approve the documents first."), code="not_approved")
    _check_case(row.account_id, row.case_reference)
    if holding.of_law_or_risk(row.account_id):
        raise DisclosureRefused(
            _("A legal or risk hold stands. Nothing is given to the person before it is lifted."), code="on_hold"
        )


def _use(proof: StepUpProof, row: Disclosure, actor: Actor, *, now: datetime) -> None:
    """Use the officer's verification up; a mailed code is none here, whatever else the officer has (L07)."""
    if not proof.kinds & STAFF_FACTORS:
        raise ProofRefused
    officer = Account.objects.get(pk=proof.account_id)
    if officer.pk != actor.account_id:
        raise ProofRefused
    changes.use(proof, officer, Purpose.OPEN_ARCHIVE, str(row.pk), now=now)


def _records(row: Disclosure, *, now: datetime) -> Iterator[tuple[ArchiveRecord, bytes]]:
    """Yield each record that opens with what is in it; those whose time is over, or whose key is destroyed, stay shut.

    Their months are locked: what is purged meanwhile is purged before, or after.
    """
    open_months = [name for name, month in lock_months(row.account_id).items() if month.state == MonthState.OPEN]
    rows = ArchiveRecord.objects.filter(account_id=row.account_id, key_month__in=open_months).defer("box")
    for each in rows.order_by("file_id", "record_class", "part"):
        try:
            plain = open_record(each.pk, now=now)
        except Expired:
            continue
        yield each, _for_person(each, plain) if row.purpose == DisclosurePurpose.PERSON else plain


def _for_person(record: ArchiveRecord, plain: bytes) -> bytes:
    """Return what the person is given of a record; nothing leaves of one that cannot be told apart."""
    try:
        return lines.without(plain, KEPT_FROM_PERSON)
    except ValueError as error:
        raise Unreadable(f"record {record.pk} has lines that are no rows") from error


def _lacking(row: Disclosure) -> list[Role]:
    """Return whose approval it waits for; an authority needs nobody's."""
    if row.purpose != DisclosurePurpose.PERSON or row.opened_at is not None:
        return []
    return [role for role, (_power, name) in APPROVERS.items() if getattr(row, f"{name}_at") is None]


def _is_free(row: Disclosure, actor: Actor) -> bool:
    """Tell whether somebody of staff is neither the owner nor did anything of it yet."""
    acted = {row.account_id, *(getattr(row, name) for name in ACTED)}
    return actor.kind is ActorKind.STAFF and actor.account_id is not None and actor.account_id not in acted


def _locked(disclosure_id: UUID, actor: Actor, reason: str) -> tuple[Account, Disclosure]:
    """Return the account and one of its disclosures, locked in this order, after asking who acts and why."""
    account_id = Disclosure.objects.filter(pk=disclosure_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise UnknownDisclosure(_("There is no such disclosure."))
    _check(actor, account_id, reason)
    account = Account.objects.select_for_update().get(pk=account_id)
    row = Disclosure.objects.select_for_update().get(pk=disclosure_id)
    if row.opened_at is None and not _is_free(row, actor):
        raise SecondPersonRequired
    return account, row


def _tell(
    action: str, row: Disclosure, account: Account, *, actor: Actor, reason: str, now: datetime, **more: str | int
) -> None:
    told = {"disclosure": str(row.pk), "purpose": DisclosurePurpose(row.purpose).value, **more}
    record(action, actor=actor, at=now, account=account, data=told, note=reason.strip())
