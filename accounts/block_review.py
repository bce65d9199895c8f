"""What compliance may do about a block: keep it for ever and look again in time, or release it early, by two (G03)."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import blocked
from accounts.actors import Actor
from accounts.enums import Action
from accounts.exceptions import NotAllowed, PortalError, SecondPersonRequired
from accounts.journal import record
from accounts.models import Account, BlockedIdentity
from accounts.powers import DECIDE_BLOCKS


class BlockRefused(PortalError):
    """The block is over, or does not stand as this needs it to."""

    code = "block_refused"


def can_decide(row: BlockedIdentity, actor: Actor) -> bool:
    """Tell whether the actor decides about a block: compliance, and never about the block of their own account."""
    return actor.may(DECIDE_BLOCKS) and actor.account_id != row.account_id


def can_confirm(row: BlockedIdentity, actor: Actor) -> bool:
    """Tell whether the actor is the second person of a release that somebody else proposed."""
    return can_decide(row, actor) and row.release_proposed_by not in {None, actor.account_id}


def reviews_due(now: datetime) -> QuerySet[BlockedIdentity]:
    """Return the blocks for ever that somebody has to look at again, longest due first."""
    return BlockedIdentity.objects.filter(for_ever_at__isnull=False, review_due_at__lte=now).order_by(
        "review_due_at", "id"
    )


def releases_waiting() -> QuerySet[BlockedIdentity]:
    """Return the blocks whose release one person proposed, longest waiting first."""
    waiting = BlockedIdentity.objects.filter(release_proposed_at__isnull=False, released_at=None)
    return waiting.order_by("release_proposed_at", "id")


def keep_for_ever(block_id: UUID, *, actor: Actor, reason: str, now: datetime) -> BlockedIdentity:
    """Block for ever where the pinned policy lets compliance do so (G03).

    Raises NotAllowed, BlockRefused; so do the others here. A reason is asked of each.
    """

    def change(row: BlockedIdentity) -> None:
        if row.review_every is None:
            raise BlockRefused(_("The policy of this closure does not let us block it for ever."))
        if row.for_ever_at is not None:
            raise BlockRefused(_("It is blocked for ever already."))
        row.for_ever_at, row.for_ever_by, row.review_due_at = now, actor.account_id, now + row.review_every

    return _decide(block_id, change, Action.BLOCKED_FOR_EVER, actor=actor, reason=reason, now=now)


def review(block_id: UUID, *, actor: Actor, reason: str, now: datetime) -> BlockedIdentity:
    """Look at a block for ever and let it stand: the next look is due a period later."""

    def change(row: BlockedIdentity) -> None:
        if row.for_ever_at is None or row.review_every is None:
            raise BlockRefused(_("It ends by itself; there is nothing to review."))
        row.review_due_at = now + row.review_every

    return _decide(block_id, change, Action.BLOCK_REVIEWED, actor=actor, reason=reason, now=now)


def propose_release(block_id: UUID, *, actor: Actor, reason: str, now: datetime) -> BlockedIdentity:
    """Propose to release a block before its date; a second person confirms."""

    def change(row: BlockedIdentity) -> None:
        if row.release_proposed_at is not None:
            raise BlockRefused(_("Its release is proposed already."))
        row.release_proposed_at, row.release_proposed_by = now, actor.account_id

    return _decide(block_id, change, Action.RELEASE_PROPOSED, actor=actor, reason=reason, now=now)


def drop_release(block_id: UUID, *, actor: Actor, reason: str, now: datetime) -> BlockedIdentity:
    """Take a proposed release back, one's own or somebody else's: the block stands as before."""

    def change(row: BlockedIdentity) -> None:
        _check_proposed(row)
        row.release_proposed_at = row.release_proposed_by = None

    return _decide(block_id, change, Action.RELEASE_DROPPED, actor=actor, reason=reason, now=now)


def confirm_release(block_id: UUID, *, actor: Actor, reason: str, now: datetime) -> BlockedIdentity:
    """Release a block that somebody else proposed to release: it ends now."""

    def change(row: BlockedIdentity) -> None:
        _check_proposed(row)
        if row.release_proposed_by == actor.account_id:
            raise SecondPersonRequired
        row.for_ever_at = row.for_ever_by = row.review_due_at = None
        row.blocked_until = min(row.blocked_until, now)
        row.released_at, row.released_by = now, actor.account_id

    return _decide(block_id, change, Action.BLOCK_RELEASED, actor=actor, reason=reason, now=now)


def _check_proposed(row: BlockedIdentity) -> None:
    if row.release_proposed_at is None:
        raise BlockRefused(_("Nobody proposed to release it."))


def _decide(
    block_id: UUID,
    change: Callable[[BlockedIdentity], None],
    action: Action,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
) -> BlockedIdentity:
    if not actor.may(DECIDE_BLOCKS):
        raise NotAllowed(_("Compliance decides about blocks."))
    reason = reason.strip()
    if not reason:
        raise BlockRefused(_("Say why."))
    known = BlockedIdentity.objects.filter(pk=block_id).first()
    with transaction.atomic():
        # The account first, as everywhere.
        account = Account.objects.select_for_update().filter(pk=known.account_id).first() if known else None
        row = BlockedIdentity.objects.select_for_update().filter(pk=block_id).first()
        if row is None or not blocked.stands(row, now=now):
            raise BlockRefused(_("This block is over."))
        if not can_decide(row, actor):
            raise SecondPersonRequired
        change(row)
        row.save()
        data = {"block": str(row.pk), "kind": row.kind}
        record(action, actor=actor, at=now, account=account, data=data, note=reason)
    return row
