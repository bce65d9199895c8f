"""Why a reactivation needs a closer look, by code, for several at once (G05, G06, J13)."""

from collections.abc import Sequence

from accounts import identity_check
from closure import causes
from closure.enums import HeldReason
from closure.models import Reactivation
from closure.models.reactivation import OPEN_REACTIVATIONS

DUPLICATE, NO_NAME, HELD, RESTRICTED = "duplicate", "no_name", "held", "restricted"


def of_rows(rows: Sequence[Reactivation]) -> list[list[str]]:
    """Return the flags of each of these as they stand now, in their order; what is over has none. Three queries.

    The rows carry their accounts.
    """
    about = {row.account_id for row in rows if row.state in OPEN_REACTIVATIONS}
    duplicates, stopped = identity_check.open_by_account(about), causes.stops(about)

    def flags(row: Reactivation) -> list[str]:
        standing = stopped.get(row.account_id, set())
        found = {
            DUPLICATE: bool(duplicates[row.account_id]),
            NO_NAME: not row.account.name,
            HELD: HeldReason.LEGAL in standing,
            RESTRICTED: HeldReason.RESTRICTION in standing,
        }
        return [flag for flag, is_so in found.items() if is_so]

    return [flags(row) if row.account_id in about else [] for row in rows]
