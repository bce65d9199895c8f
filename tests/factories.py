"""People for tests: Ana is the customer, Sam the agent, Lea the lead, Olga compliance."""

import time
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts import clock, creation
from accounts.actors import Actor
from accounts.creation import IdentityFacts, NewAccount, create_account
from accounts.enums import DocumentType, IdentityStatus, Role
from accounts.models import Account, TotpDevice
from accounts.models.factor import TOTP_STEP_SECONDS
from accounts.models.factor import totp_code as code_of_step
from accounts.verification.factors import totp as totp_factor

PASSWORD = "correct-Horse-7-battery"
BY_NAME = "(by name)"
FACTORY = Actor.system("tests")

_phone_numbers = count(100)


@cache
def password_hash(password: str) -> str:
    """Return the hash of a password, made once: argon2 is slow on purpose."""
    return make_password(password)


def document_number(name: str = "ana") -> str:
    """Return the number of the passport that a person of this name showed at identity verification."""
    return f"X-{name.upper()}-1"


def make_account(
    name: str = "ana",
    *,
    email: str | None = BY_NAME,
    phone: str | None = BY_NAME,
    totp: bool = True,
    password: str | None = PASSWORD,
    **fields: Any,
) -> Account:
    """Make a verified customer with e-mail, phone and authenticator; `fields` are columns, written past the rules."""
    now = clock.now()
    new = NewAccount(
        email=f"{name}@example.test" if email == BY_NAME else email,
        phone=f"+1415555{next(_phone_numbers) % 10_000:04}" if phone == BY_NAME else phone,
        password_hash=None if password is None else password_hash(password),
        country="US",
        region="CA",
        created_at=now,
        last_active_at=now,
        identity=IdentityFacts(
            level=2,
            status=IdentityStatus.VERIFIED,
            name=f"{name.title()} Diaz",
            document_type=DocumentType.PASSPORT,
            document_number=document_number(name),
            document_country="US",
        ),
    )
    account = create_account(new, actor=FACTORY, now=now)
    return _finish(account, totp=totp, now=now, **fields)


def make_staff(name: str = "sam", role: Role = Role.AGENT, *, totp: bool = True, **fields: Any) -> Account:
    """Make a member of staff with one role, a password and an authenticator."""
    now, email, hashed = clock.now(), f"{name}@staff.example.test", password_hash(PASSWORD)
    account = creation.create_staff(email=email, role=role, password_hash=hashed, actor=FACTORY, now=now)
    return _finish(account, totp=totp, now=now, **fields)


def add_totp(account: Account, *, now: datetime, confirmed: bool = True) -> TotpDevice:
    """Give an account an authenticator with a secret of its own."""
    device = TotpDevice(user=account, name="authenticator", confirmed=confirmed, created_at=now)
    totp_factor.give_key(device)
    device.save()
    return device


def totp_code(account: Account) -> str:
    """Return a code that the account's authenticator accepts now, as if any code before were half a minute old."""
    device = TotpDevice.objects.get(user=account)
    TotpDevice.objects.filter(pk=device.pk).update(last_step=-1)
    return code_of_step(device.key, int(time.time()) // TOTP_STEP_SECONDS)


def _finish(account: Account, *, totp: bool, now: datetime, **fields: Any) -> Account:
    if totp:
        add_totp(account, now=now)
    if fields:
        Account.objects.filter(pk=account.pk).update(**fields)
    account.refresh_from_db()
    return account
