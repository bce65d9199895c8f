"""Builds what is wanted: a row is claimed by compare-and-set, its attempt counted before the work, its file never half.

Each attempt writes a file of its own name under a key of its own; only the attempt that the row still names makes it
ready. A dead builder's lease runs out, and the next one begins again; what kills its builders is given up
(closure.poison).
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation

from accounts import sealed, sealed_files
from accounts.actors import Actor
from accounts.failures import kind_and_place
from accounts.journal import record
from accounts.models import Account
from accounts.sealed_files import SealedWriter
from closure.backoff import back_off
from closure.exchange.errors import GatewayError
from closure.exports import store
from closure.exports.enums import ExportFailure, ExportState
from closure.exports.kinds import FILES
from closure.exports.work import Work
from closure.models import Export
from closure.poison import MOST_DEATHS, calling, deaths_of, story

logger = logging.getLogger(__name__)
BUILDER = Actor.system("exports")
READY, FAILED = "export.ready", "export.failed"
SEAL_PURPOSE = "export-file"
# Renewed each second while lines come; the one call in between that takes time gives up after 20 s.
LEASE = timedelta(seconds=30)
RENEW_SECONDS = 1.0
MOST_ATTEMPTS = 5


class Stopped(Exception):
    """Whoever runs the builder wants it to end: the claim is given back, nobody failed."""


class TakenOver(Exception):
    """The row is somebody else's now, or gone."""


def nothing() -> None:
    """Do nothing between two lines."""


@dataclass(kw_only=True)
class Attempt:
    """One claimed row; everything is written where it is still ours."""

    export: Export
    key: bytes
    now: datetime
    beat: Callable[[], None]
    began: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    @property
    def at(self) -> datetime:
        """The time of now, as the clock that was read at the beginning goes on."""
        return self.now + timedelta(seconds=time.monotonic() - self.began)

    def ours(self) -> QuerySet[Export]:
        """Return the row while nobody took it over."""
        row = self.export
        return Export.objects.filter(pk=row.pk, state=ExportState.QUEUED, attempts=row.attempts, file=row.file)

    def tell(self, lines: int) -> None:
        """Say how far it is and keep the claim; raises TakenOver, and whatever the beat raises."""
        self.beat()
        if time.monotonic() - self.told >= RENEW_SECONDS:
            self.told = time.monotonic()
            if not self.ours().update(lines=lines, due_at=self.at + LEASE):
                raise TakenOver


def build_next(*, now: datetime, beat: Callable[[], None] = nothing) -> bool:
    """Build the export that is due first, if any; returns whether there was one to try. Not inside a transaction.

    `beat` is called a few times a second and may raise Stopped, which is raised on.
    """
    export = _due(now).order_by("due_at", "id").first()
    if export is None:
        return False
    attempt = _claim(export, now=now, beat=beat)
    if attempt is not None:
        _carry_out(attempt)
    return True


def is_due(now: datetime) -> bool:
    """Tell whether there is something to build."""
    return _due(now).exists()


def _due(now: datetime) -> QuerySet[Export]:
    return Export.objects.filter(state=ExportState.QUEUED, due_at__lte=now, expires_at__gt=now)


def _claim(export: Export, *, now: datetime, beat: Callable[[], None]) -> Attempt | None:
    """Take a due row, with the attempt counted and its file named; None when another took it, or it kills."""
    former, deaths = export.file, deaths_of(export.last_error)
    unclaimed = Export.objects.filter(
        pk=export.pk, state=ExportState.QUEUED, attempts=export.attempts, due_at=export.due_at
    )
    if deaths >= MOST_DEATHS:
        logger.error("export %s: %s; given up", export.pk, story(deaths))
        _give_up(unclaimed, export, ExportFailure.OURS, said=story(deaths), now=now)
        return None
    key, name = sealed_files.new_key(), uuid4()
    with transaction.atomic(durable=True):
        claimed = unclaimed.update(
            attempts=export.attempts + 1,
            due_at=now + LEASE,
            last_error=calling(deaths),
            lines=0,
            file=name,
            key=sealed.seal(key, purpose=SEAL_PURPOSE, bound_to=export.bound_to),
        )
    if not claimed:
        return None
    export.attempts, export.file = export.attempts + 1, name
    store.remove(former)
    return Attempt(export=export, key=key, now=now, beat=beat)


