"""Ana lost her authenticator: a recovery as far as a test needs it, by the operations that pages and console call."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts import cases, passwords
from accounts.actors import Actor
from accounts.enums import ActorKind, CaseKind, FactorKind, MessageChannel, Role
from accounts.ids import uuid7
from accounts.models import Account, Case, FactorRecovery, RecoveryInvitation
from accounts.recovering import beginning, deciding, inviting
from accounts.recovering.session import Visit
from closure.enums import EvidenceKind
from closure.models import Evidence
from closure.operations import evidence
from tests.closure.evidencing import kept

TEXT = "My phone fell into a river."
REASON = "Compared with the passport on file: it is her."
TOTP = (FactorKind.TOTP,)


def staff(role: Role, account: Account | None = None) -> Actor:
    """Return a person of a role: a new one, or this one."""
    return Actor(kind=ActorKind.STAFF, account_id=account.pk if account else uuid7(), roles=frozenset({role}))


def visit(
    account: Account,
    *,
    channel: MessageChannel = MessageChannel.EMAIL,
    given: FactorKind | None = FactorKind.PASSWORD,
    invited: bool = False,
) -> Visit:
    """Return the session of a link that came by a channel, with what was given beside it."""
    return Visit(account=account, link=uuid4(), channel=channel, given=given, invited=invited)


def begun(
    account: Account, *, lost: tuple[FactorKind, ...] = TOTP, new_contact: str = "", now: datetime, **facts: Any
) -> FactorRecovery:
    """Begin a recovery."""
    return beginning.begin(visit(account, **facts), lost, new_contact=new_contact, text=TEXT, now=now)


def with_photos(row: FactorRecovery, *, now: datetime) -> FactorRecovery:
    """Send the photos that are asked for."""
    for kind in (EvidenceKind.NOTE, EvidenceKind.DOCUMENT_FRONT):
        kept(row.case, kind=kind, now=now)
    return row


def submitted(account: Account, *, now: datetime, **facts: Any) -> FactorRecovery:
    """Send a recovery to staff."""
    row = with_photos(begun(account, now=now, **facts), now=now)
    return deciding.submit(row.pk, actor=Actor.status_session(account.pk), now=now)


def look(row: FactorRecovery, *people: Actor, now: datetime) -> None:
    """Let people look at every photo."""
    for person in people:
        for photo in Evidence.objects.filter(case=row.case):
            evidence.look(photo.pk, reason=REASON, actor=person, now=now)


def proposed(account: Account, *, now: datetime, by: Actor | None = None, **facts: Any) -> FactorRecovery:
    """Have it looked at and proposed."""
    row, sam = submitted(account, now=now, **facts), by or staff(Role.AGENT)
    look(row, sam, now=now)
    return deciding.propose(row.pk, actor=sam, reason=REASON, now=now)


def decided(row: FactorRecovery, *, now: datetime) -> FactorRecovery:
    """Have a recovery that waits for staff proposed and confirmed: from now on the delay runs."""
    sam, lea = staff(Role.AGENT), staff(Role.LEAD)
    look(row, sam, lea, now=now)
    deciding.propose(row.pk, actor=sam, reason=REASON, now=now)
    return deciding.confirm(row.pk, actor=lea, reason=REASON, now=now)


def confirmed(account: Account, *, now: datetime, **facts: Any) -> FactorRecovery:
    """Have a recovery of an account confirmed by two."""
    return decided(submitted(account, now=now, **facts), now=now)


def written(account: Account, *, now: datetime, kind: CaseKind = CaseKind.LOST_FACTOR) -> Case:
    """Return a case of an account."""
    return cases.open_case(account.pk, kind, actor=staff(Role.AGENT), note="", now=now)


def invited(account: Account, *, now: datetime) -> RecoveryInvitation:
    """Have documents stand for the proof, by two of staff."""
    case = written(account, now=now)
    row = inviting.propose(case.pk, actor=staff(Role.AGENT), reason=REASON, now=now)
    return inviting.confirm(case.pk, proposal_id=row.pk, actor=staff(Role.LEAD), reason=REASON, now=now)


def passwords_dead(account: Account, *, now: datetime) -> None:
    """Kill the password of an account."""
    with transaction.atomic():
        passwords.kill(Account.objects.select_for_update().get(pk=account.pk), now=now)
