"""What follows "I did not ask for this": a case, a word to the owner everywhere, a call to compliance (E07, L05)."""

from datetime import datetime

from accounts import cases, officers
from accounts.actors import Actor
from accounts.enums import CaseKind, CaseState
from accounts.models import Case
from closure.mails import write
from closure.models import ClosureRequest

DISPUTE = Actor.system("dispute")
TOLD, ALERT = "closure_disputed", "staff_dispute"


def follow_up(request: ClosureRequest, *, now: datetime) -> Case:
    """Open the case and queue the messages, inside the transaction of the dispute; its account is locked."""
    case = cases.open_by_itself(request.account, CaseKind.DISPUTE, actor=DISPUTE, now=now)
    said = {"reference": request.reference, "case": case.reference}
    write(request.account, TOLD, said, now=now, everywhere=True)
    officers.call(ALERT, said, now=now)
    return case


def open_cases(request: ClosureRequest) -> list[Case]:
    """Return the cases that disputes of this account opened and nobody resolved."""
    mine = Case.objects.filter(account_id=request.account_id, kind=CaseKind.DISPUTE)
    return list(mine.exclude(state=CaseState.RESOLVED).order_by("id"))
