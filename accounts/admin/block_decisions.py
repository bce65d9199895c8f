"""What compliance may do about a block, each with its words, and the work that blocks bring."""

from django.utils.translation import gettext_lazy

from accounts import block_review
from accounts.admin.decisions import Decision
from accounts.admin.work import Work
from accounts.models import BlockedIdentity

DECISIONS: tuple[Decision[BlockedIdentity], ...] = (
    Decision(
        code="keep",
        heading=gettext_lazy("Block for ever"),
        consequence=gettext_lazy("Nobody can register with it any more. Compliance looks again each period."),
        done=gettext_lazy("It is blocked for ever."),
        operation=block_review.keep_for_ever,
        offered=lambda row, _actor: row.review_every is not None and row.for_ever_at is None,
    ),
    Decision(
        code="review",
        heading=gettext_lazy("Reviewed: keep it blocked"),
        consequence=gettext_lazy("It stays blocked for ever. The next review is due a period from now."),
        done=gettext_lazy("The review is done."),
        operation=block_review.review,
        offered=lambda row, _actor: row.for_ever_at is not None,
    ),
    Decision(
        code="propose",
        heading=gettext_lazy("Propose release"),
        consequence=gettext_lazy("Nothing changes yet. Somebody else in compliance has to confirm."),
        done=gettext_lazy("The release is proposed. Somebody else in compliance confirms it."),
        operation=block_review.propose_release,
        offered=lambda row, _actor: row.release_proposed_at is None,
    ),
    Decision(
        code="confirm",
        heading=gettext_lazy("Confirm release"),
        consequence=gettext_lazy("The block ends now. A new account can use the identifier at once."),
        done=gettext_lazy("The block is released."),
        operation=block_review.confirm_release,
        offered=block_review.can_confirm,
    ),
    Decision(
        code="drop",
        heading=gettext_lazy("Take the proposal back"),
        consequence=gettext_lazy("The block stands as before."),
        done=gettext_lazy("The proposal is taken back."),
        operation=block_review.drop_release,
        offered=lambda row, _actor: row.release_proposed_at is not None,
    ),
)


WORK: tuple[Work[BlockedIdentity], ...] = (
    Work(
        code="review",
        name=gettext_lazy("Blocks to review"),
        note=gettext_lazy("Blocked for ever by compliance. Each is looked at again in time."),
        rows=block_review.reviews_due,
        tone="warn",
    ),
    Work(
        code="release",
        name=gettext_lazy("Releases proposed"),
        note=gettext_lazy("One person proposed to end a block early. Another one in compliance confirms."),
        rows=lambda _now: block_review.releases_waiting(),
        tone="info",
    ),
)
