"""Sam and Lea decide about a reactivation, on the version that stands; who approves has looked at the photos."""

from datetime import datetime

from accounts.actors import Actor
from accounts.enums import Role
from closure.models import Reactivation
from closure.operations import reactivate
from closure.reactivation.rules import Rule
from tests.closure.reactivating import looked_at
from tests.closure.scenes import staff

SAM, LEA = staff(Role.AGENT), staff(Role.LEAD)


def decided(
    row: Reactivation, decision: str, *, by: Actor, now: datetime, broken: tuple[Rule, ...] = (), text: str = "Looked."
) -> Reactivation:
    row.refresh_from_db()
    if decision == "approve":
        looked_at(row, by, now=now)
    return reactivate.decide(row.pk, decision, broken=broken, text=text, seen_version=row.version, actor=by, now=now)


def approved(row: Reactivation, now: datetime) -> Reactivation:
    decided(row, "approve", by=SAM, now=now)
    return decided(row, "approve", by=LEA, now=now)
