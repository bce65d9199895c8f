"""What the files of remedies share: a preview that refuses to be empty, and the listing of what they act on."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from closure.enums import RemedyCode
from closure.exceptions import NothingToClear
from closure.exchange.contract import Quote
from closure.preflight.remedies.remedy import Money, Move, Preview
from closure.preflight.remedies.wordings import Line, say

LISTED = 12


def preview(
    code: RemedyCode, moves: Sequence[Move], *, item: str = "", notes: Sequence[Line] = (), quote: Quote | None = None
) -> Preview:
    """Return what these moves do; raises NothingToClear with the notes, or a sentence, when there are none."""
    if not moves:
        raise NothingToClear(" ".join(map(say, notes)) or _("There is nothing of this left to clear."))
    made = Preview(code=code, item=item, moves=tuple(moves), notes=tuple(notes))
    if quote is None:
        return made
    return replace(
        made,
        fee=Money(amount=quote.fee, asset=quote.fee_asset),
        receives=Money(amount=quote.receives, asset=quote.receives_asset),
        settles=quote.settles,
    )


def listed(items: Iterable[str]) -> str:
    """Return a list for a line, cut after a dozen; what was cut is counted."""
    told = list(items)
    more = f", +{len(told) - LISTED}" if len(told) > LISTED else ""
    return ", ".join(told[:LISTED]) + more
