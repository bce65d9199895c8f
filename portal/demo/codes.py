"""Current authenticator codes of the demo's people, as their phones would show them."""

import time
from dataclasses import dataclass

from accounts.models import Account, TotpDevice
from portal.demo import personas

STEP_SECONDS = 30


@dataclass(frozen=True)
class Current:
    """One code and how many seconds it still counts."""

    email: str
    code: str
    valid_for: int


def of(account: Account) -> Current | None:
    """Return the code of one account, or None when it has no confirmed authenticator."""
    device = TotpDevice.objects.filter(user=account, confirmed=True).order_by("created_at").first()
    if device is None or account.email is None:
        return None
    real = int(time.time())
    return Current(account.email, device.code_at(real), STEP_SECONDS - real % STEP_SECONDS)


def current() -> list[Current]:
    """Return the codes of all demo people, in the order of the sign-in list."""
    wanted = [personas.email_of(name) for name in (*personas.ABOUT, *personas.STAFF)]
    people = {account.email: account for account in Account.objects.filter(email__in=wanted)}
    found = [of(people[email]) for email in wanted if email in people]
    return [code for code in found if code is not None]
