"""The e-mail factor: a code to the address on file. It signs in, but is no second factor (A13)."""

from accounts.enums import IdentifierKind, MessageChannel
from accounts.identifiers import mask
from accounts.models import Account

CHANNEL = MessageChannel.EMAIL


def contact(account: Account) -> str | None:
    """Return where codes go, or None when the account has no address."""
    return account.email


def hint(account: Account) -> str:
    """Return the masked address."""
    return mask(IdentifierKind.EMAIL, account.email) if account.email else ""
