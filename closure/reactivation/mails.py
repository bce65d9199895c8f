"""Mails that tell the owner of a reactivation, at every contact: whoever did not ask for it learns that somebody tries.

Queued in the transaction of the change that they tell.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import translation

from accounts import contacts
from accounts.enums import AccountStatus
from accounts.models import Account
from closure.enums import ReactivationAction
from closure.models import Reactivation
from closure.reactivation import admission, guards, rules
from closure.reactivation.facts import Context
from closure.reactivation.rules import Rule

A = ReactivationAction
STARTED, SUBMITTED, ADMITTED = "reactivation_started", "reactivation_submitted", "reactivation_approved"
# With these goes a link that stops it (closure.reactivation.stopping).
STOPPABLE = (STARTED, SUBMITTED)
TEMPLATES: Mapping[ReactivationAction, str] = {
    A.START: STARTED,
    A.SUBMIT: SUBMITTED,
    A.ASK: "reactivation_asked",
    A.APPROVE: ADMITTED,
    A.REFUSE: "reactivation_refused",
    A.WITHDRAW: "reactivation_withdrawn",
    A.LAPSE: "reactivation_withdrawn",
}


# What its owner was told: staff may read it for a time (accounts.messages.kept).
TOLD = tuple(sorted(set(TEMPLATES.values())))


def tell(context: Context, action: ReactivationAction) -> None:
    """Queue what goes with an action, if anything does; the account is locked and stands as it did before."""
    mail = mail_of(context, action)
    if mail is not None:
        template, said = mail
        contacts.tell(contacts.current(context.account), context.account, template, said, now=context.now)


def mail_of(context: Context, action: ReactivationAction) -> tuple[str, dict[str, Any]] | None:
    """Return template and facts of what goes with an action; None where nothing does."""
    template = TEMPLATES.get(action)
    if template is None or _is_moot(context, action):
        return None
    return template, {**facts(context.reactivation, now=context.now), **_more(context, action)}


def _is_moot(context: Context, action: ReactivationAction) -> bool:
    """Tell whether it ends because the account is open again by another way, of which its owner was told."""
    return action is A.LAPSE and context.account.status != AccountStatus.DISABLED


def facts(reactivation: Reactivation, *, now: datetime) -> dict[str, Any]:
    """Return what every message says."""
    return {"reference": reactivation.reference, "case": reactivation.case.reference, "at": now}


def _more(context: Context, action: ReactivationAction) -> dict[str, Any]:
    if action in {A.ASK, A.REFUSE}:
        said = {"rules": in_words(context.account, context.facts.broken), "asked": context.facts.asked.strip()}
        return {**said, "until": context.now + guards.MORE_OPEN} if action is A.ASK else said
    if action is A.APPROVE:
        return {"held_until": admission.held_until_of(context.account, now=context.now)}
    return {"lapsed": action is A.LAPSE}


def in_words(account: Account, broken: tuple[Rule, ...]) -> list[str]:
    """Return the rules in the language of the account's owner."""
    with translation.override(account.language):
        return [rules.words(rule) for rule in broken]
