"""Every identifier of the account is blocked for the time that the pinned policy says (group G, invariant 16).

The time counts from the closing. Most plans end in the run that blocks; for those that end later, because a legal hold
parked them or the core was away, `count_from_closing` moves the dates.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from accounts import blocked
from accounts.enums import IdentifierKind
from accounts.models import Identifier
from closure.finalization.outcomes import Done, Outcome, Retry
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import Step
from closure.models import ClosureRequest
from closure.policy import loader
from closure.policy.schema import ReregistrationPolicy
from closure.retention.enums import RecordClass
from closure.retention.models import ArchiveRecord

K = IdentifierKind
Policies = Mapping[UUID, ReregistrationPolicy]
Dates = Mapping[UUID, datetime]


def run(requests: Sequence[ClosureRequest], now: datetime) -> Mapping[UUID, Outcome]:
    """Block what these accounts have; set-based, and safe to run again.

    Where a number is blocked while archived and there is no identity archive, nothing of that account is blocked yet:
    its plan waits, because there is no date to block it until.
    """
    policies, owners = _policies(requests), {request.account_id: request.pk for request in requests}
    archives = _archives(key for key, policy in policies.items() if policy.national_number_while_archived)
    entries: dict[UUID, list[blocked.Entry]] = {request.pk: [] for request in requests}
    waiting: set[UUID] = set()
    for row in Identifier.objects.filter(account_id__in=owners).order_by("account_id", "kind"):
        key = owners[row.account_id]
        kind, policy = K(row.kind), policies[key]
        if _ends_with_archive(kind, policy) and key not in archives:
            waiting.add(key)
        elif (until := _until(kind, policy, archives.get(key), now)) is not None:
            entries[key].append(_entry(row, key, policy, until))
    blocked.block([entry for key, found in entries.items() if key not in waiting for entry in found], now=now)
    return {key: Retry(error="there is no identity archive") if key in waiting else Done() for key in entries}


def count_from_closing(requests: Sequence[ClosureRequest], *, now: datetime) -> None:
    """Count the blocks of requests that close now from now, in the transaction that closes them (G04)."""
    blocked.postpone([request.pk for request in requests], closed_at=now)
    policies = _policies(requests)
    archives = _archives(key for key, policy in policies.items() if policy.national_number_while_archived)
    dates = {key: _until(K.NATIONAL_NUMBER, policies[key], end, now) for key, end in archives.items()}
    blocked.keep_while_archived({key: until for key, until in dates.items() if until is not None})


def _policies(requests: Sequence[ClosureRequest]) -> Policies:
    """Return what each pinned policy says of registering again; equal ones are read once."""
    read = {
        request.policy_version: loader.from_pinned(request.policy).reregistration
        for request in {request.policy_version: request for request in requests}.values()
    }
    return {request.pk: read[request.policy_version] for request in requests}


def _archives(file_ids: Iterable[UUID]) -> Dates:
    """Return until when the identity archive of each of these closures is kept."""
    wanted = list(file_ids)
    if not wanted:
        return {}
    sealed = ArchiveRecord.objects.filter(file_id__in=wanted, record_class=RecordClass.IDENTITY)
    return dict(sealed.values_list("file_id").annotate(Max("expires_at")))


def _ends_with_archive(kind: IdentifierKind, policy: ReregistrationPolicy) -> bool:
    return kind is K.NATIONAL_NUMBER and policy.national_number_while_archived


def _until(
    kind: IdentifierKind, policy: ReregistrationPolicy, archived_until: datetime | None, now: datetime
) -> datetime | None:
    """Return until when a kind is blocked from a closing `now`; None where the policy does not block it."""
    periods = {
        K.EMAIL: policy.email,
        K.PHONE: policy.phone,
        K.DOCUMENT: policy.document,
        K.NATIONAL_NUMBER: policy.national_number,
    }
    period = periods[kind]
    ends = [] if period is None else [now + period]
    if archived_until is not None and _ends_with_archive(kind, policy):
        ends.append(archived_until)
    return max(ends, default=None)


def _entry(row: Identifier, key: UUID, policy: ReregistrationPolicy, until: datetime) -> blocked.Entry:
    kind = K(row.kind)
    return blocked.Entry(
        account_id=row.account_id,
        file_id=key,
        kind=kind,
        fingerprint=bytes(row.fingerprint),
        key_version=row.key_version,
        until=until,
        while_archived=_ends_with_archive(kind, policy),
        review_every=policy.email_for_ever_review if kind is K.EMAIL else None,
    )


STEP = Step(name=FinalStep.BLOCK_IDENTIFIERS, run=run, local=True)
