"""A run over the whole book: page by page what became of it, batch by batch carried through (H06)."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path

from accounts.exceptions import PortalError
from accounts.failures import kind_and_place
from closure.enums import OPEN_STATES, ClosureState
from closure.finalization.runner import finalize_these
from closure.finalization.summary import Result
from closure.models import ClosureRequest
from closure.restore import book, page
from closure.restore.exceptions import BadPage
from closure.restore.replay import REPLAYER, Standing, Told, replay, standing
from closure.retention import put_back

logger = logging.getLogger(__name__)


class Became(StrEnum):
    """What became of one page; `known`: closed here already, `held`: ends by itself when the legal hold is lifted."""

    CLOSED = "closed"
    KNOWN = "known"
    HELD = "held"
    FAILED = "failed"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One page: the reference of its closure, or the name of a page that cannot be read; `detail` is a code."""

    reference: str
    became: Became
    detail: str = ""


Report = Callable[[Outcome], None]


def replay_all(
    *, now: datetime, batch_size: int, limit: int | None, report: Report, stop: Callable[[], bool] = lambda: False
) -> None:
    """Close again what the book says and this database does not; must not run inside a transaction.

    `limit` bounds the pages, `stop` is asked between batches, `report` is told what became of each page.
    """
    put_back.catch_up(actor=REPLAYER, now=now)
    pages = islice(book.paths(), limit)
    while not stop() and (batch := list(islice(pages, batch_size))):
        begun = [told for path in batch if (told := _begin(path, now=now, report=report)) is not None]
        _carry_through(begun, now=now, report=report)


def look(*, limit: int | None, report: Callable[[str, str], None]) -> None:
    """Say of each page how it stands here, and change nothing."""
    for path in islice(book.paths(), limit):
        try:
            told = Told.by(page.read(path))
            report(told.reference, standing(told).value)
        except BadPage:
            report(path.stem, Became.BROKEN.value)
        except PortalError as error:
            report(path.stem, error.code)


def without_page() -> Iterator[ClosureRequest]:
    """Yield the requests that are closed or erased here and have no page: the book is not whole."""
    for request in book.of_erased().select_related("account").order_by("id").iterator():
        if not book.path_of(request).is_file():
            yield request


def undecided() -> int:
    """Return how many requests are open here: what was cancelled since the backup is among them, and not known."""
    return ClosureRequest.objects.filter(state__in=sorted(OPEN_STATES)).count()


def _begin(path: Path, *, now: datetime, report: Report) -> Told | None:
    """Bring one closure to where finalization goes on; None when there is nothing to go on with."""
    name = path.stem
    try:
        told = Told.by(page.read(path))
        name = told.reference
        if replay(told, now=now) is not Standing.CLOSED:
            return told
        report(Outcome(reference=name, became=Became.KNOWN))
    except BadPage as error:
        report(Outcome(reference=name, became=Became.BROKEN, detail=error.code))
    except PortalError as error:
        report(Outcome(reference=name, became=Became.FAILED, detail=error.code))
    except Exception as error:  # noqa: BLE001  (whatever it is, the others of the book go on)
        # The words of an error can hold personal data; its kind and place are enough to find it.
        logger.error("a page of the book could not be replayed: %s", kind_and_place(error))  # noqa: TRY400
        report(Outcome(reference=name, became=Became.FAILED, detail=type(error).__name__))
    return None


def _carry_through(begun: list[Told], *, now: datetime, report: Report) -> None:
    details: dict[str, str] = {}

    def keep(result: Result) -> None:
        details[result.reference] = result.detail

    keys = [told.request_id for told in begun]
    finalize_these(keys, now=now, report=keep)
    rows = ClosureRequest.objects.in_bulk(keys)
    for told in begun:
        row, detail = rows[told.request_id], details.get(told.reference, "")
        if row.state == ClosureState.CLOSED:
            report(Outcome(reference=told.reference, became=Became.CLOSED))
        elif row.parked_at is not None:
            report(Outcome(reference=told.reference, became=Became.HELD, detail="legal_hold"))
        else:
            report(Outcome(reference=told.reference, became=Became.FAILED, detail=detail or "not_ready"))
