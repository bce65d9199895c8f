"""Mails that tell the owner where a closure stands, queued in the transaction of the change they tell (C10, A17)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.enums import MessageChannel
from accounts.messages import outbox
from accounts.models import Account
from closure import brake_notice
from closure.enums import ClosureAction, ClosureState, HeldReason
from closure.facts import Context
from closure.policy import loader
from closure.policy.schema import CancelBy

A = ClosureAction
CONFIRMATION = "closure_confirmation"
# What its customer was told of a request: staff may read it for a time (accounts.messages.kept).
TOLD = (
    CONFIRMATION,
    brake_notice.TEMPLATE,
    "closure_held",
    "closure_cancelled",
    "closure_rejected",
    "closure_disputed",
    "closure_dispute_released",
    "residual_decided",
)
# A released account had its keys revoked and a stranger may have asked for it: its owner gets a day to notice.
WITHDRAWALS_HELD = timedelta(hours=24)
# Legal and risk holds are one neutral sentence, whatever the kind (docs/lifecycle.md, "Restrictions").
LEGAL_WORDS = gettext_lazy("A legal or risk hold applies; we cannot say more.")
HELD_WORDS: dict[HeldReason, str | Promise] = {
    HeldReason.DEPOSIT: gettext_lazy("Something arrived in your account. It has to leave first."),
    HeldReason.BLOCKER: gettext_lazy("Something in your account has to be cleared first."),
    HeldReason.RESTRICTION: gettext_lazy("Your account is restricted."),
    HeldReason.LEGAL: LEGAL_WORDS,
    HeldReason.UNREACHABLE: gettext_lazy("We could not check your account."),
    HeldReason.QUESTION: gettext_lazy("We have a question for you."),
}
# What staff choose from when they reject; the customer reads these words, never the note of staff.
REJECTIONS: dict[str, str | Promise] = {
    "assets_left": gettext_lazy("Something is left in your account."),
    "identity_mismatch": gettext_lazy("We could not confirm that you asked for it."),
    "restricted": LEGAL_WORDS,
    "rejected": gettext_lazy("Our review did not allow it. Contact us to learn more."),
    "timed_out": gettext_lazy("It could not be finished in the longest time we may keep an account frozen."),
    "lapsed": gettext_lazy("We asked you something and got no answer within 14 days."),
}


def held_until_of(account: Account, *, now: datetime) -> datetime:
    """Return until when withdrawals of a released account are held; a longer hold that stands is never cut (J03)."""
    return max(now + WITHDRAWALS_HELD, account.withdrawals_held_until or now)


def tell(context: Context, action: ClosureAction, to: ClosureState, *, end_reason: str) -> None:
    """Queue the message that goes with a transition, if any does; the account row is locked."""
    account = context.account
    mail = mail_of(context, action, to, end_reason=end_reason)
    if mail is not None:
        template, said = mail
        write(account, template, said, now=context.now)
    if action is A.SUBMIT:
        brake_notice.tell(context)


def mail_of(
    context: Context, action: ClosureAction, to: ClosureState, *, end_reason: str
) -> tuple[str, dict[str, Any]] | None:
    """Return the template and the facts of the message that goes with a transition, in its owner's language."""
    with translation.override(context.account.language):
        mail = _mail(context, action, to, end_reason)
    if mail is None:
        return None
    template, said = mail
    return template, {"reference": context.request.reference, **said}


def write(account: Account, template: str, said: Mapping[str, Any], *, now: datetime, everywhere: bool = False) -> None:
    """Queue a message to the e-mail address, to the phone where there is none, or to both."""
    places = [(MessageChannel.EMAIL, account.email), (MessageChannel.SMS, account.phone)]
    reachable = [(channel, to) for channel, to in places if to]
    for channel, to in reachable if everywhere else reachable[:1]:
        outbox.enqueue(
            account_id=account.pk,
            template=template,
            channel=channel,
            to=to,
            language=account.language,
            context=said,
            now=now,
        )


def _mail(
    context: Context, action: ClosureAction, to: ClosureState, end_reason: str
) -> tuple[str, dict[str, Any]] | None:
    # RELEASE says until when withdrawals are held (docs/lifecycle.md).
    held_until = {"held_until": held_until_of(context.account, now=context.now)}
    if action is A.SUBMIT:
        return CONFIRMATION, _dates(context, to)
    if action is A.CANCEL:
        return "closure_cancelled", held_until
    if to is ClosureState.REJECTED:
        return "closure_rejected", {
            "reason": str(REJECTIONS.get(end_reason, REJECTIONS["rejected"])),
            **held_until,
        }
    if to is ClosureState.HELD and context.state is not ClosureState.HELD:
        return "closure_held", {"reason": _held_words(context, action)}
    return None


def _dates(context: Context, to: ClosureState) -> dict[str, Any]:
    submission = context.facts.submission
    by = loader.from_pinned(context.request.policy).cancelling.by
    return {
        "finalizes_after": submission.finalizes_after if submission else None,
        "finalizes_before": submission.finalizes_before if submission else None,
        "review": to is ClosureState.IN_REVIEW,
        "cancel_by": next((who.value for who in (CancelBy.CUSTOMER, CancelBy.SUPPORT) if who in by), "nobody"),
    }


def _held_words(context: Context, action: ClosureAction) -> str:
    causes = {HeldReason.QUESTION} if action is A.ASK else context.facts.causes
    if HeldReason.LEGAL in causes:
        return str(LEGAL_WORDS)
    return " ".join(str(HELD_WORDS[cause]) for cause in HeldReason if cause in causes)
