"""Downloading records while signed in: a fresh factor of its own, then ten minutes for one file in one session (D07).

Whoever holds a live session alone exports nothing (invariant 18). The session keeps no flag that says "open": it names
the verification that was used up, and the row is asked each time for which account and which file that was, and when.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import codes
from accounts.actors import Actor
from accounts.enums import Purpose
from accounts.exceptions import ProofRefused
from accounts.journal import record
from accounts.models import Account, StepUp
from accounts.verification import changes
from accounts.verification.step_up import StepUpProof

# The one file there is so far; what a verification is bound to beside the account.
TRANSACTIONS = "transactions"
OPEN_FOR = timedelta(minutes=10)
OPENED_BY = "export_step_up"
OPENED = "export.opened"


def open_until(session: Any, account: Account, *, now: datetime) -> datetime | None:
    """Return until when this session may download the file of this account, None when it may not."""
    named = session.get(OPENED_BY)
    if named is None:
        return None
    bound = changes.digest(account, Purpose.EXPORT_DATA, TRANSACTIONS)
    rows = StepUp.objects.filter(account=account, purpose=Purpose.EXPORT_DATA, digest=bound)
    used_at = rows.filter(pk=UUID(named)).values_list("used_at", flat=True).first()
    if used_at is None or not used_at - codes.SKEW <= now < used_at + OPEN_FOR:
        return None
    return used_at + OPEN_FOR


def open_file(session: Any, proof: StepUpProof, *, now: datetime) -> None:
    """Use a verification up and let this session, and no other, download; raises ProofRefused.

    Writes the session's row here, with the account locked: one that was written after freezing would outlive it
    (invariant 3). Journals "export.opened" with the verification's id.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update().get(pk=proof.account_id)
        if account.is_active:
            changes.use(proof, account, Purpose.EXPORT_DATA, TRANSACTIONS, now=now)
            told = {"file": TRANSACTIONS, "step_up": str(proof.step_up_id)}
            record(OPENED, actor=Actor.customer(account), at=now, account=account, data=told)
            session[OPENED_BY] = str(proof.step_up_id)
            session.save()
    if not account.is_active:
        session.flush()
        raise ProofRefused
