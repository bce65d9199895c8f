"""The book of closures: a page for each, in a folder of its own, kept apart from the database and its backups (H06).

A page is written before the transaction that erases is committed, so no account is erased without one; and again when
something on it changes: dates that count from a later end, keys that wrap the archive.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from closure.enums import ClosureState
from closure.finalization.plan import FinalStep, StepState
from closure.models import ClosureRequest
from closure.restore import contents, page
from closure.retention import put_back

SUFFIX = ".page"
BATCH = 500


def write(requests: Sequence[ClosureRequest], *, now: datetime) -> int:
    """Write the pages of these requests, which the caller's transaction erases now or holds; returns how many.

    What is written lasts when this returns. Safe to do again. Raises OSError, and then nothing may be committed.
    """
    return _write(requests, now)


def rewrite(request_ids: Collection[UUID]) -> None:
    """Write anew the pages of those that are erased or closed, inside the transaction that changed what they say.

    Where an older database was restored and not caught up yet, its rows never replace what a page knows better.
    """
    stale = put_back.without_keys(request_ids)
    rows = of_erased().filter(pk__in=set(request_ids) - stale)
    if found := list(rows.select_related("account")):
        _write(found, None)


def _write(requests: Sequence[ClosureRequest], erased_at: datetime | None) -> int:
    pages = contents.pages(requests, erased_at=erased_at)
    return page.write((path_of(request), head, records) for request, head, records in pages)


def of_erased() -> QuerySet[ClosureRequest]:
    """Return the requests that have a page: closed, or erased and not through yet."""
    is_erased = Q(**{f"plan__{FinalStep.ERASE}__state": StepState.DONE.value}, state=ClosureState.FINALIZING)
    return ClosureRequest.objects.filter(is_erased | Q(state=ClosureState.CLOSED))


def path_of(request: ClosureRequest) -> Path:
    """Return where the page of a request is: by the month it was made in, which never changes."""
    folder: Path = settings.CLOSURE_BOOK_DIR
    return folder / f"{request.created_at:%Y-%m}" / f"{request.pk}{SUFFIX}"


def paths() -> Iterator[Path]:
    """Yield the places of all pages, in order."""
    folder: Path = settings.CLOSURE_BOOK_DIR
    for month in sorted(folder.glob("*-*")):
        yield from sorted(month.glob(f"*{SUFFIX}"))
