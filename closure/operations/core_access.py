"""Revoking API keys and removing withdrawal addresses at the core, each with a proof of its own (N05, N07).

The core is asked first, under the key of the verification, then the proof is used up: a call whose answer got lost may
be asked again with the same verification, and still happens once.
"""

from datetime import datetime

from django.db import transaction

from accounts import contacts
from accounts.enums import Purpose
from accounts.journal import record
from accounts.models import Account
from accounts.verification import changes
from accounts.verification.enrollment import themselves
from accounts.verification.step_up import StepUpProof
from closure import exchange
from closure.enums import Area
from closure.exceptions import CoreAway
from closure.exchange.contract import Address, ApiKey, Done
from closure.exchange.errors import GatewayError
from closure.preflight import asking
from closure.preflight.runner import DEADLINE

# No key and no address has an empty name.
ALL = ""
KEYS_REVOKED, ADDRESSES_REMOVED = "api_keys.revoked", "addresses.removed"
TOLD = {KEYS_REVOKED: "keys_revoked", ADDRESSES_REMOVED: "addresses_removed"}


def api_keys(account: Account, *, now: datetime) -> tuple[ApiKey, ...]:
    """Return the keys that work; raises CoreAway where that cannot be read."""
    try:
        found = asking.ask(exchange.get_gateway(), account.pk, now=now, deadline=DEADLINE)
    except GatewayError as error:
        raise CoreAway from error
    if Area.API_KEYS not in found.areas:
        raise CoreAway
    return tuple(item for item in found.areas[Area.API_KEYS] if isinstance(item, ApiKey))


def addresses(account: Account) -> tuple[Address, ...]:
    """Return the saved withdrawal addresses; raises CoreAway."""
    try:
        return exchange.get_gateway().addresses(account.pk)
    except GatewayError as error:
        raise CoreAway from error


def revoke_keys(account: Account, which: str, *, proof: StepUpProof, now: datetime) -> None:
    """Revoke one key, or ALL; raises ProofRefused, CoreAway. Not inside a transaction."""
    changes.check(proof, account, Purpose.REVOKE_API_KEYS, which)
    only = None if which == ALL else (which,)
    try:
        done = exchange.get_gateway().revoke_keys(account.pk, key_ids=only, key=_key(proof))
    except GatewayError as error:
        raise CoreAway from error
    _note(account, KEYS_REVOKED, Purpose.REVOKE_API_KEYS, which, done, proof=proof, now=now)


def remove_addresses(account: Account, which: str, *, proof: StepUpProof, now: datetime) -> None:
    """Remove one saved address, or ALL, for good; raises ProofRefused, CoreAway. Not inside a transaction."""
    changes.check(proof, account, Purpose.REMOVE_ADDRESSES, which)
    only = None if which == ALL else (which,)
    try:
        done = exchange.get_gateway().remove_addresses(account.pk, address_ids=only, key=_key(proof))
    except GatewayError as error:
        raise CoreAway from error
    _note(account, ADDRESSES_REMOVED, Purpose.REMOVE_ADDRESSES, which, done, proof=proof, now=now)


def _key(proof: StepUpProof) -> str:
    return f"{proof.step_up_id}:{proof.purpose.value}"


def _note(
    account: Account, event: str, purpose: Purpose, which: str, done: Done, *, proof: StepUpProof, now: datetime
) -> None:
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        changes.use(proof, owner, purpose, which, now=now)
        told = {"all": which == ALL, "effect": done.effect_id}
        record(event, actor=themselves(owner), at=now, account=owner, data=told)
        contacts.tell_change(owner, TOLD[event], now=now)
