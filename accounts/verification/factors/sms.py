"""The text message factor: a code to the phone on file."""

from accounts.enums import IdentifierKind, MessageChannel
from accounts.identifiers import mask
from accounts.models import Account

CHANNEL = MessageChannel.SMS


def contact(account: Account) -> str | None:
    """Return where codes go, or None when the account has no phone."""
    return account.phone


def hint(account: Account) -> str:
    """Return the masked number."""
    return mask(IdentifierKind.PHONE, account.phone) if account.phone else ""
