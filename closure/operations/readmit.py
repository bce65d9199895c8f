"""A disabled account that no reactivation opens: an agent proposes to open it, on its resolved case, a lead confirms.

That is the way where the policy reactivates nobody by documents, and for who was locked out by an alarm of their own:
staff have spoken with them in the case. After a dispute of a closing two of compliance release it instead, and while a
legal or risk hold stands nobody opens anything.
"""

import json
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import contacts, suspicious
from accounts.actors import Actor
from accounts.cases import UnknownCase
from accounts.enums import AccountStatus, Action, CaseKind, CaseState
from accounts.exceptions import NotAllowed
from accounts.journal import record
from accounts.models import Account, Case, Event
from closure import causes
from closure.exceptions import ReasonRequired, SecondPersonRequired, TransitionRefused
from closure.mails import LEGAL_WORDS
from closure.operations import release
from closure.policy import loader
from closure.powers import AS_AGENT, AS_LEAD
from closure.reactivation import admission, mails

PROPOSED, READMITTED = "readmission.proposed", "readmission.confirmed"


def readmit(case_id: UUID, *, actor: Actor, reason: str, now: datetime) -> bool:
    """Propose to open the account of a resolved case, or carry out what another proposed; returns whether it is open.

    Needs an agent, then a lead who is somebody else, each with a reason. Raises NotAllowed, ReasonRequired,
    UnknownCase, SecondPersonRequired (for who proposed it, and the owner), TransitionRefused.
    """
    if not actor.may(AS_AGENT):
        raise NotAllowed(_("Your role does not open accounts again."))
    if not reason.strip():
        raise ReasonRequired
    with transaction.atomic():
        account, case = _lock(case_id)
        if actor.account_id == account.pk:
            raise SecondPersonRequired
        check(account, case)
        first = _proposal(account, case)
        if first is None:
            told = {"case": case.reference}
            record(PROPOSED, actor=actor, at=now, account=account, data=told, note=reason.strip())
            return False
        if first.actor == actor.label or not actor.may(AS_LEAD):
            raise SecondPersonRequired
        _open(account, case, first=first, actor=actor, reason=reason, now=now)
    return True


def check(account: Account, case: Case) -> None:
    """Raise TransitionRefused unless this case, as it is resolved, may open the account."""
    if account.status != AccountStatus.DISABLED or account.is_staff:
        raise TransitionRefused(_("This account is not disabled."), code="not_disabled")
    resolved = case.resolved_at if case.state == CaseState.RESOLVED else None
    if resolved is None or resolved < account.status_changed_at:
        raise TransitionRefused(_("Resolve the case first: the account is opened on what was found."), code="case_open")
    if causes.is_held(account.pk) or release.stands(account):
        raise TransitionRefused(str(LEGAL_WORDS), code="on_hold")
    if not _is_way(account, case):
        raise TransitionRefused(
            _("The owner reactivates this account: a note and a document, at /reactivate/."),
            code="reactivation_offered",
        )


def may_go_on(actor: Actor, case: Case) -> bool:
    """Tell whether the actor may be the next of the two, on a case that may open its account."""
    account = Account.objects.filter(pk=case.account_id).first() if case.account_id else None
    if account is None or actor.account_id == account.pk or not actor.may(AS_AGENT):
        return False
    try:
        check(account, case)
    except TransitionRefused:
        return False
    first = _proposal(account, case)
    return first is None or (first.actor != actor.label and actor.may(AS_LEAD))


def proposed_by(case: Case) -> str | None:
    """Return the label of who proposed it, None while nobody has: the journal is what remembers it."""
    account = Account.objects.filter(pk=case.account_id).first() if case.account_id else None
    first = _proposal(account, case) if account is not None else None
    return first.actor if first is not None else None


def _lock(case_id: UUID) -> tuple[Account, Case]:
    """Return both, locked, the account first; raises UnknownCase, also for a case of nobody we know."""
    owner = Case.objects.filter(pk=case_id).values_list("account_id", flat=True).first()
    account = Account.objects.select_for_update().filter(pk=owner).first() if owner is not None else None
    if account is None:
        raise UnknownCase(_("There is no such case, or nobody has shown that it is theirs."))
    return account, Case.objects.select_for_update().get(pk=case_id)


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


def _proposal(account: Account, case: Case) -> Event | None:
    """Return the proposal on this case since the account was disabled last."""
    since = account.status_changed_at
    events = Event.objects.filter(account_id=account.pk, action=PROPOSED, at__gte=since).order_by("id")
    mine = (each for each in events if json.loads(bytes(each.body))["data"]["case"] == case.reference)
    return next(mine, None)


def _open(account: Account, case: Case, *, first: Event, actor: Actor, reason: str, now: datetime) -> None:
    said = {"reference": case.reference, "case": case.reference, "at": now}
    said |= {"held_until": admission.held_until_of(account, now=now)}
    told = {"case": case.reference, "proposed_by": first.actor}
    record(READMITTED, actor=actor, at=now, account=account, data=told, note=reason.strip())
    admission.admit(account, actor=actor, reason="readmitted", now=now)
    contacts.tell(contacts.current(account), account, mails.ADMITTED, said, now=now)
