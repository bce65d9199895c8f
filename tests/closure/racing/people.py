"""Customers by the hundred, with the factors and verifications that a race needs; nothing of it goes by operations."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts.enums import FactorKind, IdentifierKind, IdentityStatus, Purpose
from accounts.fingerprints import fingerprint
from accounts.ids import uuid7
from accounts.keys import newest_version
from accounts.models import Account, EmailDevice, Identifier, StepUp, TotpDevice
from accounts.verification.factors import totp
from tests.factories import PASSWORD, password_hash

WINDOW = timedelta(minutes=10)


def make_people(count: int, *, since: datetime, **fields: Any) -> list[Account]:
    """Make verified customers with an e-mail address, an authenticator, and no document on file."""
    facts = {
        "password": password_hash(PASSWORD),
        "status_changed_at": since,
        "created_at": since,
        "last_active_at": since,
        "identity_level": 2,
        "identity_status": IdentityStatus.VERIFIED,
        **fields,
    }
    people = [Account(email=f"ana-{uuid7().hex}@example.test", **facts) for _number in range(count)]
    Account.objects.bulk_create(people)
    known = {"confirmed": True, "created_at": since}
    EmailDevice.objects.bulk_create(EmailDevice(user=person, name="email", **known) for person in people)
    authenticators = [TotpDevice(user=person, name="authenticator", **known) for person in people]
    for device in authenticators:
        totp.give_key(device)
    TotpDevice.objects.bulk_create(authenticators)
    Identifier.objects.bulk_create(
        Identifier(
            account=person,
            kind=IdentifierKind.EMAIL,
            fingerprint=fingerprint(IdentifierKind.EMAIL, str(person.email)),
            key_version=newest_version(),
            hint="a",
            created_at=since,
        )
        for person in people
    )
    return people


def give_step_ups(
    wanted: Sequence[tuple[Account, bytes, datetime]], purpose: Purpose, *, used: bool = False, passed: bool = True
) -> list[StepUp]:
    """Make a verification by mail and authenticator for each (account, digest, begun at), complete unless told."""
    keys = [account.pk for account, _digest, _at in wanted]
    mail = dict(EmailDevice.objects.filter(user_id__in=keys).values_list("user_id", "id"))
    app = dict(TotpDevice.objects.filter(user_id__in=keys).values_list("user_id", "id"))
    rows = [
        StepUp(
            account=account,
            purpose=purpose,
            digest=digest,
            kinds=sorted(kind.value for kind in (FactorKind.EMAIL, FactorKind.TOTP)),
            needed=1,
            second_factor_required=True,
            passed=[
                {"device": str(device), "kind": kind.value, "at": at.isoformat()}
                for kind, device in ((FactorKind.EMAIL, mail[account.pk]), (FactorKind.TOTP, app[account.pk]))
                if passed
            ],
            window_seconds=int(WINDOW.total_seconds()),
            extensions_left=0,
            created_at=at,
            expires_at=at + WINDOW,
            used_at=at if used else None,
        )
        for account, digest, at in wanted
    ]
    return StepUp.objects.bulk_create(rows)
