"""What stops a recovery whoever asks: a fraud alert, or a legal or risk hold, of which one word is said, no more."""

from accounts import closing
from accounts.enums import RestrictionKind
from accounts.models import Account
from accounts.restrictions import active


def is_due(account: Account) -> bool:
    """Tell whether staff or the core know something by which nobody gets in by documents now."""
    return any(each.kind == RestrictionKind.FRAUD_ALERT for each in active(account.pk)) or closing.is_held(account)
