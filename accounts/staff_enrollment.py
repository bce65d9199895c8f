"""Staff enroll by a link that works once: a password and an authenticator together, or nothing.

The link carries everything signed, so that looking at it changes nothing. It is bound to what the account has now: as
soon as its password changes, because the link was used or another one was made, it is dead. The key of the
authenticator is derived from the link, so a page that is opened twice shows the same key.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import codes, creation, hashing, identifiers, keys
from accounts.actors import Actor
from accounts.enums import Action, FactorKind, Role
from accounts.exceptions import NotAllowed, PortalError, WrongCode
from accounts.journal import record
from accounts.models import Account, TotpDevice
from accounts.passwords import about, check_strength
from accounts.verification.factors import totp

SALT = "accounts.staff_enrollment"
LINK_ISSUED = "staff.link_issued"
LIVES = timedelta(hours=24)
STATE_PURPOSE, SECRET_PURPOSE = "staff-link-state", "staff-link-secret"


class LinkRefused(PortalError):
    """The link was changed, is too old, was used or was replaced; which of these is not told."""

    code = "link_refused"

    def __init__(self) -> None:
        super().__init__(_("This link does not work any more. Ask for a new one."))


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """A link that still works: whom it enrolls, with an unsaved authenticator that already has its key."""

    account: Account
    device: TotpDevice
    expires_at: datetime


def invite(email: str, role: Role, *, actor: Actor, now: datetime) -> str:
    """Make a staff account, or take one that never enrolled, and return the token of its link; older links die.

    Raises BadIdentifier for what is no e-mail address, NotAllowed for a customer's or one that is enrolled.
    """
    normal = identifiers.normalize_email(email)
    with transaction.atomic():
        standing = identifiers.find_account(normal)
        if standing is None:
            account = creation.create_staff(email=normal, role=role, password_hash=None, actor=actor, now=now)
        else:
            account = _again(standing, role)
        record(LINK_ISSUED, actor=actor, at=now, account=account, data={"role": role.value})
    facts = {
        "account": str(account.pk),
        "until": (now + LIVES).isoformat(),
        "state": _state(account),
        "nonce": secrets.token_hex(16),
    }
    return signing.dumps(facts, salt=SALT)


def _again(standing: Account, role: Role) -> Account:
    account = Account.objects.select_for_update().get(pk=standing.pk)
    if not account.is_staff:
        raise NotAllowed(_("A customer has this e-mail address. Staff need one of their own."))
    if TotpDevice.objects.filter(user=account, confirmed=True).exists():
        raise NotAllowed(_("This member of staff is enrolled already."))
    # A new unusable password changes what older links are bound to.
    account.password = make_password(None)
    Account.objects.filter(pk=account.pk).update(password=account.password)
    account.groups.set([Group.objects.get(name=role.value)])
    return account


def read(token: str, *, now: datetime) -> Invitation:
    """Return what a link stands for, changing nothing; raises LinkRefused."""
    try:
        facts = signing.loads(token, salt=SALT)
        key, until = UUID(facts["account"]), datetime.fromisoformat(facts["until"])
    except (signing.BadSignature, KeyError, TypeError, ValueError) as error:
        raise LinkRefused from error
    account = Account.objects.filter(pk=key, is_staff=True).first()
    if account is None or not account.is_active or now >= until:
        raise LinkRefused
    if not hmac.compare_digest(facts["state"], _state(account)):
        raise LinkRefused
    device = TotpDevice(user=account, name=FactorKind.TOTP.value, confirmed=False, created_at=now)
    totp.give_key(device, _secret(facts["nonce"]))
    return Invitation(account=account, device=device, expires_at=until)


def enroll(token: str, *, password: str, code: str, now: datetime) -> Account:
    """Use a link up: set the password and turn the authenticator on with its first right code.

    Raises LinkRefused, WeakPassword, WrongCode; then nothing changed and the link still works.
    """
    invited = read(token, now=now).account
    check_strength(password, about=about(invited))
    encoded, key = hashing.make(password, now=now), invited.pk
    with transaction.atomic():
        # Read again under the lock: of two at once, one finds the link used.
        Account.objects.select_for_update().get(pk=key)
        invitation = read(token, now=now)
        account, device = invitation.account, invitation.device
        TotpDevice.objects.filter(user=account).delete()
        device.save()
        if not device.spend_step(codes.clean(code)):
            raise WrongCode
        TotpDevice.objects.filter(pk=device.pk).update(confirmed=True)
        account.password = encoded
        Account.objects.filter(pk=account.pk).update(password=account.password)
        record(
            Action.STAFF_ENROLLED,
            actor=Actor.staff(account),
            at=now,
            account=account,
            data={"factor": FactorKind.TOTP.value, "device": str(device.pk)},
        )
    return account


def _state(account: Account) -> str:
    """Return what a link is bound to: nothing of it can be read back."""
    facts = f"{account.pk}|{account.password}|{account.session_epoch}"
    return hmac.digest(keys.derive(STATE_PURPOSE, keys.newest_version()), facts.encode(), hashlib.sha256).hex()


def _secret(nonce: str) -> bytes:
    key = keys.derive(SECRET_PURPOSE, keys.newest_version())
    return hmac.digest(key, nonce.encode(), hashlib.sha256)[: totp.KEY_BYTES]
