"""The one writer of Reactivation.state. Pages, API, console and sweep all come through here.

`apply` locks the account row, then the reactivation's, always in that order; asks who and when; moves by
compare-and-set; journals; opens the account; and ends the case: all in one transaction.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import case_claiming, cases, journal
from accounts.actors import Actor
from accounts.enums import ActorKind, CaseKind
from accounts.models import Account
from closure import lifecycle
from closure.enums import ReactivationAction, ReactivationState
from closure.exceptions import TransitionRefused
from closure.models import Reactivation
from closure.models.reactivation import OPEN_REACTIVATIONS
from closure.policy import loader
from closure.reactivation import admission, mails, note
from closure.reactivation.consequences import columns, story
from closure.reactivation.exceptions import UnknownReactivation
from closure.reactivation.facts import Context, Facts
from closure.reactivation.permissions import check_act
from closure.reactivation.table import TRANSITIONS, Transition

A = ReactivationAction
SYSTEM = Actor.system("reactivation")


def lock(reactivation_id: UUID) -> tuple[Account, Reactivation]:
    """Return both rows, locked, the account first; needs a transaction; raises UnknownReactivation."""
    account_id = Reactivation.objects.filter(pk=reactivation_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise UnknownReactivation
    account = Account.objects.select_for_update().get(pk=account_id)
    found = Reactivation.objects.select_for_update(of=("self",)).select_related("case").filter(pk=reactivation_id)
    reactivation = found.first()
    if reactivation is None:
        raise UnknownReactivation
    reactivation.account = account
    return account, reactivation


def start(account_id: UUID, *, actor: Actor, now: datetime) -> Reactivation:
    """Open a reactivation with its case, or return the open one; what the note has to say is kept with it (J08, J14).

    Raises NotAllowed, and TransitionRefused where the account is not disabled, or the policy offers no such way.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        standing = open_of(account_id)
        if standing is not None:
            check_act(actor, standing, TRANSITIONS[None, A.START].roles)
            return standing
        return _enter(account, actor=actor, now=now)


def _enter(account: Account, *, actor: Actor, now: datetime) -> Reactivation:
    transition = TRANSITIONS[None, A.START]
    wording = note.text(brand=settings.PORTAL_BRAND, email=account.email or account.phone or "", on=now.date())
    row = Reactivation(account=account, created_at=now, touched_at=now, note=wording, **_pinned())
    context = _context(row, transition, actor=actor, reason="", now=now)
    row.case = cases.open_by_itself(account, CaseKind.REACTIVATION, actor=SYSTEM, now=now)
    row.save(force_insert=True)
    told = {"reactivation": str(row.pk), "from": None, "to": row.state, "version": 0, "case": row.case.reference}
    journal.record(transition.event, actor=actor, at=now, account=account, data=told)
    mails.tell(context, A.START)
    return row


def _pinned() -> dict[str, Any]:
    return lifecycle.pin(loader.current())


def open_of(account_id: UUID) -> Reactivation | None:
    """Return the open reactivation of an account."""
    found = Reactivation.objects.filter(account_id=account_id, state__in=sorted(OPEN_REACTIVATIONS))
    return found.select_related("account", "case").first()


def apply(
    reactivation_id: UUID, action: ReactivationAction, *, actor: Actor, reason: str, now: datetime, **facts: Any
) -> Reactivation:
    """Move one reactivation by one action and return it as it stands then; nothing changes when anything refuses.

    `facts` are those of closure.reactivation.facts.Facts. `reason` is what a person wrote, kept as an erasable note,
    or a code of the system. Raises TransitionRefused (and its kinds), NotAllowed, UnknownReactivation.
    """
    with transaction.atomic():
        account, row = lock(reactivation_id)
        transition = find(ReactivationState(row.state), action)
        context = _context(row, transition, actor=actor, reason=reason, now=now, facts=Facts(**facts))
        mails.tell(context, action)
        told, changed = story(context, action, transition.to), columns(context, action)
        _write(row, transition.to, changed)
        by_system = actor.kind is ActorKind.SYSTEM
        said = {**told, "reason": reason} if by_system else told
        note_of = None if by_system else reason.strip() or None
        journal.record(transition.event, actor=actor, at=now, account=account, data=said, note=note_of)
        if transition.returns:
            admission.admit(account, actor=actor, reason="reactivated", now=now)
        _end_case(row, actor=actor, now=now)
    return row


def _context(
    row: Reactivation, transition: Transition, *, actor: Actor, reason: str, now: datetime, facts: Facts | None = None
) -> Context:
    """Return what the guards were asked about, and said yes to."""
    acting = check_act(actor, row, transition.roles)
    context = Context(
        reactivation=row,
        account=row.account,
        actor=actor,
        acting=acting,
        reason=reason,
        now=now,
        facts=facts or Facts(),
    )
    for guard in transition.guards:
        guard.check(context)
    return context


def find(state: ReactivationState, action: ReactivationAction) -> Transition:
    """Return the row of the table; raises TransitionRefused when there is none."""
    transition = TRANSITIONS.get((state, action))
    if transition is None:
        words = {"action": ReactivationAction(action).label, "state": state.label}
        raise TransitionRefused(_("“%(action)s” is not possible: the reactivation is %(state)s.") % words)
    return transition


def _write(row: Reactivation, to: ReactivationState, changed: dict[str, Any]) -> None:
    """Move by compare-and-set on the old state and version."""
    standing = Reactivation.objects.filter(pk=row.pk, state=row.state, version=row.version)
    if standing.update(state=ReactivationState(to), version=row.version + 1, **changed) != 1:
        raise TransitionRefused(_("It changed meanwhile. Look at it again."), code="changed_since")
    row.refresh_from_db(fields=["state", "version", *changed])


def _end_case(row: Reactivation, *, actor: Actor, now: datetime) -> None:
    """Clear the desk after a decision, and resolve the case of what is over: from then on its photos have a time."""
    if row.state not in OPEN_REACTIVATIONS:
        row.case = cases.resolve_by_itself(row.case_id, actor=SYSTEM, why=row.end_reason, now=now)
        row.account.refresh_from_db(fields=["journal_head"])
    elif actor.kind is ActorKind.STAFF:
        case_claiming.clear(row.case)
