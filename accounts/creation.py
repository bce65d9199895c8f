"""Makes accounts, for the import, for staff and for the demo; registration by customers comes on top of it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.auth.models import Group
from django.db import transaction

from accounts import identifiers
from accounts.actors import Actor
from accounts.enums import Action, IdentifierKind, IdentityStatus, Role
from accounts.journal import record
from accounts.models import Account, EmailDevice, SmsDevice

K = IdentifierKind


@dataclass(frozen=True, kw_only=True)
class IdentityFacts:
    """What identity verification left; numbers are fingerprinted, never stored."""

    level: int = 0
    status: IdentityStatus = IdentityStatus.NONE
    name: str = ""
    document_type: str = ""
    document_number: str | None = None
    document_country: str = ""
    document_expires: date | None = None
    national_number: str | None = None


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """Everything an account starts with; `password_hash` None means that no password signs in."""

    email: str | None
    phone: str | None
    password_hash: str | None = None
    language: str = "en"
    country: str = ""
    region: str = ""
    vip: int = 0
    created_at: datetime
    last_active_at: datetime
    identity: IdentityFacts = IdentityFacts()

    def identifiers(self) -> list[tuple[IdentifierKind, str]]:
        """Return what nobody else may have, as it was given."""
        given = [
            (K.EMAIL, self.email),
            (K.PHONE, self.phone),
            (K.DOCUMENT, self.identity.document_number),
            (K.NATIONAL_NUMBER, self.identity.national_number),
        ]
        return [(kind, value) for kind, value in given if value]


def create_account(new: NewAccount, *, actor: Actor, now: datetime) -> Account:
    """Make an account with its fingerprints and confirmed contact factors; raises BadIdentifier, IdentifierTaken."""
    with transaction.atomic():
        account = _make_row(new, now=now)
        for kind, value in new.identifiers():
            identifiers.attach(account, kind, value, now=now)
        sync_contact_factors(account, now=now)
        record(Action.ACCOUNT_CREATED, actor=actor, at=now, account=account, data={"status": account.status})
    return account


def create_staff(*, email: str, role: Role, password_hash: str | None, actor: Actor, now: datetime) -> Account:
    """Make a staff account with one role; staff own no holdings and never close through the portal."""
    with transaction.atomic():
        new = NewAccount(email=email, phone=None, password_hash=password_hash, created_at=now, last_active_at=now)
        account = create_account(new, actor=actor, now=now)
        Account.objects.filter(pk=account.pk).update(is_staff=True)
        account.is_staff = True
        account.groups.add(Group.objects.get(name=role.value))
    return account


def put_back(account_id: UUID, *, created_at: datetime, actor: Actor, now: datetime) -> Account:
    """Make the row of an account anew that a restored database never had, with nothing of anybody on it (H06)."""
    account = Account.objects.create(
        id=account_id,
        password=UNUSABLE_PASSWORD_PREFIX,
        status_changed_at=now,
        created_at=created_at,
        last_active_at=created_at,
    )
    record(Action.ACCOUNT_CREATED, actor=actor, at=now, account=account, data={"status": account.status})
    return account


def _make_row(new: NewAccount, *, now: datetime) -> Account:
    identity = new.identity
    return Account.objects.create(
        email=identifiers.normalize_email(new.email) if new.email else None,
        phone=identifiers.normalize_phone(new.phone) if new.phone else None,
        password=new.password_hash or make_password(None),
        name=identity.name,
        language=new.language,
        country=new.country,
        region=new.region,
        vip=new.vip,
        status_changed_at=now,
        created_at=new.created_at,
        last_active_at=new.last_active_at,
        identity_level=identity.level,
        identity_status=identity.status,
        document_type=identity.document_type,
        document_country=identity.document_country,
        document_expires=identity.document_expires,
    )


def sync_contact_factors(account: Account, *, now: datetime) -> None:
    """Give the account a confirmed code factor for each contact it has; imported contacts count as confirmed."""
    for present, device_class in ((account.email, EmailDevice), (account.phone, SmsDevice)):
        if present and not device_class.objects.filter(user=account).exists():
            device_class.objects.create(user=account, name=device_class.kind.value, confirmed=True, created_at=now)
