"""What providers report back: an address that bounces for good gets nothing more until staff looked into it.

A report is taken once, by the provider's own id. One that matters opens a case (other); sending resumes when that case
is resolved. Where nobody has the address, there is nobody to ask: it rests for 30 days.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import cases, identifiers, keys
from accounts.actors import Actor
from accounts.enums import CaseKind, CaseState, DeliveryOutcome, IdentifierKind, MessageChannel
from accounts.exceptions import BadIdentifier
from accounts.fingerprints import every, fingerprint
from accounts.journal import record
from accounts.messages.errors import SendFailed
from accounts.models import Account, Case, DeliveryEvent, DormancyNotice

PROVIDER = Actor.system("message_provider")
UNOWNED_RESTS = timedelta(days=30)
KEPT = timedelta(days=365)
EVENTS = {
    DeliveryOutcome.SOFT_BOUNCE: "contact.delayed",
    DeliveryOutcome.HARD_BOUNCE: "contact.bounced",
    DeliveryOutcome.COMPLAINT: "contact.complained",
}
KINDS = {MessageChannel.EMAIL: IdentifierKind.EMAIL, MessageChannel.SMS: IdentifierKind.PHONE}


@dataclass(frozen=True, kw_only=True)
class Report:
    """One report as the provider tells it; `report_id` is the provider's own."""

    report_id: str
    channel: MessageChannel
    outcome: DeliveryOutcome
    to: str
    at: datetime


def take(report: Report, *, now: datetime) -> bool:
    """Keep a report and act on it; False for one that was taken before. Raises BadIdentifier for what is no address."""
    kind = KINDS[report.channel]
    normal = identifiers.normalize(kind, report.to)
    owner = identifiers.lookup(kind, normal).values_list("account_id", flat=True).first()
    with transaction.atomic():
        # The account first, as everywhere; two reports about one address come one after the other.
        account = Account.objects.select_for_update().filter(pk=owner).first() if owner else None
        event, is_new = DeliveryEvent.objects.get_or_create(
            report_digest=hashlib.sha256(report.report_id.encode()).digest(),
            defaults={
                "account_id": account.pk if account else None,
                "channel": report.channel,
                "outcome": report.outcome,
                "fingerprint": fingerprint(kind, normal),
                "key_version": keys.newest_version(),
                "at": report.at,
                "received_at": now,
            },
        )
        if is_new and account is not None:
            _tell_staff(account, event, _same_contact(kind, normal), now=now)
    return is_new


def check(channel: MessageChannel, to: str, *, now: datetime) -> None:
    """Raise SendFailed for an address that gets nothing more."""
    if is_stopped(channel, to, now=now):
        raise SendFailed("contact_bounced", final=True)


def is_stopped(channel: MessageChannel, to: str, *, now: datetime) -> bool:
    """Tell whether nothing is sent to an address because it bounced for good and nobody looked into it yet."""
    try:
        normal = identifiers.normalize(KINDS[channel], to)
    except BadIdentifier:
        return False
    unowned = Q(case=None, account_id=None, received_at__gt=now - UNOWNED_RESTS)
    standing = Q(case__isnull=False) & ~Q(case__state=CaseState.RESOLVED)
    bounced = _same_contact(KINDS[channel], normal).filter(outcome=DeliveryOutcome.HARD_BOUNCE)
    return bounced.filter(unowned | standing).exists()


def stopped_of(account_id: UUID) -> list[MessageChannel]:
    """Return the channels on which an account gets nothing, for its security page and for staff."""
    return sorted(channel for _account, channel in stopped_among([account_id]))


def stopped_among(account_ids: Collection[UUID]) -> set[tuple[UUID, MessageChannel]]:
    """Return which of these accounts get nothing on which channel."""
    found = standing_bounces().filter(account_id__in=account_ids).values_list("account_id", "channel")
    return {(account_id, MessageChannel(channel)) for account_id, channel in found if account_id}


def standing_bounces() -> QuerySet[DeliveryEvent]:
    """Return the hard bounces of accounts that staff have not resolved yet."""
    bounced = DeliveryEvent.objects.filter(outcome=DeliveryOutcome.HARD_BOUNCE, case__isnull=False)
    return bounced.exclude(case__state=CaseState.RESOLVED)


def forget_old(*, now: datetime) -> int:
    """Delete reports of which nothing follows any more; return how many."""
    over = DeliveryEvent.objects.filter(received_at__lte=now - KEPT)
    return over.filter(Q(case=None) | Q(case__state=CaseState.RESOLVED)).delete()[0]


def _same_contact(kind: IdentifierKind, normal: str) -> QuerySet[DeliveryEvent]:
    return DeliveryEvent.objects.filter(fingerprint__in=every(kind, normal))


def _tell_staff(account: Account, event: DeliveryEvent, reports: QuerySet[DeliveryEvent], *, now: datetime) -> None:
    """Journal a report and, where a person has to look, tie it to the case about this address: one at a time."""
    outcome = DeliveryOutcome(event.outcome)
    data = {"channel": str(event.channel), "report": str(event.pk)}
    if noticed := DormancyNotice.objects.filter(account=account, channel=event.channel).order_by("matter"):
        # Staff read in the case's story that the customer was told of a date, and may not know it.
        data["notices"] = " ".join(str(notice.matter) for notice in noticed)
    record(EVENTS[outcome], actor=PROVIDER, at=now, account=account, data=data)
    if outcome is DeliveryOutcome.SOFT_BOUNCE:
        return
    earlier = reports.filter(case__isnull=False).exclude(case__state=CaseState.RESOLVED).first()
    case: Case | None = earlier.case if earlier is not None else None
    event.case = case or cases.open_by_itself(account, CaseKind.OTHER, actor=PROVIDER, now=now)
    event.save(update_fields=["case"])
