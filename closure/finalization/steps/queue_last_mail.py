"""Queues the last message while we still know where to: from here on only its sealed payload holds the address."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from accounts.enums import MessageChannel
from accounts.messages import anti_phishing
from accounts.messages.outbox import enqueue
from closure.finalization.outcomes import Outcome
from closure.finalization.plan import FinalStep
from closure.finalization.steps.step import Step, all_done
from closure.models import ClosureRequest, Receipt

TEMPLATE = "closure_closed"


def run(requests: Sequence[ClosureRequest], now: datetime) -> Mapping[UUID, Outcome]:
    """Queue one message for each account that can be reached, by mail where there is an address."""
    receipts = dict(Receipt.objects.filter(request__in=requests).values_list("request_id", "id"))
    for request in requests:
        account = request.account
        channel = MessageChannel.EMAIL if account.email else MessageChannel.SMS
        if to := account.email or account.phone:
            enqueue(
                account_id=account.pk,
                template=TEMPLATE,
                channel=channel,
                to=to,
                language=account.language,
                context={
                    "reference": request.reference,
                    "receipt": str(receipts[request.pk]),
                    **anti_phishing.facts(account),
                },
                now=now,
            )
    return all_done(requests)


STEP = Step(name=FinalStep.QUEUE_LAST_MAIL, run=run, local=True)
