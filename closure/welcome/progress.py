"""The list of somebody who came back: begun at waking, looked through, finished by its owner (J06, N01-N07).

What the account itself shows is never pressed: a new password, an authenticator, words for our mails. The rest its
owner reviews and says so; what the core keeps is asked of the core, and no answer is no yes.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.enums import FactorKind
from accounts.exceptions import NotAllowed
from accounts.journal import record
from accounts.models import Account
from accounts.verification import upkeep
from accounts.verification.enrollment import themselves
from closure import reading
from closure.enums import WelcomeTask
from closure.exceptions import CoreAway
from closure.models import WelcomeBack
from closure.operations import core_access, whitelist
from closure.policy import loader
from closure.welcome import gate

T = WelcomeTask
BEGUN, REVIEWED, FINISHED = "welcome_back.begun", "welcome_back.reviewed", "welcome_back.finished"
# Shown by the account itself; the others are pressed.
SHOWN = frozenset({T.PASSWORD, T.AUTHENTICATOR, T.WORDS})
STRONG = frozenset({FactorKind.TOTP, FactorKind.PASSKEY})


class NotYet(NotAllowed):
    """Something of the list is to be done first."""

    code = "not_yet"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One task, and whether it is done."""

    task: WelcomeTask
    done: bool


def begin(
    account: Account,
    *,
    away_since: datetime,
    password_since: datetime,
    actor: Actor,
    now: datetime,
    mandatory: bool | None = None,
) -> WelcomeBack:
    """Begin the list of a locked account that woke; one that was left unfinished begins anew.

    The owner was last here at `away_since`; a password counts as new that was chosen at `password_since` or later, a
    moment of the absence, never before it. It gates withdrawals where `mandatory` says so, or the policy in force where
    nothing is said.
    """
    mandatory = loader.current().dormancy.locks if mandatory is None else mandatory
    values = {
        "began_at": now,
        "away_since": away_since,
        "password_since": password_since,
        "mandatory": mandatory,
        "reviewed": {},
    }
    row, _is_new = WelcomeBack.objects.update_or_create(account=account, finished_at=None, defaults=values)
    record(BEGUN, actor=actor, at=now, account=account, data={"mandatory": mandatory})
    return row


def tasks(row: WelcomeBack, account: Account) -> list[Standing]:
    """Return every task in its order."""
    shown = {task for task, is_shown in _shown(row, account).items() if is_shown}
    return [Standing(task=task, done=task in shown or task.value in row.reviewed) for task in T]


def review(account: Account, task: WelcomeTask, *, now: datetime) -> None:
    """Note that the owner has looked through a task, once; raises NotYet, CoreAway. Not inside a transaction."""
    if task in SHOWN:
        raise NotYet(_("This is done on its own page."))
    _CHECKS.get(task, _nothing)(account, now)
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        row = gate.standing(owner.pk)
        if row is None or task.value in row.reviewed:
            return
        row.reviewed = {**row.reviewed, task.value: now.isoformat()}
        row.save(update_fields=["reviewed"])
        record(REVIEWED, actor=themselves(owner), at=now, account=owner, data={"task": task.value})


def finish(account: Account, *, now: datetime) -> None:
    """End the list: a mandatory one when every task is done, one that is advice when its owner likes; raises NotYet."""
    with transaction.atomic():
        owner = Account.objects.select_for_update().get(pk=account.pk)
        row = gate.standing(owner.pk)
        if row is None:
            return
        if row.mandatory and not all(each.done for each in tasks(row, owner)):
            raise NotYet(_("Some of the list is not done yet."))
        row.finished_at = now
        row.save(update_fields=["finished_at"])
        record(FINISHED, actor=themselves(owner), at=now, account=owner)


def _shown(row: WelcomeBack, account: Account) -> dict[WelcomeTask, bool]:
    kinds = {each.kind for each in upkeep.enrolled(account)}
    return {
        # When the one in use was chosen, not when one before it ended: a dead one was never replaced.
        T.PASSWORD: account.password_chosen_at is not None and account.password_chosen_at >= row.password_since,
        T.AUTHENTICATOR: bool(kinds & STRONG),
        T.WORDS: bool(account.anti_phishing_code),
    }


def _nothing(_account: Account, _now: datetime) -> None:
    """The owner's word is all there is."""


def _wallets_readable(account: Account, now: datetime) -> None:
    if any(each.found is None for each in reading.balances(account, now=now)):
        raise CoreAway


def _whitelist_is_on(account: Account, _now: datetime) -> None:
    if not whitelist.is_on(account):
        raise NotYet(_("Turn the whitelist on first."))


def _no_keys(account: Account, now: datetime) -> None:
    if core_access.api_keys(account, now=now):
        raise NotYet(_("There are API keys from before. Revoke them first."))


_CHECKS = {T.WALLETS: _wallets_readable, T.WHITELIST: _whitelist_is_on, T.API_KEYS: _no_keys}
