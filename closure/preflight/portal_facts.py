"""The portal's own facts for a check: restrictions and legal holds that stand, factors that count, identity."""

from typing import Any

from django.db.models import Exists, OuterRef

from accounts import restrictions
from accounts.enums import IdentityStatus, RestrictionKind
from accounts.models import DEVICE_CLASSES, Account
from accounts.verification import counting
from closure.enums import ResidualState
from closure.exchange import amounts
from closure.models import Residual
from closure.models.residual import STANDING
from closure.preflight.view import GivenUp, PortalFacts
from closure.retention import hold_queries


def facts_of(account: Account) -> PortalFacts:
    """Return the facts as the database has them now, in three queries; raises Account.DoesNotExist."""
    confirmed = {f"has_{each.kind}": Exists(counting.rows(each).filter(user=OuterRef("pk"))) for each in DEVICE_CLASSES}
    held = Exists(hold_queries.of_accounts().filter(account_id=OuterRef("pk")))
    columns = ("identity_status", "identity_level", "country", "vip", "is_held", *confirmed)
    found = Account.objects.filter(pk=account.pk).annotate(is_held=held, **confirmed)
    row: dict[str, Any] = found.values(*columns).get()
    return PortalFacts(
        restrictions=frozenset(RestrictionKind(each.kind) for each in restrictions.active(account.pk)),
        legal_hold=row["is_held"],
        factors=frozenset(each.kind for each in DEVICE_CLASSES if row[f"has_{each.kind}"]),
        identity_status=IdentityStatus(row["identity_status"]),
        identity_level=row["identity_level"],
        country=row["country"],
        vip=row["vip"],
        given_up=_given_up(account),
    )


def _given_up(account: Account) -> dict[str, GivenUp]:
    return {
        each.asset: GivenUp(amount=amounts.read(each.amount), confirmed=each.state == ResidualState.CONFIRMED)
        for each in Residual.objects.filter(account_id=account.pk, state__in=STANDING)
    }
