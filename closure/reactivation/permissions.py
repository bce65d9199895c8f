"""As whom somebody acts on a reactivation: its owner by a session of it alone, staff on all but their own."""

from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import ActorKind, FactorKind
from accounts.exceptions import NotAllowed, SecondPersonRequired
from accounts.models import Account
from closure.models import Reactivation
from closure.permissions import WHO_WORDS, Who
from closure.powers import AS_AGENT, AS_LEAD

# A status session of a closure is none of these, whoever's it is: it was opened by a link alone.
PROVEN = "reactivation"
_STAFF = {Who.A: AS_AGENT, Who.L: AS_LEAD}


def owner(account: Account, *, carried_by: FactorKind | None = None) -> Actor:
    """Return the actor of a session in which the owner gave a password, or a factor of another channel (S)."""
    return Actor(kind=ActorKind.STATUS_SESSION, account_id=account.pk, name=PROVEN, carried_by=carried_by)


def is_owner(actor: Actor, reactivation: Reactivation) -> bool:
    """Tell whether this is the proven session of its owner."""
    return _is_proven(actor) and actor.account_id == reactivation.account_id


def letters(actor: Actor, reactivation: Reactivation) -> frozenset[Who]:
    """Return as whom the actor may act."""
    is_theirs = actor.account_id == reactivation.account_id
    if actor.kind is ActorKind.STAFF:
        return frozenset() if is_theirs else frozenset(who for who, power in _STAFF.items() if actor.may(power))
    if actor.kind is ActorKind.SYSTEM:
        return frozenset({Who.SYS})
    return frozenset({Who.S}) if is_owner(actor, reactivation) else frozenset()


def check_act(actor: Actor, reactivation: Reactivation, allowed: frozenset[Who]) -> frozenset[Who]:
    """Return as whom the actor acts; raises NotAllowed when the table lists none of it for this action."""
    acting = letters(actor, reactivation) & allowed
    if acting:
        return acting
    people = _(" or ").join(str(WHO_WORDS[who]) for who in Who if who in allowed)
    raise NotAllowed(_("Only %(people)s can do this.") % {"people": people})


def check_decide(actor: Actor, reactivation: Reactivation) -> None:
    """Staff who act as A decide, and never about their own account; raises NotAllowed, SecondPersonRequired."""
    if actor.kind is ActorKind.STAFF and actor.account_id == reactivation.account_id:
        raise SecondPersonRequired
    if not actor.may(AS_AGENT):
        raise NotAllowed(_("Your role does not decide about reactivations."))


def can_decide(actor: Actor, reactivation: Reactivation) -> bool:
    """Tell whether the actor may decide about it."""
    return Who.A in letters(actor, reactivation)


def can_approve_second(actor: Actor, reactivation: Reactivation) -> bool:
    """Tell whether the actor may be the second person, after a proposal by another."""
    proposed = reactivation.proposed_by
    return proposed not in {None, actor.account_id} and Who.L in letters(actor, reactivation)


def _is_proven(actor: Actor) -> bool:
    return actor.kind is ActorKind.STATUS_SESSION and actor.name == PROVEN
