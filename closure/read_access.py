"""Who may look at balances and history of a frozen account: a status session, after a fresh factor, and no other (E02).

The link alone shows no money (invariant 18 lets the mailbox stop things, and nothing else). The session names the
verification that was used up; the row is asked each time for whom and for which request that was.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.journal import record
from accounts.models import StepUp
from accounts.verification import step_up as step_ups
from closure import fresh_factor, lifecycle, offers, verification
from closure.enums import Reading
from closure.exceptions import TransitionRefused
from closure.status_session import StatusSession

OPENED_BY = "reading_step_up"
OPENED = "reading.opened"


def open_account(session: Any, visit: StatusSession, step_up: StepUp, *, now: datetime) -> None:
    """Use a verification up and let this session look, as long as it lives; raises ProofRefused, TransitionRefused.

    Writes the session's row with account and request locked. Journals "reading.opened".
    """
    purpose = fresh_factor.PURPOSES[Reading.ACCOUNT]
    digest = verification.digest(visit.request, Reading.ACCOUNT)
    proof = step_ups.prove(step_up, account=visit.request.account, purpose=purpose, digest=digest, now=now)
    with transaction.atomic():
        account, request = lifecycle.lock(visit.request.pk)
        if not offers.readable(request):
            raise TransitionRefused(_("This is not shown here, or not any more."), code="not_readable")
        step_ups.consume(fresh_factor.check(proof, request, Reading.ACCOUNT, carried_by=visit.carried_by), now=now)
        told = {"request": str(request.pk), "step_up": str(proof.step_up_id)}
        record(OPENED, actor=visit.actor, at=now, account=account, data=told)
        session[OPENED_BY] = str(proof.step_up_id)
        session.save()


def is_open(session: Any, visit: StatusSession) -> bool:
    """Tell whether this session gave the code for looking at this account."""
    named = session.get(OPENED_BY)
    if named is None or not offers.readable(visit.request):
        return False
    digest = verification.digest(visit.request, Reading.ACCOUNT)
    used = StepUp.objects.filter(pk=UUID(named), account=visit.request.account, digest=digest, used_at__isnull=False)
    return used.exists()
