"""Matters of an owner with staff: opened by the owner, each with a case, one of a kind at a time (K02-K05, J05).

What is sent for one is in its case: words here, photos on the floor above, which also says when it is accepted.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_messages, case_opening, regions
from accounts.actors import Actor
from accounts.enums import CaseKind, MatterKind
from accounts.exceptions import NotAllowed, PortalError
from accounts.models import Account, Matter
from accounts.open_matters import open_of, stands
from accounts.verification import attempts

M = MatterKind
# Which kind of case each has; what is resolved by it is the matter's own.
CASES = {
    M.FRAUD_ALERT: CaseKind.OTHER,
    M.UNSUPPORTED_REGION: CaseKind.RESIDENCY,
    M.FAILED_VERIFICATION: CaseKind.OTHER,
    M.IDENTITY_REFRESH: CaseKind.DOCUMENT_NUMBER,
    M.REVIEW: CaseKind.OTHER,
}


class NothingToSettle(PortalError):
    """Nothing stands that this kind of matter is about."""

    code = "nothing_to_settle"

    def __init__(self) -> None:
        super().__init__(_("There is nothing to settle here any more."))


class NothingWritten(PortalError):
    """A matter begins with words, of its owner or of the page."""

    code = "nothing_written"

    def __init__(self) -> None:
        super().__init__(_("Write what you know, in your own words."))


class NotServed(PortalError):
    """We do not serve where the owner lives now."""

    code = "region_not_served"

    def __init__(self) -> None:
        super().__init__(_("We do not serve this region either. You can withdraw, and you can close your account."))


@dataclass(frozen=True, kw_only=True)
class Home:
    """Where an owner lives: a country and, where it has parts that differ, the part."""

    country: str = ""
    region: str = ""

    @property
    def code(self) -> str:
        """The country, and after a hyphen the part where one is named, as "CA-BC"; empty for nowhere."""
        return "-".join(filter(None, [self.country, self.region]))

    def is_served(self, now: datetime) -> bool:
        """Tell whether we serve there; what no list names is not served."""
        found = regions.region_of(self.country, self.region)
        return found is not None and found.is_supported(now.astimezone(UTC).date())


NOWHERE = Home()


def home_of(matter: Matter) -> Home:
    """Return where the owner says that they live now."""
    return Home(country=matter.country, region=matter.region)


def begin(
    account_id: UUID, kind: MatterKind, text: str, *, actor: Actor, home: Home = NOWHERE, now: datetime
) -> Matter:
    """Open a matter with what its owner writes; where one is open, write that in its case and keep the newest home.

    Raises NotAllowed, NothingWritten, NothingToSettle, NotServed, TooManyAttempts. Must be called outside of any
    transaction.
    """
    if actor.account_id != account_id:
        raise NotAllowed(_("Only its owner settles this."))
    if kind is M.UNSUPPORTED_REGION and not home.is_served(now):
        raise NotServed
    if not text.strip():
        raise NothingWritten
    known = open_of(account_id).get(kind)
    if known is not None:
        case_messages.write(known.case_id, text, actor=actor, now=now)
        return _move(known, home)
    attempts.spend(account_id, case_opening.BUDGET, now=now)
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        if not stands(account, kind):
            raise NothingToSettle
        meanwhile = open_of(account_id).get(kind)
        if meanwhile is not None:
            return meanwhile
        case = case_opening.open_locked(account, CASES[kind], text, actor=actor, now=now)
        return Matter.objects.create(
            account=account, kind=kind, case=case, country=home.country, region=home.region, opened_at=now
        )


def _move(matter: Matter, home: Home) -> Matter:
    """Keep the newest home, unless one was accepted meanwhile: that one was looked at, this one was not."""
    with transaction.atomic():
        Account.objects.select_for_update().get(pk=matter.account_id)
        Matter.objects.filter(pk=matter.pk, accepted_at=None).update(country=home.country, region=home.region)
        matter.refresh_from_db()
    return matter
