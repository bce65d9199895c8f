"""Every sign-in with a way to say that it was not oneself, and the same as a file that no spreadsheet obeys."""

import csv
import io
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from accounts import sign_in_history
from accounts.enums import CaseKind, FactorKind, SignInResult
from accounts.exceptions import NotAllowed
from accounts.models import Account, Case, Session, SignIn
from tests.factories import PASSWORD, make_account
from tests.outbox import messages
from tests.pages import house_rules, read, sign_in_by_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("N06")]
PAGE, FILE = "/security/sign-ins/", "/security/sign-ins/file.csv"


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_of_the_file_is_a_formula(ana: Account, now: datetime, start: str) -> None:
    SignIn.objects.create(
        account=ana,
        at=now,
        result=SignInResult.COMPLETED,
        factor=FactorKind.TOTP,
        user_agent=f'{start}HYPERLINK("https://evil.test","x")',
    )
    rows = list(csv.reader(io.StringIO(sign_in_history.as_csv(sign_in_history.latest(ana)), newline="")))
    assert [row[-1][0] for row in rows[1:]] == ["'"]
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []


def test_list_and_file_have_ones_own_sign_ins_alone(client: Client, ana: Account) -> None:
    sign_in_by_mail(Client(), make_account("bea"), PASSWORD)
    sign_in_by_mail(client, ana, PASSWORD)
    page = read(client.get(PAGE))
    assert (house_rules(page), page.text.count("This was not me")) == ([], 1)
    answer = client.get(FILE)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="sign-ins.csv"'
    assert len(answer.content.decode().splitlines()) == 2


@pytest.mark.row("L05")
def test_not_me_locks_ends_every_session_and_opens_a_case(client: Client, ana: Account) -> None:
    other = Client()
    sign_in_by_mail(other, ana, PASSWORD)
    sign_in_by_mail(client, ana, PASSWORD)
    address = f"{PAGE}{SignIn.objects.filter(account=ana).latest('at').pk}/not-me/"
    assert house_rules(read(client.get(address))) == []
    ana.refresh_from_db()
    assert ana.status == "active"
    assert client.post(address)["Location"] == "/security/locked/"
    ana.refresh_from_db()
    assert (ana.status, Session.objects.count(), Case.objects.get().kind) == (
        "disabled",
        0,
        CaseKind.SUSPICIOUS_SIGN_IN,
    )
    assert [each.get(PAGE).status_code for each in (client, other)] == [302, 302]
    assert len(messages(ana, template="account_locked")) == 2
    assert read(client.get("/security/locked/")).text.count("Your account is locked") >= 1


def test_sign_in_of_somebody_else_cannot_be_disowned(client: Client, ana: Account, now: datetime) -> None:
    bea = make_account("bea")
    sign_in_by_mail(Client(), bea, PASSWORD)
    theirs = SignIn.objects.get(account=bea)
    for key in (theirs.pk, uuid4()):
        with pytest.raises(NotAllowed):
            sign_in_history.disown(ana, key, now=now)
    sign_in_by_mail(client, ana, PASSWORD)
    assert client.post(f"{PAGE}{theirs.pk}/not-me/")["Location"] == PAGE
    assert client.get(f"{PAGE}{theirs.pk}/not-me/")["Location"] == PAGE
    assert Account.objects.filter(status="disabled").count() == 0
