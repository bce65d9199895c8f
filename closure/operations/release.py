"""After a dispute: two people of compliance lift the restriction and release the account, or it stays disabled."""

import json
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import cases, restrictions
from accounts.actors import Actor
from accounts.enums import AccountStatus, RestrictionKind
from accounts.exceptions import NotAllowed
from accounts.journal import record
from accounts.models import Account, Event
from accounts.restrictions import Proposal
from accounts.status import change_status
from closure import disputes, effects, lifecycle, wake
from closure.effects import EffectKind
from closure.exceptions import ReasonRequired, SecondPersonRequired, TransitionRefused
from closure.mails import held_until_of, write
from closure.models import ClosureRequest
from closure.powers import RELEASE

PROPOSED, RELEASED = "closure.dispute_release_proposed", "closure.dispute_released"
TEMPLATE = "closure_dispute_released"
DISPUTED = "disputed"


def release_dispute(request_id: UUID, *, actor: Actor, reason: str, now: datetime) -> bool:
    """Propose the release, or carry out what another X proposed; returns whether the account is released.

    Needs compliance, a reason, and an account that a dispute disabled. Raises NotAllowed, ReasonRequired,
    SecondPersonRequired (for who proposed it, and the owner), TransitionRefused, UnknownRequest.
    """
    if not actor.may(RELEASE):
        raise NotAllowed(_("Compliance releases a disputed account."))
    if not reason.strip():
        raise ReasonRequired
    with transaction.atomic():
        account, request = lifecycle.lock(request_id)
        if actor.account_id == account.pk:
            raise SecondPersonRequired
        if not waits(request):
            raise TransitionRefused(_("There is no dispute to release."), code="not_disputed")
        first = _event(request, PROPOSED)
        if first is None:
            told = {"request": str(request.pk)}
            record(PROPOSED, actor=actor, at=now, account=account, data=told, note=reason)
            return False
        if first.actor == actor.label:
            raise SecondPersonRequired
        _release(account, request, first=first, actor=actor, reason=reason, now=now)
    return True


def waits(request: ClosureRequest) -> bool:
    """Tell whether a dispute keeps the account of this request disabled, until two people release it."""
    if request.end_reason != DISPUTED or request.account.status != AccountStatus.DISABLED:
        return False
    return _event(request, RELEASED) is None


def stands(account: Account) -> bool:
    """Tell whether a dispute of any closing keeps this account disabled."""
    disputed = ClosureRequest.objects.filter(account=account, end_reason=DISPUTED).select_related("account")
    return any(waits(request) for request in disputed)


def may_release(actor: Actor, request: ClosureRequest) -> bool:
    """Tell whether the actor may be the next of the two: compliance, neither the owner nor who proposed it."""
    return actor.may(RELEASE) and actor.account_id != request.account_id and proposed_by(request) != actor.label


def proposed_by(request: ClosureRequest) -> str | None:
    """Return the label of who proposed the release, None while nobody has: the journal is what remembers it."""
    event = _event(request, PROPOSED)
    return None if event is None else event.actor


def _event(request: ClosureRequest, action: str) -> Event | None:
    events = Event.objects.filter(account_id=request.account_id, action=action, id__gte=request.pk).order_by("id")
    mine = (each for each in events if json.loads(bytes(each.body))["data"]["request"] == str(request.pk))
    return next(mine, None)


def _release(
    account: Account, request: ClosureRequest, *, first: Event, actor: Actor, reason: str, now: datetime
) -> None:
    proposed = Proposal(by=UUID(first.actor.partition(":")[2]), at=first.at)
    for standing in restrictions.active(account.pk):
        # What came after the proposal nobody proposed to lift: it stays for two of its own.
        if standing.kind == RestrictionKind.SECURITY_INVESTIGATION and standing.placed_at <= first.at:
            restrictions.lift(standing.pk, actor=actor, reason=reason, now=now, proposed=proposed)
    account.refresh_from_db(fields=["journal_head"])
    change_status(account, AccountStatus.ACTIVE, actor=actor, reason="dispute_released", now=now)
    until = held_until_of(account, now=now)
    Account.objects.filter(pk=account.pk).update(withdrawals_held_until=until)
    told = {"request": str(request.pk), "to": request.state, "proposed_by": first.actor}
    record(RELEASED, actor=actor, at=now, account=account, data=told, note=reason)
    effects.add(request, EffectKind.UNFREEZE, now=now)
    for case in disputes.open_cases(request):
        cases.resolve_case(case.pk, actor=actor, note="", now=now)
    account.refresh_from_db(fields=["journal_head"])
    write(account, TEMPLATE, {"reference": request.reference, "held_until": until}, now=now, everywhere=True)
    wake.wake(request.pk)
