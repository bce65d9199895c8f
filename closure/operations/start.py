"""Beginning to close, and letting go of a draft."""

from datetime import datetime
from uuid import UUID

from accounts.actors import Actor
from accounts.models import Account
from closure import guards, lifecycle
from closure.enums import ClosureAction, ClosureState, RequestChannel
from closure.exceptions import ChannelNotAllowed, TransitionRefused, UnknownRequest
from closure.models import ClosureRequest
from closure.permissions import check_close
from closure.policy import loader
from closure.policy.schema import Policy

SWEEP = Actor.system("sweep")
MOST_AT_ONCE = 500


def check_channel(policy: Policy, channel: RequestChannel) -> None:
    """Raise ChannelNotAllowed where the policy does not close accounts this way (C02)."""
    if channel not in policy.channels:
        raise ChannelNotAllowed


def start(account: Account, *, channel: RequestChannel, actor: Actor, now: datetime) -> ClosureRequest:
    """Return the open draft of the account, made when there is none.

    Needs the signed-in owner of an account open for sign-in, and a channel that the policy in force allows. Raises
    NotAllowed (A18, L02, C02) and TransitionRefused where a submitted request is open.
    """
    policy = loader.current()
    check_close(actor, account)
    check_channel(policy, channel)
    return lifecycle.open_draft(account.pk, channel=channel, policy=policy, actor=actor, now=now)


def discard(request_id: UUID, *, actor: Actor, now: datetime) -> ClosureRequest:
    """Give a draft up; nothing else changed and nothing else changes."""
    return lifecycle.apply(request_id, ClosureAction.DISCARD, actor=actor, reason="", now=now)


def lapse_drafts(now: datetime) -> int:
    """End drafts that were left idle, 24 hours (7 days with an open case); returns how many."""
    drafts = ClosureRequest.objects.filter(state=ClosureState.DRAFT)
    if guards.IDLE.claims is not None:
        drafts = drafts.filter(guards.IDLE.claims(now))
    ended = 0
    for request_id in list(drafts.order_by("touched_at").values_list("pk", flat=True)[:MOST_AT_ONCE]):
        try:
            lifecycle.apply(request_id, ClosureAction.LAPSE, actor=SWEEP, reason="idle", now=now)
        except (TransitionRefused, UnknownRequest):
            continue
        ended += 1
    return ended
