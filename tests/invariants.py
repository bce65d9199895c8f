"""What must always hold (docs/security.md), asked of the database: every finding is a sentence, none is good.

The numbers are those of the list of invariants. What only a history can show is asked of the journal.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, F, Model, Q, QuerySet

from accounts.audit import audit
from accounts.enums import TIPPING_OFF, AccountStatus, Purpose, SessionKind
from accounts.models import OPEN_FOR_SIGN_IN, Account, Attempt, Event, Restriction, Session, StepUp
from accounts.status import MOVES
from closure.enums import FINAL_STATES, LIVE_STATES, OPEN_STATES, ClosureState, EffectState, Moment, Verdict
from closure.exchange.ledger.models import LedgerApiKey, LedgerEffect, LedgerEvent
from closure.models import CheckRun, ClosureRequest, CoreCursor, DepositClaim, Effect, RemedyRun
from closure.notes import warning_codes
from closure.retention.canary import NOBODY
from closure.retention.enums import MonthState, RecordClass
from closure.retention.models import ArchiveRecord, Disclosure, Extension, LegalHold, PurgeMonth
from closure.retention.schedule import anniversary
from closure.transitions import TRANSITIONS
from tests.shut import open_at_the_core

S = ClosureState
ROWS = {(state, row.event): row for (state, _action), row in TRANSITIONS.items()}
DECIDED_BY_CHECK = frozenset({"closure.submitted", "closure.proposed", "closure.approved", "closure.resumed"})
NOT_UNDER_A_HOLD = frozenset(
    f"closure.{what}" for what in ("submitted", "begun", "resumed", "unparked", "finished", "timed_out")
)
LIMITS = {"short": 5, "day": 20}
Row = TypeVar("Row", bound=Model)
# Whose rows are asked about; None: everybody's.
_whose: ContextVar[Collection[UUID] | None] = ContextVar("whose", default=None)


@dataclass(frozen=True)
class Told:
    """One event of the journal, opened."""

    action: str
    at: datetime
    data: dict[str, Any]


def violations(accounts: Collection[UUID] | None = None, *, published: Collection[str] = ()) -> list[str]:
    """Return everything that does not hold, of these accounts alone where they are named.

    `published` are checkpoints of the journal that were seen before.
    """
    token = _whose.set(accounts)
    try:
        return _violations(published)
    finally:
        _whose.reset(token)


def _of(model: type[Row], owner: str = "account_id") -> QuerySet[Row]:
    """Return the rows that are asked about; `owner` is the column that says whose they are."""
    rows: QuerySet[Row] = model._default_manager.all()
    accounts = _whose.get()
    return rows if accounts is None else rows.filter(**{f"{owner}__in": accounts})


def _violations(published: Collection[str]) -> list[str]:
    told = _told()
    return [
        *_closed_ones(),
        *_checked_moves(told),
        *_closed_doors(),
        *open_at_the_core(_of(Account, "pk")),
        *_open_requests(),
        *_histories(told),
        *_statuses(told),
        *_effects(),
        *_verifications(told),
        *_attempts(),
        *_people(),
        *_held(told),
        *_claims(),
        *_journal(published),
        *_owners(),
        *_archives(),
        *_disclosures(told),
        *_ends(),
    ]


def _told() -> dict[UUID, list[Told]]:
    """Return the journal, by account."""
    told: dict[UUID, list[Told]] = defaultdict(list)
    for event in _of(Event).exclude(account_id=None).order_by("id"):
        body = json.loads(bytes(event.body))
        told[event.account_id or UUID(int=0)].append(Told(event.action, event.at, body["data"]))
    return told


def _closed_ones() -> Iterator[str]:
    """1, 8, 9, 19: what is closed was clear behind locked deposits, waited long enough, and nothing legal stood."""
    for request in _of(ClosureRequest).filter(state=S.CLOSED).select_related("account"):
        last = _of(CheckRun).filter(request=request).order_by("-created_at", "-id").first()
        if last is None or last.moment != Moment.FINALIZE or not last.deposits_locked:
            yield f"1: {request} closed without a check behind locked deposits"
        elif last.verdict not in {Verdict.CLEAR, Verdict.WARNING} or last.policy_version != request.policy_version:
            yield f"1: {request} closed on {last.verdict}"
        elif set(warning_codes(last.result)) - request.acknowledged.keys():
            yield f"1: {request} closed with a warning nobody acknowledged"
        if request.account.status != AccountStatus.CLOSED:
            yield f"8: the account of {request} is {request.account.status}"
        if request.finalizes_after is None or request.ended_at is None or request.ended_at < request.finalizes_after:
            yield f"9: {request} closed early"
        sealed = ArchiveRecord.objects.filter(file_id=request.pk).values_list("record_class", flat=True)
        if set(sealed) != set(RecordClass):
            yield f"H01: {request} closed without its archive"
        kinds = _of(Restriction).filter(account_id=request.account_id, lifted_at=None, kind__in=sorted(TIPPING_OFF))
        if kinds.exists():
            yield f"19: {request} closed under a hold"


def _checked_moves(told: dict[UUID, list[Told]]) -> Iterator[str]:
    """2: what a check decided was not decided by one that was unknown or blocked."""
    bad = _of(CheckRun).exclude(verdict__in=[Verdict.CLEAR, Verdict.WARNING])
    unsure = {str(key) for key in bad.values_list("pk", flat=True)}
    for events in told.values():
        for event in events:
            if event.action in DECIDED_BY_CHECK and event.data.get("check", "") in {*unsure, ""}:
                yield f"2: {event.action} was decided without a clear check"


def _closed_doors() -> Iterator[str]:
    """3: no session and no key opens an account that is frozen, disabled or closed."""
    shut = _of(Account, "pk").exclude(status__in=sorted(OPEN_FOR_SIGN_IN)).values("pk")
    kinds = [SessionKind.SIGNING_IN, SessionKind.CUSTOMER, SessionKind.STAFF]
    for session in _of(Session).filter(account_id__in=shut, kind__in=kinds):
        yield f"3: a {session.kind} session of an account that is shut"
    revoked = _of(Effect).filter(kind="revoke_keys", state=EffectState.DONE).values("account_id")
    for key in _of(LedgerApiKey).filter(account_id__in=revoked, revoked=False):
        yield f"3: key {key.key_id} survived its revocation"
    live = _of(ClosureRequest).filter(state__in=sorted(LIVE_STATES)).exclude(account__status=AccountStatus.FROZEN)
    for request in live:
        yield f"3: {request} is {request.state} and its account is not frozen"


def _open_requests() -> Iterator[str]:
    """4: at most one open request an account; and a frozen account has one."""
    open_ones = Count("closures", filter=Q(closures__state__in=sorted(OPEN_STATES)))
    for account in _of(Account, "pk").annotate(open_ones=open_ones):
        if account.open_ones > 1:
            yield f"4: {account} has {account.open_ones} open requests"
        if account.status == AccountStatus.FROZEN and account.open_ones != 1:
            yield f"E09: {account} is frozen for nothing"


def _histories(told: dict[UUID, list[Told]]) -> Iterator[str]:
    """5, 6, 8, 9: each request went by the table only, one event a change, and nothing came after its end."""
    for request in _of(ClosureRequest):
        about = [event for event in told[request.account_id] if event.data.get("request") == str(request.pk)]
        events = [event for event in about if "version" in event.data]
        if [event.data["version"] for event in events] != list(range(request.version + 1)):
            yield f"6: {request} changed {request.version} times and told {len(events) - 1}"
        at: str | None = None
        for event in events:
            yield from _one_move(request, at, event)
            at = event.data["to"]
        if at != request.state:
            yield f"6: {request} is {request.state}, the journal says {at}"


def _one_move(request: ClosureRequest, at: str | None, event: Told) -> Iterator[str]:
    row = ROWS.get((None if at is None else S(at), event.action))
    if row is None or event.data["from"] != at or event.data["to"] not in row.to:
        yield f"5: {request} went {event.action} from {at} to {event.data['to']}"
    if at is not None and S(at) in FINAL_STATES:
        yield f"8: {request} went on after {at}"
    if event.action == "closure.begun" and (request.finalizes_after is None or event.at < request.finalizes_after):
        yield f"9: {request} began early"


def _statuses(told: dict[UUID, list[Told]]) -> Iterator[str]:
    """6, 8: the status of each account is what its events say, and no event came after closed."""
    for account in _of(Account, "pk"):
        at = AccountStatus.ACTIVE
        for event in told[account.pk]:
            if event.action != "account.status_changed":
                continue
            if event.data["from"] != at or AccountStatus(event.data["to"]) not in MOVES[at]:
                yield f"6: {account} went from {at} to {event.data['to']}"
            at = AccountStatus(event.data["to"])
        if at != account.status:
            yield f"6: {account} is {account.status}, the journal says {at}"


def _effects() -> Iterator[str]:
    """7: each call wanted is one row, and was made at the core at most once under its key."""
    made = Counter(_of(LedgerEffect).values_list("account_id", "key"))
    wanted = set(_of(Effect).values_list("account_id", "key"))
    wanted |= {(run.account_id, f"{run.pk}:{number}") for run in _of(RemedyRun) for number in range(len(run.moves))}
    for (account_id, key), times in made.items():
        if times > 1 or (account_id, key) not in wanted:
            yield f"7: {key} was made {times} times"
    for effect in _of(Effect).filter(state=EffectState.DONE).exclude(last_error="superseded"):
        if made[effect.account_id, effect.key] != 1:
            yield f"7: {effect.key} is done and the core does not know it"


def _verifications(told: dict[UUID, list[Told]]) -> Iterator[str]:
    """12, 13: every submission used one verification for closing, and each was used once."""
    used = _of(StepUp).filter(purpose=Purpose.CLOSE_ACCOUNT, used_at__isnull=False)
    counts = Counter(used.values_list("account_id", flat=True))
    for account in _of(Account, "pk").exclude(status=AccountStatus.CLOSED):
        submitted = [event for event in told[account.pk] if event.action == "closure.submitted"]
        if counts[account.pk] != len(submitted):
            yield f"12: {account} submitted {len(submitted)} times with {counts[account.pk]} verifications"
    for step_up in used.filter(used_at__gte=F("expires_at")):
        yield f"12: {step_up} was used late"


def _attempts() -> Iterator[str]:
    """13: nobody fails more often than the budget allows."""
    for attempt in _of(Attempt, "subject"):
        if attempt.failures > LIMITS[attempt.window]:
            yield f"13: {attempt}"


def _people() -> Iterator[str]:
    """14: proposer, approver and owner are three people."""
    for request in _of(ClosureRequest).exclude(reviewed_by=None):
        people = [person for person in (request.proposed_by, request.reviewed_by, request.account_id) if person]
        if len(set(people)) != len(people):
            yield f"14: {request} was decided by its own people"
        if request.four_eyes_due and request.proposed_by is None:
            yield f"14: {request} was approved by one person"

    for hold in _of(LegalHold):
        pairs = [(hold.placed_by, hold.confirmed_by), (hold.lift_proposed_by, hold.lifted_by)]
        if hold.account_id in {person for pair in pairs for person in pair} or any(
            one == two for one, two in pairs if two
        ):
            yield f"14: hold {hold.pk} has one person, or its owner, where two others must be"
    for lifted in _of(Restriction).filter(kind__in=sorted(TIPPING_OFF), lifted_at__isnull=False):
        if len({lifted.lift_proposed_by, lifted.lift_confirmed_by, lifted.account_id, None}) != 4:
            yield f"14: restriction {lifted.pk} was lifted by its own people"
    for claim in _of(DepositClaim):
        if claim.settled_at and len({claim.proposed_by, claim.settled_by, claim.account_id, None}) != 4:
            yield f"14: claim {claim.pk} was settled by its own people"


def _held(told: dict[UUID, list[Told]]) -> Iterator[str]:
    """19: under a hold of the account nothing came nearer to its end, and no key of what is held is destroyed."""
    for account_id, events in told.items():
        standing: set[str] = set()
        for event in events:
            if event.action == "legal_hold.placed" and event.data["record"] is None:
                standing.add(event.data["hold"])
            elif event.action == "legal_hold.lifted":
                standing.discard(event.data["hold"])
            elif standing and event.action in NOT_UNDER_A_HOLD:
                yield f"19: {event.action} of {account_id} under a hold"
    for hold in _of(LegalHold).filter(lifted_at=None):
        gone = PurgeMonth.objects.filter(state=MonthState.DESTROYED, destroyed_at__gte=hold.placed_at).values("month")
        records = _of(ArchiveRecord).filter(account_id=hold.account_id, key_month__in=gone)
        if (records.filter(pk=hold.record_id) if hold.record_id else records).exists():
            yield f"19: what hold {hold.pk} keeps is destroyed"


def _claims() -> Iterator[str]:
    """F08: what was read of late deposits has one claim each, and its archive is kept as long as that is open."""
    claims = list(_of(DepositClaim))
    claimed = {claim.event_id for claim in claims}
    cursor = CoreCursor.objects.filter(stream="events").values_list("cursor", flat=True).first()
    locked = _of(Effect).filter(kind="lock_deposits").values("account_id")
    read = _of(LedgerEvent).filter(kind="late_deposit", position__lte=int(cursor or 0), account_id__in=locked)
    for event in read:
        if str(event.pk) not in claimed:
            yield f"F08: late deposit {event.pk} has no claim"
    for claim in claims:
        kept = Extension.objects.filter(reference_id=claim.pk, account_id=claim.account_id)
        if [extension.closed_at for extension in kept] != [claim.settled_at]:
            yield f"F08: claim {claim.pk} and its extension differ"


def _journal(published: Collection[str]) -> Iterator[str]:
    """15: the journal verifies, and is the one of every checkpoint published; that is asked of the whole of it only."""
    if _whose.get() is not None:
        return
    problem = audit(published).broken
    if problem is not None:
        yield f"15: {problem}"


def _owners() -> Iterator[str]:
    """23: what belongs to a request belongs to its account."""
    strangers = [
        _of(CheckRun).exclude(request=None).exclude(account_id=F("request__account_id")),
        _of(Effect).exclude(account_id=F("request__account_id")),
    ]
    for found in strangers:
        for row in found:
            yield f"23: {row} belongs to two accounts"


def _archives() -> Iterator[str]:
    """11: what is sealed is somebody's who can no longer turn back, and no date is earlier than the law has it."""
    sealed = _of(ArchiveRecord).exclude(account_id=NOBODY).defer("box")
    turning_back = ClosureRequest.objects.filter(sealed_at=None).values("pk")
    for record in sealed.filter(file_id__in=turning_back):
        yield f"11: {record} of {record.file_id} is sealed and its closure can be cancelled"
    for record in sealed:
        if record.expires_at < anniversary(record.sealed_at, record.years):
            yield f"11: {record} of {record.file_id} ends early"


