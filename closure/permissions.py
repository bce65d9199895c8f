"""Who may do what. `check_x` raises NotAllowed with the words that page, API and admin show; `can_x` asks."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import TIPPING_OFF, ActorKind, RestrictionKind
from accounts.exceptions import NotAllowed
from accounts.models import OPEN_FOR_SIGN_IN, Account
from closure import offers
from closure.enums import ClosureAction, ClosureState, Needs
from closure.exceptions import SecondPersonRequired
from closure.models import ClosureRequest
from closure.policy.schema import Policy
from closure.powers import AS_AGENT, AS_COMPLIANCE, AS_LEAD, DECIDE
from closure.welcome import gate


class Who(StrEnum):
    """The letters of the transition tables (docs/lifecycle.md)."""

    C = "C"
    S = "S"
    M = "M"
    A = "A"
    L = "L"
    X = "X"
    SYS = "sys"
    CORE = "core"


WHO_WORDS = {
    Who.C: gettext_lazy("the signed-in owner"),
    Who.S: gettext_lazy("the owner, through a status session with a fresh code"),
    Who.M: gettext_lazy("the holder of a mailed link"),
    Who.A: pgettext_lazy("staff role", "an agent"),
    Who.L: gettext_lazy("a lead"),
    Who.X: gettext_lazy("compliance"),
    Who.SYS: gettext_lazy("the system"),
    Who.CORE: gettext_lazy("the exchange core"),
}

_OWN = {ActorKind.CUSTOMER: Who.C, ActorKind.STATUS_SESSION: Who.S, ActorKind.LINK: Who.M}
_PARTS = {ActorKind.SYSTEM: Who.SYS, ActorKind.CORE: Who.CORE}
_STAFF = {Who.A: AS_AGENT, Who.L: AS_LEAD, Who.X: AS_COMPLIANCE}


def letters(actor: Actor, request: ClosureRequest) -> frozenset[Who]:
    """Return as whom the actor may act: owners on their own request only, staff on all but their own."""
    is_owner = actor.account_id == request.account_id
    if actor.kind in _OWN:
        return frozenset({_OWN[actor.kind]} if is_owner else ())
    if actor.kind is ActorKind.STAFF:
        return frozenset() if is_owner else frozenset(who for who, power in _STAFF.items() if actor.may(power))
    return frozenset({_PARTS[actor.kind]})


def check_act(actor: Actor, request: ClosureRequest, action: ClosureAction, allowed: frozenset[Who]) -> frozenset[Who]:
    """Return as whom the actor acts; raises NotAllowed when the table lists none of it for this action."""
    acting = letters(actor, request) & allowed
    if acting:
        return acting
    if action in {ClosureAction.DISCARD, ClosureAction.SUBMIT}:
        raise NotAllowed(_("Only the signed-in owner closes an account. We never close it for you."))
    people = _(" or ").join(str(WHO_WORDS[who]) for who in Who if who in allowed)
    raise NotAllowed(_("Only %(people)s can do this.") % {"people": people})


def check_close(actor: Actor, account: Account) -> None:
    """Only the signed-in owner closes an account; staff never do, not even their own here (A18, L02)."""
    if actor.kind is not ActorKind.CUSTOMER or actor.account_id != account.pk:
        raise NotAllowed(_("Only the signed-in owner closes an account. We never close it for you."))
    if account.is_staff:
        raise NotAllowed(_("Staff accounts are not closed here. Ask your lead."), code="staff_account")
    if account.status not in OPEN_FOR_SIGN_IN:
        raise NotAllowed(_("This account cannot be closed as it stands."), code="account_not_open")


def can_close(actor: Actor, account: Account) -> bool:
    """Tell whether the actor may close the account."""
    return _asks(lambda: check_close(actor, account))


def check_disable(actor: Actor, account: Account, policy: Policy) -> None:
    """Only the signed-in owner disables an account, where the policy offers it (E06, C07)."""
    if not policy.reactivation.disable_offered:
        raise NotAllowed(_("Accounts cannot be disabled here."), code="not_offered")
    if actor.kind is not ActorKind.CUSTOMER or actor.account_id != account.pk:
        raise NotAllowed(_("Only the signed-in owner disables an account."))
    if account.is_staff:
        raise NotAllowed(_("Staff accounts are not disabled here. Ask your lead."), code="staff_account")
    if account.status not in OPEN_FOR_SIGN_IN:
        raise NotAllowed(_("This account cannot be disabled as it stands."), code="account_not_open")


# The table of restrictions in docs/lifecycle.md: what each stops. Leaving is what an unsupported region allows.
_EVERYTHING = frozenset({Needs.UNWIND, Needs.TRADE, Needs.WITHDRAW})
_STOPS = {
    RestrictionKind.UNSUPPORTED_REGION: frozenset({Needs.TRADE}),
    RestrictionKind.FAILED_VERIFICATION: frozenset({Needs.TRADE, Needs.WITHDRAW}),
}


def check_remedy(actor: Actor, account: Account, needs: Needs, *, now: datetime) -> None:
    """Only the signed-in owner of an open account clears it, and only what no restriction or reset stops.

    A status session withdraws what arrived late, and nothing else. Legal and risk holds are one neutral sentence,
    whichever they are.
    """
    if actor.kind is ActorKind.STATUS_SESSION:
        _check_clears_deposit(actor, account, needs)
    else:
        check_close(actor, account)
    if needs is Needs.NOTHING:
        return
    stopping = {
        RestrictionKind(each.kind)
        for each in restrictions.active(account.pk)
        if needs in _STOPS.get(RestrictionKind(each.kind), _EVERYTHING)
        and not (needs is Needs.WITHDRAW and each.lets_withdraw(now))
    }
    if stopping & TIPPING_OFF:
        raise NotAllowed(_("A legal or risk hold applies; we cannot say more."), code="restricted")
    if stopping == {RestrictionKind.FAILED_VERIFICATION} and needs is Needs.WITHDRAW:
        raise NotAllowed(
            _("Your identity verification failed. Ask our support to release a withdrawal."), code="restricted"
        )
    if stopping:
        raise NotAllowed(_("A restriction stops this. Open the account check to see what to do."), code="restricted")
    if actor.kind is ActorKind.CUSTOMER:
        gate.check(account, needs)
    held = account.withdrawals_held_until
    if needs is Needs.WITHDRAW and held is not None and now < held:
        until = format_date(held.astimezone(UTC), "j M Y, H:i")
        raise NotAllowed(
            _(
                "Withdrawals are held until %(until)s UTC, because your password was reset, "
                "a closing ended or the whitelist was turned off."
            )
            % {"until": until},
            code="withdrawals_held",
        )


def _check_clears_deposit(actor: Actor, account: Account, needs: Needs) -> None:
    held = ClosureRequest.objects.filter(account=account, state=ClosureState.HELD).first()
    clears = needs is Needs.WITHDRAW and held is not None and offers.clear_deposit(held)
    if not clears or actor.account_id != account.pk:
        raise NotAllowed(_("There is nothing to withdraw here, or not any more."), code="account_not_open")


def check_prepare(actor: Actor, request: ClosureRequest) -> None:
    """Only the signed-in owner takes the steps of a draft."""
    if Who.C not in letters(actor, request):
        raise NotAllowed(_("Only the signed-in owner closes an account. We never close it for you."))


def check_decide(actor: Actor, request: ClosureRequest) -> None:
    """Staff with a deciding role decide, and never about their own account (invariant 14)."""
    if actor.kind is ActorKind.STAFF and actor.account_id == request.account_id:
        raise SecondPersonRequired
    if not actor.may(DECIDE):
        raise NotAllowed(_("Your role does not decide about closures."))


def can_decide(actor: Actor, request: ClosureRequest) -> bool:
    """Tell whether the actor may decide about the request."""
    return _asks(lambda: check_decide(actor, request))


def check_second_person(actor: Actor, request: ClosureRequest) -> None:
    """Who approves after a proposal is a lead, and neither the proposer nor the owner (L06, invariant 14)."""
    people = {request.proposed_by, request.account_id}
    if Who.L not in letters(actor, request) or actor.account_id in people:
        raise SecondPersonRequired


def can_approve_second(actor: Actor, request: ClosureRequest) -> bool:
    """Tell whether the actor may be the second of four eyes."""
    return request.proposed_by is not None and _asks(lambda: check_second_person(actor, request))


def _asks(check: Callable[[], None]) -> bool:
    try:
        check()
    except NotAllowed:
        return False
    return True
