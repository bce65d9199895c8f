"""A disabled account that comes back: active, with a dead password, a mandatory list and withdrawals held (J07, N01).

Whoever had the old password has nothing. A new one is chosen by a link to a contact of the account, with a factor that
the link did not carry, as after any reset.
"""

from datetime import datetime

from accounts import activity, passwords
from accounts.actors import Actor
from accounts.enums import AccountStatus, InvitationCause
from accounts.models import Account, Session
from accounts.recovering import invitations
from accounts.status import change_status
from closure import effects
from closure.policy import loader
from closure.welcome import progress


def admit(account: Account, *, actor: Actor, reason: str, now: datetime) -> None:
    """Open a locked, disabled account again; `reason` is a code.

    Restrictions stay, and so do keys that were revoked.
    """
    away_since = account.status_changed_at
    change_status(account, AccountStatus.ACTIVE, actor=actor, reason=reason, now=now)
    # Those who were looking at the reactivation, whoever they are.
    Session.objects.filter(account_id=account.pk).delete()
    passwords.kill(account, now=now)
    # Who lost what resets it sends documents once more, and is not asked for the password that died here.
    invitations.grant(account, InvitationCause(reason), actor=actor, now=now)
    activity.note(account, at=now)
    until = held_until_of(account, now=now)
    Account.objects.filter(pk=account.pk).update(withdrawals_held_until=until)
    account.withdrawals_held_until = until
    effects.thaw(account.pk, now=now)
    progress.begin(account, away_since=away_since, password_since=now, actor=actor, now=now, mandatory=True)


def held_until_of(account: Account, *, now: datetime) -> datetime:
    """Return until when withdrawals are held, as after a reset; a longer hold that stands is never cut (J03)."""
    held = loader.current().dormancy.withdrawals_held_after_reset
    return max(now + held, account.withdrawals_held_until or now)