def _disclosures(told: dict[UUID, list[Told]]) -> Iterator[str]:
    """14, 24: nobody acted twice or on their own archive; each opening has its one event, which has its digest."""
    opened = defaultdict(list)
    for event in chain.from_iterable(told.values()):
        if event.action == "disclosure.opened":
            opened[event.data["disclosure"]].append(event.data["sha256"])
    for row in _of(Disclosure):
        people = [row.asked_by, row.agent_approved_by, row.lead_approved_by, row.opened_by, row.account_id]
        acted = [person for person in people if person]
        if len(set(acted)) != len(acted):
            yield f"14: disclosure {row.pk} has one person, or its owner, where two others must be"
        if opened.pop(str(row.pk), []) != ([bytes(row.bundle_digest).hex()] if row.bundle_digest else []):
            yield f"24: disclosure {row.pk} and its event differ"
    for key in opened:
        yield f"24: an archive was opened for {key}, which there is not"


def _ends() -> Iterator[str]:
    """A final request says when and how it ended; an open one does not."""
    for request in _of(ClosureRequest):
        is_final, says_so = S(request.state) in FINAL_STATES, bool(request.ended_at and request.end_reason)
        if is_final != says_so or bool(request.held_reasons) != (request.state == S.HELD):
            yield f"end: {request} is {request.state} and says {request.end_reason!r}, {request.held_reasons}"
