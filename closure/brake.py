"""The take-over brake: who changed a contact, a password or a factor lately waits longer (D08)."""

from datetime import datetime

from accounts.enums import Action
from accounts.models import Account, Event
from closure.policy.schema import Policy

CONTACT_CHANGES = frozenset({Action.CONTACT_CHANGED.value})
CHANGES = CONTACT_CHANGES | {
    Action.FACTOR_ADDED.value,
    Action.FACTOR_REMOVED.value,
    Action.FACTOR_REPLACED.value,
    Action.PASSWORD_CHANGED.value,
    Action.PASSWORD_RESET.value,
}


def recent_changes(account: Account, policy: Policy, now: datetime) -> set[str]:
    """Return the codes of what changed within the time the policy looks back."""
    since = now - policy.waiting.brake_looks_back
    events = Event.objects.filter(account_id=account.pk, action__in=sorted(CHANGES), at__gt=since)
    return set(events.values_list("action", flat=True))


def brake_due(account: Account, policy: Policy, now: datetime) -> bool:
    """Tell whether the waiting time is lengthened."""
    return bool(recent_changes(account, policy, now))
