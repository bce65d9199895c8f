"""Ana has a disabled account and wants it back; her photos are rows without files where nobody looks at them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from accounts import clock, mailed_links
from accounts.actors import Actor
from accounts.enums import AccountStatus, CaseKind, CaseState, DocumentType, LinkPurpose, MessageChannel, Role
from accounts.journal import record
from accounts.models import Account, Case, Event
from accounts.status import change_status
from closure import lifecycle
from closure.enums import EvidenceKind, ReactivationState
from closure.models import Evidence, Reactivation
from closure.models.reactivation import OPEN_REACTIVATIONS
from closure.operations import evidence
from closure.policy import loader
from closure.reactivation import links, note, photos
from closure.reactivation.permissions import owner
from tests.closure.scenes import staff
from tests.factories import make_account

S = ReactivationState
DISABLED_FOR = timedelta(days=100)


def disabled(name: str = "ana", *, now: datetime, **fields: Any) -> Account:
    """Return a customer who disabled the account a while ago."""
    account = make_account(name, **fields)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        themselves = Actor.customer(locked)
        change_status(locked, AccountStatus.DISABLED, actor=themselves, reason="by_owner", now=now - DISABLED_FOR)
    return locked


def me(account: Account) -> Actor:
    """Return the owner in a session that has shown more than the link."""
    return owner(account)


def make_reactivation(account: Account, state: ReactivationState, *, now: datetime, **fields: Any) -> Reactivation:
    """Make one that stands in `state`, past the rules, with a passport chosen and its photos there."""
    over = state not in OPEN_REACTIVATIONS
    case_state = {"state": CaseState.RESOLVED, "resolved_at": now} if over else {}
    case = Case.objects.create(account_id=account.pk, kind=CaseKind.REACTIVATION, created_at=now, **case_state)
    columns = {
        "created_at": now,
        "touched_at": now,
        "note": note.text(brand=settings.PORTAL_BRAND, email=account.email or "", on=now.date()),
        "document_type": DocumentType.PASSPORT,
        "document_chosen_at": now,
        **lifecycle.pin(loader.load("standard")),
        **({} if state is S.DRAFT else {"submitted_at": now}),
        **({"asked_at": now, "asked": "Better light, please."} if state is S.NEEDS_MORE else {}),
        **(_decided(now) if state is S.APPROVED else {}),
        **({"end_reason": state.value} if over else {}),
        **fields,
    }
    row = Reactivation.objects.create(account=account, case=case, state=state, **columns)
    for kind in (EvidenceKind.NOTE, EvidenceKind.DOCUMENT_FRONT):
        planted(row, kind, now=now)
    return row


def _decided(now: datetime) -> dict[str, Any]:
    people = {"proposed_by": staff(Role.AGENT).account_id, "decided_by": staff(Role.LEAD).account_id}
    return {"proposed_at": now, "decided_at": now, **people}


def planted(row: Reactivation, kind: EvidenceKind, *, now: datetime) -> Evidence:
    """Put a photo beside a reactivation, without a file."""
    size = {"size": 1000, "width": 960, "height": 720}
    return Evidence.objects.create(
        account_id=row.account_id,
        case=row.case,
        kind=kind,
        taken_at=now,
        keep_for=timedelta(days=30),
        verdicts=[],
        file=uuid4(),
        key=b"sealed",
        **size,
    )


def looked_at(row: Reactivation, *people: Actor, now: datetime) -> None:
    """Write that staff looked at every photo that counts: what was planted has no file to open."""
    for person in people:
        for each in photos.counting(row).values():
            data = {"evidence": str(each.pk), "kind": each.kind, "case": row.case.reference}
            with transaction.atomic():
                record(evidence.LOOKED_AT, actor=person, at=now, account_id=row.account_id, data=data, note="Compared.")


def events(account: Account) -> list[str]:
    """Return what the journal says of reactivating an account, oldest first."""
    kept = Event.objects.filter(account_id=account.pk, action__startswith="reactivation.")
    return list(kept.order_by("id").values_list("action", flat=True))


def token(account: Account, channel: MessageChannel = MessageChannel.EMAIL, *, now: datetime | None = None) -> str:
    """Return the token of a link that opens a reactivation."""
    return mailed_links.issue(
        account.pk,
        LinkPurpose.REACTIVATE,
        subject_id=account.pk,
        channel=channel,
        lives=links.LIVES,
        now=now or clock.now(),
    )
