"""Something new stands against a disabled account: what one person proposed before, to open it, is taken back (L06).

Whoever proposed it did not know. The floor above plugs in what waits there for a second person.
"""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from accounts.enums import AccountStatus
from accounts.models import Account


class Doubt(StrEnum):
    """What is new, as the journal tells why a proposal fell."""

    ALARM = "alarm"
    RESTRICTION = "restriction"
    LEGAL_HOLD = "legal_hold"


class Proposals(Protocol):
    """What waits for a second person before an account is open again."""

    def take_back(self, account: Account, *, why: Doubt, now: datetime) -> None:
        """Take back what is proposed, in the caller's transaction; the account is locked."""


class NoProposals:
    """Nobody opens accounts again."""

    def take_back(self, account: Account, *, why: Doubt, now: datetime) -> None:
        """Do nothing."""


_proposals: Proposals = NoProposals()


def plug(proposals: Proposals) -> None:
    """Take back these from now on."""
    global _proposals  # noqa: PLW0603  (set once, when the apps are ready)
    _proposals = proposals


def arise(locked: Account, why: Doubt, *, now: datetime) -> None:
    """Take back what was proposed about a locked account, if it is disabled; its row goes on from the journal."""
    if locked.status == AccountStatus.DISABLED:
        _proposals.take_back(locked, why=why, now=now)
        locked.refresh_from_db(fields=["journal_head"])
