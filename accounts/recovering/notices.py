"""What the contacts of an account are told of a recovery, with a link that stops it and locks the account (D08).

Everybody is told of each step and of the end: the contacts of now, and those that were replaced within KEPT before it
was begun. The links are made when messages are sent (accounts.recovering.stopping).
"""

from datetime import datetime
from typing import Any

from django.utils import translation

from accounts import contacts
from accounts.contacts import Place
from accounts.enums import RecoveryRule, RecoveryState
from accounts.models import Account, FactorRecovery
from accounts.recovering.table import DELAY, IDLE

NOTICE, WORD = "recovery_notice", "recovery_word"


def everywhere(account: Account, *, since: datetime) -> list[Place]:
    """Return every contact that the account has, and those that it had within KEPT before that."""
    return [*contacts.current(account), *contacts.former(account, since=since - contacts.KEPT)]


def tell(row: FactorRecovery, account: Account, *, now: datetime) -> None:
    """Tell every contact how the recovery stands, with a link that stops it; the account is locked."""
    said: dict[str, Any] = {"recovery": str(row.pk), "reference": row.case.reference, "at": now, "stage": row.state}
    said["hours"] = int(DELAY.total_seconds() // 3600)
    if row.due_at is not None:
        said["due"] = row.due_at
    if row.state == RecoveryState.DONE:
        said["until"] = account.withdrawals_held_until
    contacts.tell(everywhere(account, since=row.created_at), account, NOTICE, said, now=now)


def tell_word(row: FactorRecovery, account: Account, *, now: datetime) -> None:
    """Tell everybody who was told of the beginning what follows: better photos, nothing more, or a new try."""
    with translation.override(account.language):
        rules = [str(RecoveryRule(rule).label) for rule in row.broken]
    said = {
        "reference": row.case.reference,
        "at": now,
        "stage": row.state,
        "why": row.end_reason,
        "rules": rules,
        "within": IDLE[RecoveryState.NEEDS_MORE].days,
    }
    contacts.tell(everywhere(account, since=row.created_at), account, WORD, said, now=now)
