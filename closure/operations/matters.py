"""What staff take as proof, and what follows; and the review that waits for everything else (K02-K05, J05)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import cases, contacts, matters, open_matters, residence, restrictions
from accounts.actors import Actor
from accounts.enums import Action, CaseState, IdentityStatus, MatterKind
from accounts.exceptions import PortalError
from accounts.journal import record
from accounts.matters import NothingToSettle, NotServed, home_of
from accounts.models import Account, Case, CaseMessage, Matter
from closure.enums import EvidenceKind
from closure.models import Evidence
from closure.operations import evidence
from closure.operations.evidence import shown_to_owner
from closure.operations.matter_deciding import NotLookedAt, Seen, check_seen, lock, unseen

M = MatterKind
ACCEPTED, TEMPLATE = "matter.accepted", "matter_accepted"
# These are proved by photos. Whoever accepts has looked at every photo that there is, also of others.
BY_PHOTOS = frozenset({M.UNSUPPORTED_REGION, M.FAILED_VERIFICATION, M.IDENTITY_REFRESH})


class StillOpen(PortalError):
    """A review waits until its owner has done what each restriction asks for; `kinds` are those that are left."""

    code = "still_open"

    def __init__(self, kinds: Sequence[MatterKind | str]) -> None:
        super().__init__(_("We review your account once you have done what each restriction asks for."))
        self.kinds = list(kinds)


def accept(matter_id: UUID, *, reason: str, seen: Seen, actor: Actor, now: datetime) -> Matter:
    """Take what was sent as proof: the restriction ends, the case is resolved, and the owner is told.

    Who moved lives from now on where they said; an identity that was shown is verified. `seen` is what was on the page,
    of which nothing may have changed since. Raises NotAllowed, SecondPersonRequired for the own account,
    ReasonRequired, NothingToSettle, HomeChanged, WrittenSince, NotRead, NotLookedAt, NotServed, LiftRefused,
    OnAnotherDesk.
    """
    with transaction.atomic():
        account, matter = lock(matter_id, reason=reason, actor=actor, now=now)
        check_seen(matter, seen, actor)
        _check_proof(matter, actor, now)
        _take(matter, account, actor=actor, reason=reason.strip(), now=now)
    return matter


def _check_proof(matter: Matter, actor: Actor, now: datetime) -> None:
    if unseen(matter, actor) or (matter.kind in BY_PHOTOS and not shown_to_owner(matter.case).exists()):
        raise NotLookedAt
    if matter.kind == M.UNSUPPORTED_REGION and not home_of(matter).is_served(now):
        raise NotServed


def _take(matter: Matter, account: Account, *, actor: Actor, reason: str, now: datetime) -> None:
    matter.accepted_at, matter.accepted_by = now, actor.account_id
    matter.save(update_fields=["accepted_at", "accepted_by"])
    told = {"matter": str(matter.pk), "kind": matter.kind, "case": matter.case.reference}
    record(ACCEPTED, actor=actor, at=now, account=account, data=told, note=reason)
    _change(matter, account, actor=actor, now=now)
    kind = open_matters.OF_RESTRICTIONS.get(M(matter.kind))
    for standing in restrictions.active(account.pk):
        if standing.kind == kind:
            restrictions.lift(standing.pk, actor=actor, reason=reason, now=now)
    cases.resolve_case(matter.case_id, actor=actor, note="", now=now)
    contacts.tell(contacts.current(account), account, TEMPLATE, {"what": matter.kind}, now=now)


def _change(matter: Matter, account: Account, *, actor: Actor, now: datetime) -> None:
    """Write what was proved of the owner."""
    if matter.kind == M.UNSUPPORTED_REGION:
        residence.move(account, country=matter.country, region=matter.region)
        fields = ["country", "region"]
    elif matter.kind in BY_PHOTOS:
        account.identity_status = IdentityStatus.VERIFIED
        fields = ["identity_status"]
        account.save(update_fields=fields)
    else:
        return
    record(Action.ACCOUNT_UPDATED, actor=actor, at=now, account=account, data={"fields": fields})


def send_photo(
    matter: Matter, kind: EvidenceKind, file: bytes, *, despite: bool, actor: Actor, now: datetime
) -> Evidence:
    """Take in a photo for a matter, for its owner; a case that waited for them waits for staff again.

    Raises NothingToSettle where it is over, and what `closure.operations.evidence.send` raises. Not in a transaction.
    """

    def beside(_account: Account) -> None:
        if not open_matters.counts(matter):
            raise NothingToSettle
        Case.objects.filter(pk=matter.case_id, state=CaseState.WAITING_CUSTOMER).update(state=CaseState.OPEN)

    return evidence.send(matter.case_id, kind, file, despite=despite, actor=actor, now=now, beside=beside)


def left(account: Account) -> list[MatterKind | str]:
    """Return what its owner can still do, by kind: settle a debt, or send what a restriction asks for.

    Begun is not done: an identity or a home is proved by a photo, other things are told in words, and what staff asked
    for again is there once something newer is.
    """
    standing = [each.kind for each in restrictions.active(account.pk)]
    debts: list[MatterKind | str] = [kind for kind in standing if kind in restrictions.BY_ITSELF]
    asked = [M(kind) for kind in standing if kind in open_matters.OF_RESTRICTIONS]
    if M.UNSUPPORTED_REGION in asked and open_matters.stands(account, M.IDENTITY_REFRESH):
        asked.append(M.IDENTITY_REFRESH)
    sent = given(open_matters.open_of(account.pk).values()) if asked else set()
    return debts + [kind for kind in asked if kind not in sent]


def given(opened: Iterable[Matter]) -> set[MatterKind]:
    """Return the kinds of open matters of an account for which their owner has sent what is asked for."""
    by_case = {row.case_id: row for row in opened}
    photos = Evidence.objects.filter(case__in=by_case, taken_away_at=None).values_list("case_id", "taken_at")
    words = CaseMessage.objects.filter(case__in=by_case, from_staff=False).exclude(text="").values_list("case_id", "at")
    sent = {True: list(photos), False: list(words)}
    return {M(row.kind) for row in by_case.values() if _is_given(row, sent)}


def _is_given(row: Matter, sent: dict[bool, list[tuple[UUID, datetime]]]) -> bool:
    everything = [at for case_id, at in (*sent[True], *sent[False]) if case_id == row.case_id]
    is_there = any(case_id == row.case_id for case_id, _at in sent[row.kind in BY_PHOTOS])
    return is_there and (row.asked_at is None or any(at > row.asked_at for at in everything))


def ask_review(account: Account, text: str, *, actor: Actor, now: datetime) -> Matter:
    """Ask staff to review everything; asked again it writes in the same case (K05).

    Raises StillOpen while something is left to do, NothingToSettle, TooManyAttempts. Not inside a transaction.
    """
    still = left(account)
    if still:
        raise StillOpen(still)
    return matters.begin(account.pk, M.REVIEW, text, actor=actor, now=now)
