"""Legal holds at the console: compliance works there, auditors read, nobody else learns of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Account
from closure.retention import holds
from closure.retention.models import LegalHold
from tests.console import console
from tests.factories import make_account, make_staff
from tests.holding import BASIS, CASE, lift, officer, place, review_day, sealed_record
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("H05")]
LIST = "/staff/retention/legalhold/"
DAY = timedelta(hours=24)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def olga() -> Client:
    return console(make_staff("olga", Role.COMPLIANCE))


@pytest.fixture
def omar() -> Client:
    return console(make_staff("omar", Role.COMPLIANCE))


def order(now: datetime, **more: str) -> dict[str, str]:
    """Return what compliance types to place a hold."""
    typed = {"account": "ana@example.test", "case_number": CASE, "basis": BASIS, "reason": "By registered mail."}
    return {**typed, "review_on": review_day(now).isoformat(), **more}


def act(client: Client, hold: LegalHold, code: str, reason: str = "Read it.", **more: str) -> Any:
    """Send the form of one act."""
    return client.post(f"{LIST}{hold.pk}/{code}/", {"reason": reason, **more})


def offered(client: Client, hold: LegalHold) -> list[str]:
    """Return the acts that the page of a hold offers."""
    forms = [form.get("action", "") for form in read(client.get(f"{LIST}{hold.pk}/")).every("form")]
    return [action.split("/")[-2] for action in forms if str(hold.pk) in action]


def test_hold_is_placed_confirmed_and_lifted_by_pages(olga: Client, omar: Client, ana: Account, now: datetime) -> None:
    assert f'href="{LIST}place/"' in olga.get(LIST).content.decode()
    placed = olga.post(f"{LIST}place/", order(now))
    hold = LegalHold.objects.get()
    assert (placed["Location"], hold.account_id, hold.case_number) == (f"{LIST}{hold.pk}/", ana.pk, CASE)
    assert (offered(olga, hold), offered(omar, hold)) == (
        ["propose_lift", "review"],
        ["confirm", "propose_lift", "review"],
    )
    assert act(omar, hold, "confirm").status_code == 302
    assert act(olga, hold, "propose_lift").status_code == 302
    assert (offered(olga, hold), offered(omar, hold)) == (["review"], ["lift", "review"])
    assert act(omar, hold, "lift").status_code == 302
    assert (offered(olga, hold), offered(omar, hold)) == ([], [])
    text = read(olga.get(f"{LIST}{hold.pk}/")).text
    for said in (CASE, BASIS, ana.short_id, "lifted", "Lifting proposed by", "Lifted by"):
        assert said in text, said


@pytest.mark.row("L06")
def test_server_refuses_the_second_step_of_the_same_person(olga: Client, ana: Account, now: datetime) -> None:
    olga.post(f"{LIST}place/", order(now))
    hold = LegalHold.objects.get()
    refused = act(olga, hold, "confirm")
    assert (refused.status_code, LegalHold.objects.get().confirmed_at) == (403, None)
    act(olga, hold, "propose_lift")
    refused = act(olga, hold, "lift")
    assert (refused.status_code, LegalHold.objects.get().lifted_at) == (403, None)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"account": "nobody@example.test"}, "There is no account"),
        ({"account": "01a22759-9b66-7f50-8a43-3d5b8e9c2f11"}, "There is no such account."),
        ({"case_number": ""}, "This field is required."),
        ({"basis": "b" * 201}, "at most 200 characters"),
        ({"review_on": "2020-01-01"}, "must be later than today"),
        ({"review_on": "soon"}, "Enter a valid date."),
        ({"record": "01a22759-9b66-7f50-8a43-3d5b8e9c2f11"}, "no such record"),
        ({"reason": " "}, "This field is required."),
    ],
)
def test_what_is_wrong_with_an_order_is_said(
    olga: Client, ana: Account, now: datetime, typed: dict[str, str], words: str
) -> None:
    answer = olga.post(f"{LIST}place/", order(now, **typed))
    assert (answer.status_code, words in read(answer).text, LegalHold.objects.count()) == (422, True, 0)


def test_record_is_held_by_its_id(olga: Client, ana: Account, now: datetime) -> None:
    record = sealed_record(ana.pk, now=now)
    olga.post(f"{LIST}place/", order(now, account=str(ana.pk), record=str(record.pk)))
    assert LegalHold.objects.get().record_id == record.pk
    assert "one record" in read(olga.get(LIST)).text


def test_next_day_of_review_is_set(olga: Client, ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    assert act(olga, hold, "review", review_on="2020-01-01").status_code == 422
    assert act(olga, hold, "review", review_on="2099-01-31").status_code == 302
    assert "31 Jan 2099" in read(olga.get(f"{LIST}{hold.pk}/")).text
    assert "next day of review set" in read(olga.get(f"/staff/accounts/event/?account_id={ana.pk}")).text


def test_reason_is_needed_for_every_act(omar: Client, ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    answer = act(omar, hold, "confirm", reason="")
    assert (answer.status_code, "This field is required." in read(answer).text) == (422, True)
    assert act(omar, hold, "lift").status_code == 422
    assert act(omar, hold, "eat").status_code == 404
    assert omar.get(f"{LIST}{hold.pk}/confirm/").status_code == 405
    assert LegalHold.objects.get().confirmed_at is None


def test_list_has_overdue_holds_first_and_lifted_ones_last(olga: Client, now: datetime) -> None:
    made = {name: place(make_account(name).pk, now=now - DAY) for name in ("over", "confirmed", "lifted", "proposed")}
    made["new"] = place(make_account("new").pk, now=now)
    holds.confirm(made["confirmed"].pk, reason="x", actor=officer("omar"), now=now)
    lift(made["lifted"], now=now)
    holds.propose_lift(made["proposed"].pk, reason="x", actor=officer("omar"), now=now)
    answer: Any = olga.get(LIST)
    found = {hold.pk: name for name, hold in made.items()}
    order_shown = [found[row.pk] for row in answer.context["cl"].result_list]
    assert order_shown == ["over", "proposed", "new", "confirmed", "lifted"]
    assert "overdue: nobody confirmed it" in read(answer).text


def test_holds_are_found_by_account(olga: Client, ana: Account, now: datetime) -> None:
    hold = place(ana.pk, now=now)
    place(make_account("ben").pk, now=now)
    for term in ("ana@example.test", str(ana.pk)):
        answer: Any = olga.get(LIST, {"q": term})
        assert [row.pk for row in answer.context["cl"].result_list] == [hold.pk]


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_holds(ana: Account, now: datetime, role: Role) -> None:
    hold = place(ana.pk, now=now)
    client = console(make_staff("sam", role))
    sees, works = role in {Role.COMPLIANCE, Role.AUDITOR}, role is Role.COMPLIANCE
    paths = (LIST, f"{LIST}{hold.pk}/")
    assert [client.get(path).status_code for path in paths] == [200 if sees else 403] * 2
    assert client.get(f"{LIST}place/").status_code == (200 if works else 403)
    assert (LIST in client.get("/staff/").content.decode()) is sees
    if not works:
        assert client.post(f"{LIST}place/", order(now)).status_code == 403
        assert act(client, hold, "confirm").status_code == 403
        assert (LegalHold.objects.count(), LegalHold.objects.get().confirmed_at) == (1, None)


def test_list_asks_the_database_as_often_for_three_as_for_one(
    olga: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    for name in ("ana", "ben", "cid"):
        place(make_account(name).pk, now=now)
        # Session, account, device, roles, rows.
        with django_assert_num_queries(5):
            olga.get(LIST)
