"""The alarm: somebody says that it was not them. The account is locked, sessions end, staff are called (L05, N06)."""

from datetime import datetime

from accounts import cases, closing, contacts, officers
from accounts.actors import Actor
from accounts.enums import AccountStatus, CaseKind
from accounts.models import OPEN_FOR_SIGN_IN, Account, Case, Session, StepUp
from accounts.status import change_status

ALARM = Actor.system("alarm")
TOLD, ALERT = "account_locked", "staff_alarm"


def lock_out(account: Account, kind: CaseKind, *, actor: Actor, reason: str, now: datetime) -> Case:
    """Stop an open closure, lock the account, open a case and tell owner and staff, in the caller's transaction.

    The account row is locked by the caller; `reason` is a code. An account that cannot sign in anyway stays as it is.
    """
    closing.stop(account, actor=actor, now=now)
    account.refresh_from_db()
    if account.status in OPEN_FOR_SIGN_IN:
        change_status(account, AccountStatus.DISABLED, actor=actor, reason=reason, now=now)
    end_sessions(account, now=now)
    case = cases.open_by_itself(account, kind, actor=ALARM, now=now)
    said = {"case": case.reference, "at": now}
    contacts.tell(contacts.current(account), account, TOLD, said, now=now)
    officers.call(ALERT, said, now=now)
    return case


def end_sessions(account: Account, *, now: datetime) -> None:
    """End every session of a locked account, and what was begun in them."""
    Session.objects.filter(account_id=account.pk).delete()
    StepUp.objects.filter(account=account, used_at=None, replaced_at=None).update(replaced_at=now)
