"""What the core is told of an account that is disabled: it is frozen, and every key is deleted (E06, M04, N07).

Whoever disabled it, and under every policy: where keys are deleted before closing, nobody was asked to before an alarm.
"""

from datetime import datetime
from uuid import UUID

from accounts import at_core
from accounts.models import Account
from closure import effects
from closure.effects import EffectKind

# Frozen first: keys that still live trade no more.
SHUT = (EffectKind.FREEZE, EffectKind.REVOKE_KEYS)


class Core:
    """The calls beside closures."""

    def shut(self, account: Account, *, cause: UUID, now: datetime) -> None:
        """Want both calls, under keys of this cause; staff have nothing at the exchange."""
        for kind in () if account.is_staff else SHUT:
            effects.add_beside(account.pk, kind, reference=str(cause), now=now)

    def carry_out(self, account_id: UUID, *, now: datetime) -> None:
        """Make the calls beside closures that wait."""
        effects.perform_beside(account_id, now=now)


def plug() -> None:
    """Let accounts tell the core (closure.apps)."""
    at_core.plug(Core())
