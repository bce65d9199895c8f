"""The person of a line: found by fingerprints, made once, and later changed in identity only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import identifiers, identity_check, residence, restrictions
from accounts.actors import Actor
from accounts.creation import IdentityFacts, NewAccount, create_account
from accounts.enums import AccountStatus, Action, IdentifierKind
from accounts.exceptions import BadIdentifier
from accounts.journal import record as journal
from accounts.models import OPEN_FOR_SIGN_IN, Account, Restriction
from closure.exchange.importing.errors import IdentityInUse, LineRefused
from closure.exchange.importing.shape import Record, times

ACTOR = Actor.system("import")
K = IdentifierKind
CONTACTS = (K.EMAIL, K.PHONE)


def find(record: Record) -> Account | None:
    """Return the account of the line's contacts, locked, or None for a new person.

    Raises LineRefused when the contacts belong to different people, differ from those on file (contacts are factors,
    and an import changes none), or belong to somebody whom an import must leave alone.
    """
    given = {kind: _normal(kind, record.facts[kind.value]) for kind in CONTACTS if record.facts[kind.value]}
    owners = {
        kind: identifiers.lookup(kind, normal).values_list("account_id", flat=True).first()
        for kind, normal in given.items()
    }
    known = {owner for owner in owners.values() if owner is not None}
    if not known:
        return None
    if len(known) > 1:
        raise LineRefused("email and phone belong to different accounts")
    account = Account.objects.select_for_update().get(pk=known.pop())
    _check_open(account)
    differing = [kind.value for kind, owner in owners.items() if owner is None]
    if differing:
        raise LineRefused(f"{differing[0]} is not the one on file; an import changes no factors")
    return account


def _normal(kind: IdentifierKind, value: str) -> str:
    try:
        return identifiers.normalize(kind, value)
    except BadIdentifier as error:
        # The words of the library repeat what was given; the line's number is enough to find it.
        raise LineRefused(f"{kind.value} is not valid") from error


def _check_open(account: Account) -> None:
    if account.is_staff:
        raise LineRefused("the account belongs to staff")
    if account.status not in OPEN_FOR_SIGN_IN:
        raise LineRefused(f"the account is {AccountStatus(account.status).value}")


def make(record: Record, *, now: datetime) -> Account:
    """Make the account of a new person; raises LineRefused for details of somebody else, or blocked ones."""
    facts, (created, active) = record.facts, times(record, now)
    new = NewAccount(
        email=facts["email"],
        phone=facts["phone"],
        password_hash=facts["password"],
        language=facts["language"],
        country=facts["country"],
        region=facts["region"],
        vip=facts["vip"],
        created_at=created,
        last_active_at=active,
        identity=record.identity,
    )
    _check(new.identifiers(), account_id=None, now=now)
    try:
        return create_account(new, actor=ACTOR, now=now)
    except BadIdentifier as error:
        raise LineRefused(f"the identity cannot be used: {error.code}") from error


def _check(claimed: Sequence[tuple[IdentifierKind, str]], *, account_id: UUID | None, now: datetime) -> None:
    try:
        found = identity_check.conflicts(claimed, account_id=account_id, now=now)
    except BadIdentifier as error:
        raise LineRefused(f"the identity cannot be used: {error.code}") from error
    if found:
        raise IdentityInUse(found, account_id=account_id)


def change_identity(account: Account, record: Record, *, now: datetime) -> None:
    """Bring identity and residency of a locked account up to date; status, factors and password stay as they are."""
    fields = _columns(record)
    changed = [name for name, value in fields.items() if getattr(account, name) != value]
    # A name that replaces another is for staff to look at; one where there was none is not.
    mismatch = [name for name in changed if name == "name" and account.name]
    Account.objects.filter(pk=account.pk).update(**fields)
    changed += residence.move(account, country=record.facts["country"], region=record.facts["region"])
    changed += _attach(account, record.identity, now=now)
    data = {"source": "import", "changed": changed, "mismatch": mismatch}
    journal(Action.ACCOUNT_UPDATED, actor=ACTOR, at=now, account=account, data=data)


def _columns(record: Record) -> dict[str, Any]:
    identity = record.identity
    fields: dict[str, Any] = {
        "name": identity.name,
        "identity_level": identity.level,
        "identity_status": identity.status,
        "vip": record.facts["vip"],
    }
    if identity.document_number:
        fields |= {
            "document_type": identity.document_type,
            "document_country": identity.document_country,
            "document_expires": identity.document_expires,
        }
    return fields


def _attach(account: Account, identity: IdentityFacts, *, now: datetime) -> list[str]:
    given = ((K.DOCUMENT, identity.document_number), (K.NATIONAL_NUMBER, identity.national_number))
    new = [(kind, value) for kind, value in given if value and not identifiers.matches(account, kind, value)]
    _check(new, account_id=account.pk, now=now)
    try:
        for kind, value in new:
            identifiers.attach(account, kind, value, now=now)
    except BadIdentifier as error:
        raise LineRefused(f"the identity cannot be used: {error.code}") from error
    return [kind.value for kind, _value in new]


def restrict(account: Account, record: Record, *, now: datetime) -> None:
    """Place what was never placed on this account; a restriction that staff lifted does not come back."""
    had = set(Restriction.objects.filter(account=account).values_list("kind", flat=True))
    for kind, note in record.restrictions:
        if kind.value not in had:
            restrictions.place(account, kind, actor=ACTOR, note=note, now=now)
