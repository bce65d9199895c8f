"""A file that somebody sends becomes a photo of ours, or is refused with the reason; nothing is kept yet (J13, J18).

It is decoded in one limited process and looked at in a second one, which sees our own JPEG only. Neither is trusted:
what they answer is checked here.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

from django.utils.translation import gettext as _

from accounts.exceptions import TooManyAttempts
from closure.evidence import jpeg, looks, sandbox, words
from closure.evidence.enums import Outcome, PhotoCheck, Refusal, Subject
from closure.evidence.formats import type_of
from closure.evidence.limits import DECODING, KEPT_SIDE, MOST_BYTES, MOST_KEPT_BYTES
from closure.evidence.verdicts import Verdict
from closure.exceptions import FileNotTaken

logger = logging.getLogger(__name__)
LIKENESS_DIGITS = 64
# Each takes up to 256 MiB and a processor.
_places = BoundedSemaphore(2)
WAIT_SECONDS = 8.0
COME_BACK = timedelta(seconds=10)


class Busy(TooManyAttempts):
    """As many photos as we can read at once are being read, whosever they are."""

    code = "busy"

    def __init__(self, retry_at: datetime) -> None:
        super().__init__(retry_at)
        self.message = _("We are reading as many photos as we can. Send it again in a few seconds.")


@dataclass(frozen=True, kw_only=True)
class TakenPhoto:
    """A photo as it will be kept: a bare JPEG, what it looks like, and what was found of it."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    file_digest: bytes
    likeness: int
    verdicts: tuple[Verdict, ...]

    def faults(self) -> list[Verdict]:
        """Return the checks that it does not pass."""
        return [verdict for verdict in self.verdicts if verdict.outcome is Outcome.REFUSED]


def take_in(file: bytes, subject: Subject, *, now: datetime) -> TakenPhoto:
    """Return the photo in a file; raises FileNotTaken with the reason, and Busy."""
    if not file:
        raise refused(Refusal.EMPTY)
    if len(file) > MOST_BYTES:
        raise refused(Refusal.TOO_MANY_BYTES)
    file_type = type_of(file)
    if file_type is None:
        raise refused(Refusal.UNKNOWN_TYPE)
    with _place(now):
        try:
            told = sandbox.run("closure.evidence.taking", file_type.value, subject.value, file=file, limits=DECODING)
            photo = understood(told, file)
        except sandbox.NotStarted as error:
            logger.warning("no process reads photos: %s", error)
            raise Busy(now + COME_BACK) from error
        except (sandbox.NoAnswer, KeyError, TypeError, ValueError) as error:
            logger.warning("a photo was not read: %s", type(error).__name__)
            raise refused(Refusal.TOO_MUCH_WORK) from error
        found = looks.check(photo.jpeg, subject)
    every = {verdict.check: verdict for verdict in (*photo.verdicts, *found)}
    return replace(photo, verdicts=tuple(every[check] for check in PhotoCheck if check in every))


def refused(refusal: Refusal) -> FileNotTaken:
    """Return a refusal in words."""
    return FileNotTaken(str(words.FILES[refusal]), code=refusal.value)


def understood(told: sandbox.Told, file: bytes) -> TakenPhoto:
    """Return what the first process made, once it is what it has to be; raises FileNotTaken, and errors of its form."""
    facts: dict[str, Any] = told.facts
    if "refused" in facts:
        raise refused(Refusal(facts["refused"]))
    width, height, likeness = int(facts["width"]), int(facts["height"]), str(facts["likeness"])
    if not (0 < width <= KEPT_SIDE and 0 < height <= KEPT_SIDE and len(likeness) == LIKENESS_DIGITS):
        raise ValueError("not the facts of a photo")
    if len(told.photo) > MOST_KEPT_BYTES or jpeg.size_of(told.photo) != (width, height):
        raise ValueError("not a bare JPEG of this size")
    return TakenPhoto(
        jpeg=told.photo,
        width=width,
        height=height,
        file_digest=hashlib.sha256(file).digest(),
        likeness=int(likeness, 16),
        verdicts=tuple(Verdict.read(each) for each in facts["verdicts"]),
    )


@contextmanager
def _place(now: datetime) -> Iterator[None]:
    if not _places.acquire(timeout=WAIT_SECONDS):
        raise Busy(now + COME_BACK)
    try:
        yield
    finally:
        _places.release()
