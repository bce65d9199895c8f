"""Sign-ins as their owner may see them, as a table to take away, and the answer to "this was not me" (N06, L05)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import at_core, client, suspicious
from accounts.actors import Actor
from accounts.exceptions import NotAllowed
from accounts.models import Account, Case, SignIn
from accounts.spreadsheets import csv_blocks

MOST = 100
MOST_IN_FILE = 5000
HEADER = ("time", "result", "factor", "network", "browser", "system", "user_agent")


def latest(account: Account, *, most: int = MOST) -> list[SignIn]:
    """Return the newest sign-ins first."""
    return list(SignIn.objects.filter(account=account).order_by("-at", "-id")[:most])


def as_csv(rows: Iterable[SignIn]) -> str:
    """Return the sign-ins as CSV with a header; nothing in it is a formula."""
    return b"".join(csv_blocks(table(rows))).decode()


def table(rows: Iterable[SignIn]) -> Iterator[tuple[str, ...]]:
    """Yield the header, then the cells of each sign-in."""
    yield HEADER
    for row in rows:
        browser, system = client.family(row.user_agent)
        at = row.at.astimezone(UTC).isoformat(timespec="seconds")
        yield (at, row.result, row.factor, row.address_hint, browser, system, row.user_agent)


def disown(account: Account, sign_in_id: UUID, *, now: datetime) -> Case:
    """Lock the account because a sign-in was not its owner's; raises NotAllowed for one of somebody else.

    It is shut at the core at once, so this must not be called inside a transaction.
    """
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        if not SignIn.objects.filter(pk=sign_in_id, account=owner).exists():
            raise NotAllowed(_("There is no such sign-in."))
        case = suspicious.report(owner, actor=Actor.customer(owner), now=now)
    at_core.carry_out(account.pk, now=now)
    return case
