"""Why a line is not imported."""

from collections.abc import Sequence
from uuid import UUID

from accounts.identity_check import Conflict

LONGEST_REASON = 200


class LineRefused(Exception):
    """A line that changes nothing; the reason is short, names the field and never repeats its value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…")
        self.reason = str(self)


class IdentityInUse(LineRefused):
    """A line with details that cannot be this person's; a case tells staff whose they are (accounts.identity_check)."""

    def __init__(self, conflicts: Sequence[Conflict], *, account_id: UUID | None) -> None:
        super().__init__("the identity cannot be used")
        self.conflicts, self.account_id = conflicts, account_id
