"""The customer's anti-phishing code, which every mail to them shows (M07).

It is looked up when a mail is sent, so that queueing one costs the same whoever it is for (invariant 17). It is shown
at addresses of the account alone: staff and strangers who are told something learn no code.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.messages.payload import Payload
from accounts.messages.render import ANTI_PHISHING
from accounts.models import Account


def facts(account: Account) -> Mapping[str, Any]:
    """Return what a message carries itself that goes to a former address, or after the account was erased."""
    return {ANTI_PHISHING: account.anti_phishing_code}


def add(said: Payload, account_id: UUID | None) -> Mapping[str, Any]:
    """Return the facts of a message with the code of its owner, where it goes to its owner."""
    owner_id = said.account_id or account_id
    if owner_id is None or ANTI_PHISHING in said.context:
        return said.context
    owner = Account.objects.filter(pk=owner_id).first()
    if owner is None or said.to not in {owner.email, owner.phone}:
        return said.context
    return {**said.context, **facts(owner)}
