"""Nothing personal is readable after closing, anywhere in the database (F02, invariant 10)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from accounts import clock
from accounts.messages.outbox import send_due
from accounts.models import Account, Case, OutboxMessage
from closure import exchange
from closure.exchange.contract import Done
from closure.exchange.ledger.gateway import LedgerGateway
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from closure.models import ClosureRequest
from tests.closure.closing import approved
from tests.closure.planting import PLANTED, places, plant
from tests.factories import document_number
from tests.fakes.smtp import smtp_server
from tests.outbox import messages, opened

pytestmark = pytest.mark.django_db(transaction=True)


def planted(name: str, now: datetime) -> ClosureRequest:
    """Make a due closure of somebody who left traces everywhere but in what the account check looks at."""
    request = approved(name, now=now)
    plant(request.account, now)
    clear_the_core(request.account)
    return request


def clear_the_core(account: Account) -> None:
    """Empty what blocks closing; keys, addresses and the history stay."""
    kept = {"LedgerApiKey", "LedgerAddress", "LedgerTransaction", "LedgerImport", "LedgerEffect", "LedgerEvent"}
    for model in ClosureRequest._meta.apps.get_app_config("closure").get_models():
        if model.__name__.startswith("Ledger") and model.__name__ not in {*kept, "LedgerCounter"}:
            model._base_manager.filter(account_id=account.pk).delete()
    account.restrictions.all().delete()


@pytest.mark.row("F02", "F03")
def test_erase_leaves_no_planted_value_in_the_database(now: datetime) -> None:
    request = planted("ana", now)
    account = Account.objects.get(pk=request.account_id)
    traces = [PLANTED, str(account.email), str(account.phone), document_number("ana")]
    assert len({needle for _place, needle in places(*traces)}) == 3  # the document is a fingerprint from the start
    assert finalize_due(now=now) == Summary(closed=1)
    assert places(*traces) == []


@pytest.mark.row("F02")
def test_erase_leaves_other_customers_as_they_are(now: datetime) -> None:
    other = planted("ben", now)
    ClosureRequest.objects.filter(pk=other.pk).update(finalizes_after=now + timedelta(days=365))
    before = [place for place, _needle in places(PLANTED)]
    planted("ana", now)
    assert finalize_due(now=now) == Summary(closed=1)
    assert [place for place, _needle in places(PLANTED)] == before


@pytest.mark.row("F02", "G07")
def test_erase_keeps_the_tombstone_only(now: datetime) -> None:
    request = planted("ana", now)
    finalize_due(now=now)
    account = Account.objects.get(pk=request.account_id)
    kept = (account.status, account.email, account.phone, account.name, account.password, account.document_type)
    assert kept == ("closed", None, None, "", "!", "")
    assert list(account.identifiers.all()) == []


def test_erase_keeps_the_last_message_sealed(now: datetime) -> None:
    request = planted("ana", now)
    finalize_due(now=now)
    kept = messages(request.account)
    assert [(message.template, message.state) for message in kept] == [("closure_closed", "queued")]
    assert opened(kept[0]).to == "ana@example.test"


class Slow(LedgerGateway):
    """The real ledger, which closes an account when its last mail has ended."""

    def close(self, account_id: UUID, *, key: str) -> Done:
        """Let the sender be quicker."""
        send_due(now=self._clock())
        assert messages(Account.objects.get(pk=account_id))[0].state != "queued"
        return super().close(account_id, key=key)


def test_nothing_stays_of_a_last_mail_that_ended_before_its_account_was_closed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr(exchange, "get_gateway", lambda: Slow(clock.now))
    request = planted("ana", now)
    with smtp_server() as mailbox:
        settings.EMAIL_URL = mailbox.url
        assert finalize_due(now=now) == Summary(closed=1)
    assert (mailbox.recipients, messages(request.account)) == ([["ana@example.test"]], [])


def test_queue_last_mail_writes_to_a_phone_where_there_is_no_address(now: datetime) -> None:
    request = approved(now=now)
    Account.objects.filter(pk=request.account_id).update(email=None)
    finalize_due(now=now)
    sent = OutboxMessage.objects.get(account_id=request.account_id)
    assert (sent.channel, opened(sent).to) == ("sms", request.account.phone)


def test_erase_keeps_cases_by_reference(now: datetime) -> None:
    request = approved(now=now)
    case = Case.objects.create(account_id=request.account_id, kind="other", created_at=now)
    finalize_due(now=now)
    assert Case.objects.get().reference == case.reference
