"""When the wait ends, mail about trades and balances ends with it: the core is told, the portal sends none (F04)."""

from datetime import datetime

import pytest

from accounts.models import OutboxMessage
from closure.exchange.ledger.models import LedgerAccountState
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from tests.closure.closing import approved

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.row("F04")
def test_core_is_told_to_end_the_account_and_the_portal_sends_its_last_mail(now: datetime) -> None:
    request = approved("ana", now=now)
    before = set(OutboxMessage.objects.values_list("pk", flat=True))
    assert finalize_due(now=now) == Summary(closed=1)
    state = LedgerAccountState.objects.get(account_id=request.account_id)
    sent = OutboxMessage.objects.filter(account_id=request.account_id).exclude(pk__in=before)
    assert (state.closed, list(sent.values_list("template", flat=True))) == (True, ["closure_closed"])
