"""Photos of a case: sent by its owner, taken away by its owner, looked at by staff who say why (J15, L07)."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import cases, sealed, sealed_files
from accounts.actors import Actor
from accounts.cases import CaseOver, UnknownCase
from accounts.enums import ActorKind, CaseState
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.journal import record
from accounts.models import Account, Case, Event
from closure.enums import EvidenceKind
from closure.evidence import intake, sightings, store, upkeep
from closure.evidence.contents import SEAL_PURPOSE, photo_of
from closure.evidence.enums import Subject
from closure.evidence.intake import TakenPhoto
from closure.exceptions import PhotoRefused, PhotoStays, TooManyPhotos, UnknownEvidence
from closure.models import Evidence
from closure.policy import loader

TAKEN, LOOKED_AT = "evidence.taken", "evidence.looked_at"
MOST_OF_CASE = 12
# What is asked, or done, where a photo is kept: an error keeps it out.
Beside = Callable[[Account], None]
NOBODY = UUID(int=0)
SUBJECTS = {
    EvidenceKind.NOTE: Subject.PERSON,
    EvidenceKind.DOCUMENT_FRONT: Subject.DOCUMENT,
    EvidenceKind.DOCUMENT_BACK: Subject.DOCUMENT,
}


def nothing(_account: Account) -> None:
    """Ask nothing more."""


def send(
    case_id: UUID,
    kind: EvidenceKind,
    file: bytes,
    *,
    despite: bool = False,
    actor: Actor,
    now: datetime,
    beside: Beside = nothing,
    leaving: int = 0,
) -> Evidence:
    """Take in a photo for an open case of the actor's account and keep it encrypted. Not inside a transaction.

    `actor` is the signed-in owner, or a status session of the account. A photo that breaks rules is refused with them;
    `despite` sends it all the same, for staff to judge, with what was found. `beside` runs where its row is written,
    the account locked: what it raises keeps the photo out, and `leaving` says how many photos of the case it destroys.
    Raises FileNotTaken, PhotoRefused, Busy, UnknownCase, CaseOver, TooManyPhotos.
    """
    _check_room(_own_case(case_id, actor), leaving=leaving)
    photo = intake.take_in(file, SUBJECTS[kind], now=now)
    faults = photo.faults()
    if faults and not despite:
        raise PhotoRefused(_("This photo would be refused. Take another one."), verdicts=photo.verdicts)
    return keep(case_id, kind, photo, actor=actor, now=now, beside=beside)


def keep(
    case_id: UUID,
    kind: EvidenceKind,
    photo: TakenPhoto,
    *,
    actor: Actor,
    now: datetime,
    beside: Beside = nothing,
) -> Evidence:
    """Keep a photo that was taken in, encrypted under a key of its own; raises as `send`."""
    key = sealed_files.new_key()
    with transaction.atomic(durable=True):
        evidence = _add(case_id, kind, photo, key, actor=actor, now=now, beside=beside)
    try:
        with store.create(evidence.file) as out:
            writer = sealed_files.SealedWriter(out, key, bound_to=evidence.bound_to)
            writer.write(photo.jpeg)
            writer.finish()
    except OSError:
        upkeep.lose(evidence, now=now)
        raise
    return evidence


def take_away(evidence_id: UUID, *, case_id: UUID, actor: Actor, now: datetime, beside: Beside = nothing) -> None:
    """Destroy a photo of an open case for its owner, who sends another.

    What staff looked at stays, and its owner is told so. Under a hold a photo stays that nobody looked at too, while
    its owner reads the same words and sees it no more: a hold is not told by what happens here (invariant 19).
    Raises UnknownEvidence, CaseOver, PhotoStays, and what `beside` raises.
    """
    case = Case.objects.filter(pk=case_id).first()
    if case is None or case.account_id is None or not _is_owner(case.account_id, actor):
        raise UnknownEvidence
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=case.account_id)
        beside(account)
        _lock_open(case.pk)
        # Whoever looks holds the row too: either we see their look, or they find no photo.
        row = shown_to_owner(case).select_for_update().filter(pk=evidence_id).first()
        if row is None:
            raise UnknownEvidence
        if row.pk in looked_at_by_anybody(account.pk):
            raise PhotoStays
        if upkeep.held([row]):
            upkeep.set_aside(row, actor=actor, now=now)
            return
        upkeep.remove([row], reason=upkeep.TAKEN_AWAY, actor=actor, now=now)
        transaction.on_commit(lambda: store.remove(row.file))


def shown_to_owner(case: Case) -> QuerySet[Evidence]:
    """Return the photos of a case that its owner sees, oldest first: not those that they took away."""
    return Evidence.objects.filter(case=case, taken_away_at=None).order_by("id")


def look(evidence_id: UUID, *, reason: str, actor: Actor, now: datetime) -> Evidence:
    """Let staff look at a photo, with the reason in the journal; its file is read first, so that one that opens counts.

    Raises NotAllowed, ReasonRequired, and UnknownEvidence, also where it does not open: then nobody has seen it.
    """
    cases.check_handle(actor)
    if not reason.strip():
        raise ReasonRequired
    with transaction.atomic():
        found = Evidence.objects.select_for_update(of=("self",)).select_related("case")
        evidence = found.filter(pk=evidence_id).first()
        if evidence is None:
            raise UnknownEvidence
        if evidence.account_id == actor.account_id:
            raise NotAllowed(_("Somebody else has to look at this: it is yours."))
        photo_of(evidence)
        data = {"evidence": str(evidence.pk), "kind": evidence.kind, "case": evidence.case.reference}
        record(LOOKED_AT, actor=actor, at=now, account_id=evidence.account_id, data=data, note=reason.strip())
    return evidence


def looked_at(account_id: UUID | None, actor: Actor) -> set[UUID]:
    """Return the keys of photos of an account that somebody of staff looked at, by the journal (L07)."""
    return _looked_at(Event.objects.filter(account_id=account_id, action=LOOKED_AT, actor=actor.label))


def looked_at_by_anybody(account_id: UUID) -> set[UUID]:
    """Return the keys of photos of an account that anybody of staff looked at."""
    return _looked_at(Event.objects.filter(account_id=account_id, action=LOOKED_AT))


def _looked_at(looks: QuerySet[Event]) -> set[UUID]:
    return {UUID(json.loads(bytes(body))["data"]["evidence"]) for body in looks.values_list("body", flat=True)}


def _add(
    case_id: UUID,
    kind: EvidenceKind,
    photo: TakenPhoto,
    key: bytes,
    *,
    actor: Actor,
    now: datetime,
    beside: Beside,
) -> Evidence:
    """Write the row, which names the file before there is one, its marks and its event."""
    _own_case(case_id, actor)
    account = Account.objects.select_for_update().get(pk=actor.account_id or NOBODY)
    beside(account)
    case = _lock_open(case_id)
    _check_room(case)
    evidence = Evidence(
        account_id=account.pk,
        case=case,
        kind=kind,
        taken_at=now,
        keep_for=timedelta(days=loader.current().retention.images_days),
        verdicts=[verdict.told() for verdict in photo.verdicts],
        file=uuid4(),
        size=len(photo.jpeg),
        width=photo.width,
        height=photo.height,
    )
    evidence.key = sealed.seal(key, purpose=SEAL_PURPOSE, bound_to=evidence.bound_to)
    evidence.save(force_insert=True)
    sightings.keep(evidence, file_digest=photo.file_digest, likeness=photo.likeness)
    broken = [verdict.fault.value for verdict in photo.faults() if verdict.fault]
    data = {"evidence": str(evidence.pk), "kind": kind.value, "case": case.reference, "broken": broken}
    record(TAKEN, actor=actor, at=now, account=account, data=data | sightings.find(evidence).told())
    return evidence


def _own_case(case_id: UUID, actor: Actor) -> Case:
    case = Case.objects.filter(pk=case_id).first()
    if case is None or case.account_id is None or not _is_owner(case.account_id, actor):
        raise UnknownCase(_("There is no such case."))
    return case


def _is_owner(account_id: UUID, actor: Actor) -> bool:
    return actor.kind in {ActorKind.CUSTOMER, ActorKind.STATUS_SESSION} and actor.account_id == account_id


def _lock_open(case_id: UUID) -> Case:
    case = Case.objects.select_for_update().get(pk=case_id)
    if case.state == CaseState.RESOLVED:
        raise CaseOver
    return case


def _check_room(case: Case, *, leaving: int = 0) -> None:
    if case.state == CaseState.RESOLVED:
        raise CaseOver
    if shown_to_owner(case).count() - leaving >= MOST_OF_CASE:
        raise TooManyPhotos(MOST_OF_CASE)
