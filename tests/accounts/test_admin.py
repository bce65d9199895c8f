"""Accounts, restrictions and cases in the staff console: looked at, masked, never edited."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts import restrictions
from accounts.actors import Actor
from accounts.enums import CaseState, RestrictionKind, Role
from accounts.models import Account, Case, Restriction
from tests.console import case_of, console
from tests.factories import make_account, make_staff
from tests.pages import read
from tests.restricting import lift_all

pytestmark = pytest.mark.django_db

ACCOUNTS, CASES, RESTRICTIONS, JOURNAL = (
    f"/staff/accounts/{name}/" for name in ("account", "case", "restriction", "event")
)


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def rows(client: Client, path: str, **query: str) -> list[Any]:
    """Return the rows that a list shows, in its order."""
    context = client.get(path, query).context
    return [line[0] for line in context["lines"]] if path == JOURNAL else list(context["cl"].result_list)


def restrict(account: Account, kind: RestrictionKind, now: datetime) -> Restriction:
    return restrictions.place(account, kind, actor=Actor.system("tests"), note="Secret reason.", now=now)


@pytest.mark.row("L07")
@pytest.mark.parametrize("path", [ACCOUNTS, CASES, RESTRICTIONS, JOURNAL])
def test_pages_show_no_personal_data(sam: Client, ana: Account, now: datetime, path: str) -> None:
    restrict(ana, RestrictionKind.FRAUD_ALERT, now)
    case_of(ana, now)
    looked_at = [path, *(f"{path}{row.pk}/" for row in rows(sam, path))]
    assert len(looked_at) >= 2
    for address in looked_at:
        shown = sam.get(address).content.decode()
        for private in (ana.email or "", ana.phone or "", ana.name, "X-ANA-1", "Secret reason."):
            assert private not in shown, (address, private)


def test_accounts_are_found_by_what_identifies_them_in_full(sam: Client, ana: Account) -> None:
    make_account("ben")
    for term in ("ana@example.test", " Ana@Example.test ", ana.phone or "", str(ana.pk)):
        assert rows(sam, ACCOUNTS, q=term) == [ana], term
    for term in ("ana", "ana@", "Diaz", "X-ANA-1", "nobody@example.test", "%"):
        assert rows(sam, ACCOUNTS, q=term) == [], term
    assert len(rows(sam, ACCOUNTS)) == 3


def test_account_says_status_and_masked_contacts(sam: Client, ana: Account, now: datetime) -> None:
    restrict(ana, RestrictionKind.FRAUD_ALERT, now)
    case = case_of(ana, now)
    text = read(sam.get(f"{ACCOUNTS}{ana.pk}/")).text
    for said in (f"Account {ana.short_id}", "a•••@example.test", "active", "verified, level 2", "fraud alert", case):
        assert said in text, said


def test_account_says_until_when_withdrawals_are_held(sam: Client, ana: Account, now: datetime) -> None:
    said = "Withdrawals held until"
    assert said not in read(sam.get(f"{ACCOUNTS}{ana.pk}/")).text
    Account.objects.filter(pk=ana.pk).update(withdrawals_held_until=now + timedelta(days=365))
    assert said in read(sam.get(f"{ACCOUNTS}{ana.pk}/")).text


def test_case_is_opened_for_an_account(sam: Client, ana: Account) -> None:
    answer = sam.post(f"{ACCOUNTS}{ana.pk}/case/", {"kind": "lost_factor", "note": ""})
    assert (answer["Location"], Case.objects.get().account_id) == (f"{ACCOUNTS}{ana.pk}/", ana.pk)
    assert sam.post(f"{ACCOUNTS}{ana.pk}/case/", {"kind": "x"}).status_code == 422
    assert sam.get(f"{ACCOUNTS}{ana.pk}/case/").status_code == 405
    assert Case.objects.count() == 1


def test_case_is_resolved_by_who_handles_cases(sam: Client, ana: Account, now: datetime) -> None:
    case_of(ana, now)
    case = Case.objects.get()
    ada = console(make_staff("ada", Role.AUDITOR))
    assert "Resolve case" not in read(ada.get(f"{CASES}{case.pk}/")).text
    assert ada.post(f"{CASES}{case.pk}/resolve/", {}).status_code == 403
    assert sam.get(f"{CASES}{case.pk}/resolve/").status_code == 405
    assert sam.post(f"{CASES}{case.pk}/resolve/", {"note": "x" * 2001}).status_code == 422
    assert Case.objects.get().state == CaseState.OPEN
    assert sam.post(f"{CASES}{case.pk}/resolve/", {"note": "Done."})["Location"] == f"{CASES}{case.pk}/"
    assert Case.objects.get().state == CaseState.RESOLVED
    assert "Resolve case" not in read(sam.get(f"{CASES}{case.pk}/")).text


def test_cases_are_found_and_filtered(sam: Client, ana: Account, now: datetime) -> None:
    reference = case_of(ana, now)
    case_of(make_account("ben"), now)
    for term in (reference.lower(), "ana@example.test"):
        assert [case.reference for case in rows(sam, CASES, q=term)] == [reference]
    assert [len(rows(sam, CASES, state__exact=state)) for state in ("open", "resolved")] == [2, 0]


def test_restrictions_are_found_and_filtered(sam: Client, ana: Account, now: datetime) -> None:
    standing = restrict(ana, RestrictionKind.FRAUD_ALERT, now)
    lifted = restrict(make_account("ben"), RestrictionKind.RISK_CONTROL, now)
    lift_all(lifted.account_id, now=now)
    assert rows(sam, RESTRICTIONS) == [lifted, standing]
    assert rows(sam, RESTRICTIONS, state="stands") == [standing]
    assert rows(sam, RESTRICTIONS, state="lifted") == [lifted]
    assert rows(sam, RESTRICTIONS, kind__exact="risk_control") == [lifted]
    assert rows(sam, RESTRICTIONS, q="ana@example.test") == [standing]
    assert "Lifted by" in read(sam.get(f"{RESTRICTIONS}{lifted.pk}/")).text


@pytest.mark.parametrize("path", [ACCOUNTS, CASES, RESTRICTIONS])
def test_lists_ask_the_database_as_often_for_three_as_for_one(
    sam: Client, now: datetime, django_assert_num_queries: Any, path: str
) -> None:
    for name in ("ana", "ben", "cid"):
        account = make_account(name)
        restrict(account, RestrictionKind.FRAUD_ALERT, now)
        case_of(account, now)
        # Session, account, device, roles, rows.
        with django_assert_num_queries(5):
            sam.get(path)


@pytest.mark.parametrize("path", [ACCOUNTS, CASES, RESTRICTIONS, JOURNAL])
def test_nothing_is_added_changed_or_deleted(sam: Client, ana: Account, now: datetime, path: str) -> None:
    restrict(ana, RestrictionKind.FRAUD_ALERT, now)
    case_of(ana, now)
    row = rows(sam, path)[0]
    before = everything()
    asked = {"state": "resolved", "status": "closed", "post": "yes"}
    for address in (f"{path}add/", f"{path}{row.pk}/delete/", f"{path}{row.pk}/change/", f"{path}{row.pk}/", path):
        assert sam.post(address, asked).status_code in {200, 302, 404}
    assert everything() == before


def everything() -> list[list[tuple[Any, ...]]]:
    """Return what the tables hold."""
    wanted = ((Account, ("pk", "status", "email")), (Case, ("pk", "state")), (Restriction, ("pk", "kind", "lifted_at")))
    return [list(model.objects.order_by("pk").values_list(*fields)) for model, fields in wanted]
