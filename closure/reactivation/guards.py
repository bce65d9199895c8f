"""Conditions of reactivating. Each is named once, in words for docs/lifecycle.md, and refuses with a code."""

from datetime import timedelta

from django.utils.translation import gettext as _

from accounts import case_desk
from accounts.enums import AccountStatus
from closure import causes
from closure.enums import ReactivationState
from closure.exceptions import ReasonRequired, SecondPersonRequired, StaleDecision, TransitionRefused
from closure.mails import LEGAL_WORDS
from closure.operations import release
from closure.policy import loader
from closure.reactivation import photos
from closure.reactivation.exceptions import Incomplete, RuleRequired
from closure.reactivation.facts import Context, Guard
from closure.readmission import check_one_person

DRAFT_IDLE = timedelta(days=7)
MORE_OPEN = timedelta(days=30)


def _refuse(code: str, message: str) -> TransitionRefused:
    return TransitionRefused(message, code=code)


def _disabled(context: Context) -> None:
    if context.account.status != AccountStatus.DISABLED or context.account.is_staff:
        raise _refuse("not_disabled", _("This account is not disabled, so there is nothing to reactivate."))


def _offered(_context: Context) -> None:
    if not loader.current().reactivation.disable_offered:
        raise _refuse("not_offered", _("We do not reactivate accounts this way. Contact us."))


def _complete(context: Context) -> None:
    lacking = photos.missing(context.reactivation)
    if lacking:
        raise Incomplete(lacking)


def _seen_version(context: Context) -> None:
    if context.facts.seen_version != context.reactivation.version:
        raise StaleDecision


def _desk_free(context: Context) -> None:
    case_desk.check_free(context.reactivation.case, context.actor, context.now)


def _reason_given(context: Context) -> None:
    if not context.reason.strip():
        raise ReasonRequired


def _rule_named(context: Context) -> None:
    if not context.facts.broken:
        raise RuleRequired


def _said_what(context: Context) -> None:
    if not context.facts.broken and not context.facts.asked.strip():
        raise ReasonRequired


def _nobody_proposed(context: Context) -> None:
    if context.reactivation.proposed_by is not None:
        raise _refuse("already_proposed", _("Somebody has proposed this already; a second person approves it."))


def _proposed(context: Context) -> None:
    if context.reactivation.proposed_by is None:
        raise _refuse("proposal_missing", _("Nobody has proposed to approve it."))


def _second_person(context: Context) -> None:
    if context.reactivation.proposed_by is None:
        raise _refuse("proposal_missing", _("Two people decide about this: propose it first."))
    if context.actor.account_id == context.reactivation.proposed_by:
        raise SecondPersonRequired


def _photos_there(context: Context) -> None:
    """A photo that was lost since it was handed in is asked for again: what is not there shows nothing."""
    if photos.missing(context.reactivation):
        raise _refuse("photos_missing", _("A photo is missing. Ask the customer to send it again."))


def _looked(context: Context) -> None:
    """Two people decide by what they saw, not by what the first one wrote."""
    if photos.unseen(context.reactivation, context.actor):
        raise _refuse("photos_unseen", _("Look at every photo first, at the console."))


def _nothing_legal(context: Context) -> None:
    if causes.is_held(context.account.pk):
        raise _refuse("on_hold", str(LEGAL_WORDS))


def _no_dispute(context: Context) -> None:
    """What two of compliance release is not reactivated: there is no second way around them."""
    if release.stands(context.account):
        raise _refuse("on_hold", str(LEGAL_WORDS))


def _nobody_else(context: Context) -> None:
    """One identity is one person's: while staff have not found out whose it is, nobody comes back by it (G05, G06)."""
    check_one_person(context.account)


def _idle(context: Context) -> None:
    row = context.reactivation
    since, allowed = {
        ReactivationState.DRAFT: (row.touched_at, DRAFT_IDLE),
        ReactivationState.NEEDS_MORE: (row.asked_at or row.touched_at, MORE_OPEN),
    }.get(context.state, (context.now, MORE_OPEN))
    if context.now - since < allowed and context.account.status == AccountStatus.DISABLED:
        raise _refuse("not_idle", _("There is still time to go on with this."))


DISABLED = Guard(words="account disabled", check=_disabled)
OFFERED = Guard(words="policy offers it", check=_offered)
COMPLETE = Guard(words="document chosen, every photo there, better ones where asked", check=_complete)
SEEN = Guard(words="seen_version", check=_seen_version)
DESK_FREE = Guard(words="on no other desk", check=_desk_free)
REASON = Guard(words="reason of staff", check=_reason_given)
RULE_NAMED = Guard(words="the rule that is broken", check=_rule_named)
SAID_WHAT = Guard(words="what is asked", check=_said_what)
NOBODY_PROPOSED = Guard(words="no proposal stands", check=_nobody_proposed)
PROPOSED = Guard(words="a proposal stands", check=_proposed)
SECOND_PERSON = Guard(words="after a proposal by another", check=_second_person)
PHOTOS_THERE = Guard(words="every photo still there", check=_photos_there)
LOOKED = Guard(words="every photo looked at by whoever decides", check=_looked)
NOTHING_LEGAL = Guard(words="no legal or risk hold", check=_nothing_legal)
NO_DISPUTE = Guard(words="no dispute that compliance releases", check=_no_dispute)
NOBODY_ELSE = Guard(words="nobody else claims the identity", check=_nobody_else)
IDLE = Guard(words="draft 7 d, needs_more 30 d, or the account is not disabled any more", check=_idle)
