"""Saving records before leaving: asking for files, and going on once they are saved or not wanted (B10)."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from accounts.journal import record
from accounts.models import Account
from closure import drafts, export_access, journey
from closure.enums import ExportKind, Step
from closure.export_access import Holder
from closure.exports import store
from closure.exports.enums import ExportState
from closure.models import ClosureRequest, Export

REQUESTED = "export.requested"
# Asked for again within this time it is the same file: who presses twice waits once.
FRESH_FOR = timedelta(minutes=5)


def ask(holder: Holder, kind: ExportKind, *, now: datetime) -> Export:
    """Want a file of this kind, in place of an older one, and return its row; raises ExportsOver.

    Whoever asks has proven themselves before (export_access): the mailbox alone starts nothing (invariant 18).
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=holder.account.pk)
        until = export_access.check_offered(holder, account, now=now)
        former = Export.objects.select_for_update().filter(account_id=account.pk, kind=kind).first()
        if former is not None and is_as_good(former, now):
            return former
        if former is not None:
            former.delete()
            name = former.file
            transaction.on_commit(lambda: store.remove(name))
        export = Export.objects.create(account_id=account.pk, kind=kind, created_at=now, due_at=now, expires_at=until)
        told = {"export": str(export.pk), "kind": kind.value}
        record(REQUESTED, actor=holder.actor, at=now, account=account, data=told)
    return export


def is_as_good(export: Export, now: datetime) -> bool:
    """Tell whether asking again gives the same file: it is on its way, or was made just now."""
    if export.expires_at <= now or export.state == ExportState.FAILED:
        return False
    return export.state == ExportState.QUEUED or now - export.created_at < FRESH_FOR


def mark_exported(request_id: UUID, *, skipped: bool, actor: Actor, now: datetime) -> ClosureRequest:
    """Keep that the owner saved the records, or chose not to; raises StepLocked before the check is passed (C05)."""
    with transaction.atomic():
        request = drafts.lock_draft(request_id, actor=actor)
        journey.check_open(request, Step.EXPORT, now=now)
        progress = {**request.progress, journey.EXPORTED: now.isoformat()}
        if skipped:
            progress[journey.EXPORT_SKIPPED] = now.isoformat()
        else:
            progress.pop(journey.EXPORT_SKIPPED, None)
        drafts.write(request, now=now, progress=progress)
    return request