def _carry_out(attempt: Attempt) -> None:
    """Write the file and make it ready; whatever happens instead leaves no file."""
    name = attempt.export.file
    try:
        _write(attempt)
    except Stopped:
        attempt.ours().update(due_at=attempt.now, last_error="", attempts=attempt.export.attempts - 1)
        store.remove(name)
        raise
    except TakenOver:
        store.remove(name)
    except Exception as error:  # noqa: BLE001  (whatever it is: no file is ready that is not whole)
        store.remove(name)
        _failed(attempt, error)


def _write(attempt: Attempt) -> None:
    export = attempt.export
    account = Account.objects.get(pk=export.account_id)
    work = Work(account=account, now=attempt.now, tell=attempt.tell)
    with store.create(_named(export)) as file, translation.override(account.language):
        out = SealedWriter(file, attempt.key, bound_to=export.bound_to)
        FILES[export.kind].write(out, work)
        out.finish()
    _check_kept(attempt, out)
    facts = {"size": out.size, "sha256": out.sha256}
    with transaction.atomic():
        done = attempt.ours().update(
            state=ExportState.READY, ready_at=attempt.at, lines=work.lines, last_error="", **facts
        )
        if not done:
            raise TakenOver
        told = {"export": str(export.pk), "kind": export.kind, **facts}
        record(READY, actor=BUILDER, at=attempt.at, account_id=export.account_id, data=told)


def _check_kept(attempt: Attempt, out: SealedWriter) -> None:
    """Read the file back: what the disk has is what was written, before anybody is told that it is ready."""
    digest, export = hashlib.sha256(), attempt.export
    with store.open_file(_named(export)) as file:
        for chunk in sealed_files.read(file, attempt.key, size=out.size, bound_to=export.bound_to):
            digest.update(chunk)
    if not secrets.compare_digest(digest.hexdigest(), out.sha256):
        raise sealed.Unreadable("the file is not what was written")


def _named(export: Export) -> UUID:
    if export.file is None:
        raise TakenOver
    return export.file


def _failed(attempt: Attempt, error: Exception) -> None:
    """Keep the kind of the error, never its words, and try again later, or give up with a reason for the customer."""
    export = attempt.export
    is_core = isinstance(error, GatewayError)
    logger.warning("export %s failed, attempt %s: %s", export.pk, export.attempts, kind_and_place(error))
    said = type(error).__name__[:200]
    if export.attempts >= MOST_ATTEMPTS:
        reason = ExportFailure.CORE if is_core else ExportFailure.OURS
        _give_up(attempt.ours(), export, reason, said=said, now=attempt.at)
    else:
        attempt.ours().update(
            due_at=attempt.at + back_off(export.attempts), last_error=said, file=None, key=None, lines=0
        )


def _give_up(rows: QuerySet[Export], export: Export, reason: ExportFailure, *, said: str, now: datetime) -> None:
    with transaction.atomic():
        gone = {"file": None, "key": None, "size": None, "sha256": "", "ready_at": None}
        if rows.update(state=ExportState.FAILED, reason=reason, last_error=said, **gone):
            told = {"export": str(export.pk), "kind": export.kind, "reason": reason.value}
            record(FAILED, actor=BUILDER, at=now, account_id=export.account_id, data=told)
    store.remove(export.file)


def lose(export: Export, *, now: datetime) -> None:
    """Say of a ready export that its file is not whole any more: nobody gets it, its owner can ask again."""
    logger.error("export %s: its file is not whole", export.pk)
    ready = Export.objects.filter(pk=export.pk, state=ExportState.READY, file=export.file)
    _give_up(ready, export, ExportFailure.LOST, said="", now=now)
