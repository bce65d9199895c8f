"""What the core is told of an account that is disabled: it is frozen, and every key is deleted (E06, M04, N07).

Whoever disabled it, and under every policy: where keys are deleted before closing, nobody was asked to before an alarm.
"""

from datetime import datetime
from uuid import UUID

from accounts import at_core
from accounts.models import Account
from closure import effects
from closure.effects import EffectKind
from closure.models import Disabling


class Core:
    """The calls beside closures."""

    def shut(self, account: Account, *, cause: UUID, now: datetime) -> None:
        """Want both calls, under keys of this cause, and a look afterwards; staff have nothing at the exchange."""
        if account.is_staff:
            return
        # Frozen first: keys that still live trade no more.
        freeze = effects.add_beside(account.pk, EffectKind.FREEZE, reference=str(cause), now=now)
        effects.add_beside(account.pk, EffectKind.REVOKE_KEYS, reference=str(cause), now=now)
        facts = {"account_id": account.pk, "due_at": now}
        Disabling.objects.get_or_create(freeze=freeze, defaults=facts)

    def carry_out(self, account_id: UUID, *, now: datetime) -> None:
        """Make the calls beside closures that wait."""
        effects.perform_beside(account_id, now=now)


def plug() -> None:
    """Let accounts tell the core (closure.apps)."""
    at_core.plug(Core())
