"""Which case opens a disabled account again, by two of the staff (docs/lifecycle.md, "Account")."""

import json

from django.utils.translation import gettext as _

from accounts import identity_check, suspicious
from accounts.enums import AccountStatus, Action, CaseKind, CaseState
from accounts.models import Account, Case, Event
from closure import causes
from closure.exceptions import TransitionRefused
from closure.mails import LEGAL_WORDS
from closure.operations import release
from closure.policy import loader


def check(account: Account, case: Case) -> None:
    """Raise TransitionRefused unless this case, as it is resolved, may open the account."""
    _check_disabled(account)
    resolved = case.resolved_at if case.state == CaseState.RESOLVED else None
    if resolved is None or resolved < account.status_changed_at:
        raise TransitionRefused(_("Resolve the case first: the account is opened on what was found."), code="case_open")
    _check_way(account, case)


def check_once_resolved(account: Account, case: Case) -> None:
    """Raise TransitionRefused unless all that is left is to resolve the case."""
    _check_disabled(account)
    _check_way(account, case)


def _check_disabled(account: Account) -> None:
    if account.status != AccountStatus.DISABLED or account.is_staff:
        raise TransitionRefused(_("This account is not disabled."), code="not_disabled")


def _check_way(account: Account, case: Case) -> None:
    if causes.is_held(account.pk) or release.stands(account):
        raise TransitionRefused(str(LEGAL_WORDS), code="on_hold")
    if not _is_way(account, case):
        raise TransitionRefused(
            _("The owner reactivates this account: a note and a document, at /reactivate/."),
            code="reactivation_offered",
        )
    check_one_person(account)


def check_one_person(account: Account) -> None:
    """Raise TransitionRefused while somebody else gives this identity as theirs: it is one person's (G05, G06)."""
    found = identity_check.open_about(account.pk)
    if found:
        told = {"case": found[0].reference}
        said = _("Somebody else gave this identity as theirs. Resolve case %(case)s first.") % told
        raise TransitionRefused(said, code="duplicate")


def _is_way(account: Account, case: Case) -> bool:
    """Tell whether staff open it in a case: who has switched it off themselves sends a note and a document instead.

    Anybody with the mailbox opens a case of any kind, so its kind alone says nothing of who locked the account.
    """
    if not loader.current().reactivation.disable_offered:
        return True
    return case.kind == CaseKind.SUSPICIOUS_SIGN_IN and _was_locked_out(account)


def _was_locked_out(account: Account) -> bool:
    """Tell whether it was an alarm that disabled the account, by the journal."""
    moves = Event.objects.filter(account_id=account.pk, action=Action.STATUS_CHANGED).order_by("-id")
    last = moves.first()
    return last is not None and json.loads(bytes(last.body))["data"]["reason"] == suspicious.REASON
