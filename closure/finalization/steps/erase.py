"""Erases what is personal from every operational table, as the field classes say (F02, invariant 10)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.models import OutboxMessage
from closure.finalization.outcomes import Outcome
from closure.finalization.plan import FinalStep
from closure.finalization.steps.queue_last_mail import TEMPLATE as LAST_MAIL
from closure.finalization.steps.step import Step, all_done
from closure.models import ClosureRequest
from closure.restore import book
from closure.retention.erase import erase_accounts


def run(requests: Sequence[ClosureRequest], now: datetime) -> Mapping[UUID, Outcome]:
    """Erase these accounts, with every message but the last one, which is sealed and goes on delivery.

    The book of closures has a page of each before that is committed, so that no backup brings one back (H06).
    """
    keys = [request.account_id for request in requests]
    OutboxMessage.objects.filter(account_id__in=keys).exclude(template=LAST_MAIL).delete()
    erase_accounts(keys)
    book.write(requests, now=now)
    return all_done(requests)


STEP = Step(name=FinalStep.ERASE, run=run, local=True)
