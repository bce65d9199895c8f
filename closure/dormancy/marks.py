"""How far each line of the sweep has come: it goes on where it was stopped, at the cost of what crossed it since."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from accounts.models import SweepMark

# What was left alone, frozen or held for instance, is behind the mark when it is free again: a whole round finds it.
ROUND = timedelta(days=7)


def of(line: str, *, end: datetime, now: datetime) -> SweepMark:
    """Return the mark of a line; at its beginning where it is new, or is at its end and a whole round is due."""
    mark, _is_new = SweepMark.objects.get_or_create(line=line, defaults={"round_began_at": now})
    if mark.reached_at is not None and mark.reached_at >= end and now - mark.round_began_at >= ROUND:
        mine = SweepMark.objects.filter(line=line, reached_at=mark.reached_at, round_began_at=mark.round_began_at)
        mine.update(reached_at=None, reached_id=None, round_began_at=now)
        mark.refresh_from_db()
    return mark


def beyond(mark: SweepMark, *, end: datetime) -> Q:
    """Return the condition of accounts behind a mark and before the end of the line."""
    before_end = Q(last_active_at__lt=end)
    if mark.reached_at is None:
        return before_end
    further = Q(last_active_at__gt=mark.reached_at)
    if mark.reached_id is not None:
        further |= Q(last_active_at=mark.reached_at, id__gt=mark.reached_id)
    # Said twice, so that the range is one of the index.
    return before_end & Q(last_active_at__gte=mark.reached_at) & further


def move(mark: SweepMark, *, at: datetime, key: UUID | None) -> bool:
    """Move a mark on; False when somebody else moved it meanwhile."""
    mine = SweepMark.objects.filter(line=mark.line, reached_at=mark.reached_at, reached_id=mark.reached_id)
    return mine.update(reached_at=at, reached_id=key) == 1
