"""Giving up an asset (B12): its owner asks, one of the staff decides, and until the end the owner can take it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import contacts, journal
from accounts.actors import Actor
from accounts.enums import ActorKind
from accounts.exceptions import NotAllowed, ReasonRequired
from accounts.models import Account
from closure.enums import ResidualState
from closure.exceptions import TransitionRefused, UnknownRequest
from closure.models import Residual
from closure.models.residual import STANDING
from closure.powers import DECIDE

S = ResidualState
DECIDED = "residual_decided"
EVENTS = {
    S.ASKED: "residual.asked",
    S.CONFIRMED: "residual.confirmed",
    S.REFUSED: "residual.refused",
    S.TAKEN_BACK: "residual.taken_back",
}


def ask(account_id: UUID, facts: Mapping[str, Any], *, now: datetime) -> Residual:
    """Keep that the owner gives this up; asked again while it stands it is the same row. Called by a remedy alone."""
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=account_id)
        standing = Residual.objects.filter(account=account, asset=facts["asset"], state__in=STANDING).first()
        if standing is not None:
            return standing
        made = Residual.objects.create(
            account=account,
            asset=facts["asset"],
            amount=facts["amount"],
            refusals=facts["refusals"],
            asked_at=now,
        )
        _tell(made, S.ASKED, actor=Actor.customer(account), account=account, now=now)
    return made


def decide(residual_id: UUID, *, confirm: bool, reason: str, actor: Actor, now: datetime) -> Residual:
    """Confirm, or refuse, what an owner gives up, and tell them by mail, or by text where there is no address.

    Needs a deciding role on somebody else's account, and a reason, which is an erasable note. Raises NotAllowed,
    ReasonRequired, UnknownRequest, TransitionRefused when it is no longer waiting.
    """
    to = S.CONFIRMED if confirm else S.REFUSED
    return _move(residual_id, to, frozenset({S.ASKED}), actor=actor, now=now, reason=reason)


def can_decide(actor: Actor, residual: Residual) -> bool:
    """Tell whether this person may decide: a deciding role, on somebody else's account."""
    return actor.may(DECIDE) and actor.account_id != residual.account_id


def take_back(residual_id: UUID, *, actor: Actor, now: datetime) -> Residual:
    """Keep the asset after all: the owner, as long as the account is open; raises as `decide` does."""
    return _move(residual_id, S.TAKEN_BACK, frozenset(STANDING), actor=actor, now=now)


def standing_of(account: Account) -> list[Residual]:
    """Return what an owner gives up, asked or confirmed, oldest first."""
    return list(Residual.objects.filter(account=account, state__in=STANDING).order_by("id"))


def _move(
    residual_id: UUID,
    to: ResidualState,
    allowed: frozenset[ResidualState],
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Residual:
    with transaction.atomic():
        owner_id = Residual.objects.filter(pk=residual_id).values_list("account_id", flat=True).first()
        if owner_id is None:
            raise UnknownRequest
        account = Account.objects.select_for_update().get(pk=owner_id)
        residual = Residual.objects.select_for_update().get(pk=residual_id)
        _check(actor, account, residual, to)
        if to is not S.TAKEN_BACK and not reason.strip():
            raise ReasonRequired
        decision = {} if to is S.TAKEN_BACK else {"decided_at": now, "decided_by": actor.account_id}
        ended = {} if to is S.CONFIRMED else {"ended_at": now}
        rows = Residual.objects.filter(pk=residual.pk, state__in=allowed)
        if rows.update(state=ResidualState(to), **decision, **ended) != 1:
            raise TransitionRefused(_("This was decided already, or taken back."), code="not_waiting")
        _tell(residual, to, actor=actor, account=account, now=now, reason=reason)
        if decision:
            said = {"amount": residual.amount, "asset": residual.asset, "confirmed": to is S.CONFIRMED}
            contacts.tell(contacts.current(account)[:1], account, DECIDED, said, now=now)
        residual.refresh_from_db()
    return residual


def _check(actor: Actor, account: Account, residual: Residual, to: ResidualState) -> None:
    if to is S.TAKEN_BACK:
        if actor.kind is not ActorKind.CUSTOMER or actor.account_id != account.pk:
            raise UnknownRequest
        if not account.is_active:
            raise NotAllowed(_("This account cannot be changed as it stands."), code="account_not_open")
        return
    if not can_decide(actor, residual):
        raise NotAllowed(_("Your role does not decide about this."))


def _tell(
    residual: Residual, to: ResidualState, *, actor: Actor, account: Account, now: datetime, reason: str = ""
) -> None:
    told = {"residual": str(residual.pk), "to": to.value}
    journal.record(EVENTS[to], actor=actor, at=now, account=account, data=told, note=reason.strip() or None)
