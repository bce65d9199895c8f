"""Who may take records along, and what proves it: a fresh factor, then ten minutes for one kind of file in one session.

Whoever holds a live session, or the mailbox, alone exports nothing (invariant 18). The session keeps no flag that says
"open": it names the verification that was used up, and the row is asked each time for whom, for which kind of file and
when that was (D07, E07).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import codes
from accounts.actors import Actor
from accounts.enums import Purpose
from accounts.exceptions import NotAllowed, ProofRefused
from accounts.journal import record
from accounts.models import Account, StepUp
from accounts.verification import changes
from accounts.verification import step_up as step_ups
from closure import fresh_factor, offers, verification
from closure.enums import ExportKind
from closure.models import ClosureRequest, Export
from closure.status_session import StatusSession

OPEN_FOR = timedelta(minutes=10)
# Without a closure that says otherwise.
KEPT_FOR = timedelta(days=7)
OPENED_BY = "export_step_ups"
OPENED = "export.opened"


class ExportsOver(NotAllowed):
    """There is nothing to take along here, or not any more."""

    code = "exports_over"

    def __init__(self) -> None:
        super().__init__(_("Your records cannot be downloaded here, or not any more."))


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The owner: signed in, or within the status session of a request."""

    account: Account
    visit: StatusSession | None = None

    @property
    def actor(self) -> Actor:
        """As whom the owner acts."""
        return Actor.customer(self.account) if self.visit is None else self.visit.actor

    def digest(self, kind: ExportKind) -> bytes:
        """Return what a verification of a kind of file is bound to."""
        if self.visit is None:
            return changes.digest(self.account, Purpose.EXPORT_DATA, kind)
        return verification.digest(self.visit.request, kind)


def offered_until(holder: Holder, *, now: datetime) -> datetime | None:
    """Return until when a file that is asked for now stays, None where none is offered (B11)."""
    if holder.visit is not None:
        return offers.export_until(holder.visit.request, now=now)
    return now + KEPT_FOR if holder.account.is_active and not holder.account.is_staff else None


def check_offered(holder: Holder, locked: Account, *, now: datetime) -> datetime:
    """Return the same of the rows as they stand now, with the account locked; raises ExportsOver."""
    visit = holder.visit
    if visit is not None:
        request = ClosureRequest.objects.select_for_update().get(pk=visit.request.pk)
        visit = StatusSession(request=request, carried_by=visit.carried_by)
    until = offered_until(Holder(account=locked, visit=visit), now=now)
    if until is None:
        raise ExportsOver
    return until


def begin(holder: Holder, kind: ExportKind, *, now: datetime) -> StepUp:
    """Open the verification of a kind of file, or go on with the one that runs; raises ExportsOver."""
    if offered_until(holder, now=now) is None:
        raise ExportsOver
    if holder.visit is None:
        return changes.begin(holder.account, Purpose.EXPORT_DATA, kind, now=now)
    return fresh_factor.open_or_begin(holder.visit.request, kind, carried_by=holder.visit.carried_by, now=now)


def running(holder: Holder) -> tuple[StepUp, ExportKind] | None:
    """Return the verification that is open and the kind of file it is for; None when there is none of this holder."""
    found = step_ups.current(holder.account.pk, Purpose.EXPORT_DATA)
    if found is None:
        return None
    kind = next((kind for kind in ExportKind if holder.digest(kind) == bytes(found.digest)), None)
    return None if kind is None else (found, kind)


def open_kind(session: Any, holder: Holder, kind: ExportKind, step_up: StepUp, *, now: datetime) -> None:
    """Use a verification up and let this session, and no other, take this kind along; raises ProofRefused, ExportsOver.

    Writes the session's row here, with the account locked: one that was written after freezing would outlive it
    (invariant 3). Journals "export.opened" with the verification's id.
    """
    purpose, digest = Purpose.EXPORT_DATA, holder.digest(kind)
    proof = step_ups.prove(step_up, account=holder.account, purpose=purpose, digest=digest, now=now)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=holder.account.pk)
        is_shut = holder.visit is None and not account.is_active
        if not is_shut:
            check_offered(holder, account, now=now)
            if holder.visit is None:
                changes.check(proof, account, purpose, kind)
            elif not fresh_factor.counts(proof.kinds, carried_by=holder.visit.carried_by):
                raise ProofRefused
            step_ups.consume(proof, now=now)
            told = {"file": kind.value, "step_up": str(proof.step_up_id)}
            record(OPENED, actor=holder.actor, at=now, account=account, data=told)
            session[OPENED_BY] = {**session.get(OPENED_BY, {}), kind.value: str(proof.step_up_id)}
            session.save()
    if is_shut:
        session.flush()
        raise ProofRefused


def open_until(session: Any, holder: Holder, kind: ExportKind, *, now: datetime) -> datetime | None:
    """Return until when this session may take this kind along, None when it may not."""
    named = session.get(OPENED_BY, {}).get(kind.value)
    if named is None or offered_until(holder, now=now) is None:
        return None
    rows = StepUp.objects.filter(account=holder.account, purpose=Purpose.EXPORT_DATA, digest=holder.digest(kind))
    used_at = rows.filter(pk=UUID(named)).values_list("used_at", flat=True).first()
    if used_at is None or not used_at - codes.SKEW <= now < used_at + OPEN_FOR:
        return None
    return used_at + OPEN_FOR


def exports_of(holder: Holder, *, now: datetime) -> Mapping[str, Export]:
    """Return the owner's exports by kind, none past its date."""
    rows = Export.objects.filter(account_id=holder.account.pk, expires_at__gt=now)
    return {export.kind: export for export in rows} if offered_until(holder, now=now) is not None else {}
