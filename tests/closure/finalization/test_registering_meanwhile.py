"""Nobody takes an identifier while its account closes: before, it is taken; afterwards, blocked (invariant 16)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from accounts.creation import IdentityFacts, NewAccount, create_account
from accounts.enums import AccountStatus
from accounts.identifiers import IdentifierTaken
from accounts.models import Account
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from tests.closure.closing import approved
from tests.factories import FACTORY, document_number
from tests.races import Racers

pytestmark = pytest.mark.django_db(transaction=True)

RUNS = {"postgresql": 12, "sqlite": 2}
PATIENCE = 2000


def taking(now: datetime, request: ClosureRequest, email: str | None, number: str | None) -> Callable[[], str]:
    """Return a call that tries to take an identifier of the account until the account is closed, and once more."""

    def take() -> str:
        for _turn in range(PATIENCE):
            is_closed = Account.objects.get(pk=request.account_id).status == AccountStatus.CLOSED
            new = NewAccount(
                email=email,
                phone=None,
                created_at=now,
                last_active_at=now,
                identity=IdentityFacts(document_number=number),
            )
            try:
                create_account(new, actor=FACTORY, now=now)
            except IdentifierTaken:
                if is_closed:
                    return "kept out"
            else:
                return "came in"
        return "never closed"

    return take


def take_with_a_closing_before(statement: int, request: ClosureRequest, now: datetime) -> str:
    """Try to take the address while, right before one of the statements, its account closes; returns how it ended."""
    seen = 0

    def close(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal seen
        if seen == statement:
            closing = Thread(target=closed, args=(now,))
            closing.start()
            closing.join()
        seen += 1
        return execute(*args)

    with connection.execute_wrapper(close):
        return taking(now, request, str(request.account.email), None)()


def closed(now: datetime) -> None:
    finalize_due(now=now)
    connection.close()


@pytest.mark.row("G03", "G06")
def test_closing_between_any_two_statements_lets_nobody_in(now: datetime) -> None:
    # One try takes less than that. SQLite has one writer: once somebody began, nothing closes before that is over.
    moments = {"postgresql": 24, "sqlite": 1}[connection.vendor]
    ends = []
    for statement in range(moments):
        at = now - timedelta(minutes=10 * statement)
        ends.append(take_with_a_closing_before(statement, approved(f"bea{statement}", now=at), at))
    assert ends == ["kept out"] * moments


@pytest.mark.row("G01", "G03", "G06")
def test_nobody_takes_an_identifier_while_its_account_closes(now: datetime) -> None:
    with Racers(4) as racers:
        for run in range(RUNS[connection.vendor]):
            at = now - timedelta(minutes=10 * run)
            request = approved(f"ana{run}", now=at)
            email, number = str(request.account.email), document_number(f"ana{run}")
            takers = [taking(at, request, *given) for given in ((email, None), (None, number), (email, number))]
            results = racers.race([lambda at=at: str(finalize_due(now=at).closed), *takers])  # type: ignore[misc]
            assert results == ["1", *["kept out"] * 3]
