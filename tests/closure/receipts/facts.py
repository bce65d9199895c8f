"""Receipts with all that one can say."""

from datetime import datetime, timedelta
from typing import Any

from accounts import blocked
from accounts.blocked import Blocked
from accounts.enums import IdentifierKind
from accounts.models import Account
from closure.enums import ClosureState
from closure.models import ClosureRequest, Receipt
from closure.receipts import document, writing
from closure.receipts.document import Facts, Loss
from closure.receipts.enums import LeftBehind
from closure.retention.archive import Kept
from closure.retention.enums import RecordClass
from closure.retention.groups import ErasedGroup
from tests.closure import scenes
from tests.factories import make_account

BASIS = "Law against money laundering, section 8 (4)"
# The longest that are known: three laws in one line.
LONG_BASIS = (
    "Directive (EU) 2015/849, Article 40 (1) (a) and (b), as it was taken over by the law of the country of residence, "
    "and Regulation (EU) 2023/1113, Article 26"
)
YEAR = timedelta(days=365)


def sealed(now: datetime, basis: str = BASIS) -> list[Kept]:
    """Return an archive of every class of records."""
    return [
        Kept(record_class=record_class, expires_at=now + (5 + place) * YEAR, basis=basis)
        for place, record_class in enumerate(RecordClass)
    ]


def blocks(now: datetime) -> list[Blocked]:
    """Return a block of every kind, the last one for ever."""
    *dated, last = IdentifierKind
    return [
        *(Blocked(kind=kind, until=now + timedelta(days=30), for_ever=False) for kind in dated),
        Blocked(kind=last, until=blocked.NO_END, for_ever=True),
    ]


def everything(now: datetime) -> Facts:
    """Return as much as one receipt can be told."""
    losses = [
        Loss(what=what, asset=f"COIN{number:03}", amount="0.00030000")
        for what in (LeftBehind.BALANCE, LeftBehind.COMMISSION)
        for number in range(40)
    ]
    return Facts(
        erased={group: 1_234_567 + place for place, group in enumerate(ErasedGroup)},
        kept=sealed(now, LONG_BASIS),
        blocked=blocks(now),
        given_up=[*losses, Loss(what=LeftBehind.NFT, asset="", amount="3")],
    )


def closed(name: str = "ana", *, now: datetime, account: Account | None = None, **fields: Any) -> ClosureRequest:
    """Return a request that is closed, without a receipt."""
    owner = account or make_account(name)
    return scenes.make_request(owner, ClosureState.CLOSED, now=now, sealed_at=now, **fields)


def receipt(name: str = "ana", *, now: datetime, facts: Facts | None = None, **fields: Any) -> Receipt:
    """Return a receipt that was written, of a closed account."""
    made = writing.receipt_of(closed(name, now=now, **fields), facts or everything(now), now=now)
    made.save(force_insert=True)
    return made


def signed_file(now: datetime, name: str = "ana") -> bytes:
    """Return the file of a receipt."""
    return document.file_of(receipt(name, now=now, facts=Facts(kept=sealed(now), blocked=blocks(now))))
