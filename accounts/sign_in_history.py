"""Sign-ins as their owner may see them, as a table to take away, and the answer to "this was not me" (N06, L05)."""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import client, suspicious
from accounts.actors import Actor
from accounts.exceptions import NotAllowed
from accounts.models import Account, Case, SignIn

MOST = 100
MOST_IN_FILE = 5000
# A spreadsheet would take a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def latest(account: Account, *, most: int = MOST) -> list[SignIn]:
    """Return the newest sign-ins first."""
    return list(SignIn.objects.filter(account=account).order_by("-at", "-id")[:most])


def as_csv(rows: Iterable[SignIn]) -> str:
    """Return the sign-ins as CSV with a header; nothing in it is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["time", "result", "factor", "network", "browser", "system", "user_agent"])
    for row in rows:
        browser, system = client.family(row.user_agent)
        at = row.at.astimezone(UTC).isoformat(timespec="seconds")
        cells = [at, row.result, row.factor, row.address_hint, browser, system, row.user_agent]
        writer.writerow([safe(cell) for cell in cells])
    return text.getvalue()


def safe(cell: str) -> str:
    """Return a cell that a spreadsheet shows as text."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def disown(account: Account, sign_in_id: UUID, *, now: datetime) -> Case:
    """Lock the account because a sign-in was not its owner's; raises NotAllowed for one of somebody else."""
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        if not SignIn.objects.filter(pk=sign_in_id, account=owner).exists():
            raise NotAllowed(_("There is no such sign-in."))
        return suspicious.report(owner, actor=Actor.customer(owner), now=now)
