"""Claims at the console: oldest open ones first, proposed by one and settled by another."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from accounts.models import Event
from closure.claims import take
from closure.models import ClosureRequest, DepositClaim
from closure.retention.models import Extension
from tests.claiming import claim_of, closed, report
from tests.console import console
from tests.factories import make_staff
from tests.holding import place
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("F08", "L06")]
LIST = "/staff/closure/depositclaim/"
WHY = {"outcome": "paid", "reason": "She showed her passport."}


def claims(count: int, now: datetime) -> list[DepositClaim]:
    """Make a closed account with so many claims, one after the other."""
    ana = closed(now=now)
    for number in range(count):
        take(report(ana.pk, at=now, event_id=f"core-{number}"), now=now + timedelta(minutes=number))
    return list(DepositClaim.objects.order_by("opened_at"))


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


@pytest.fixture
def lea() -> Client:
    return console(make_staff("lea", Role.LEAD))


def act(client: Client, claim: DepositClaim, code: str, **more: str) -> Any:
    """Send the form of one act."""
    return client.post(f"{LIST}{claim.pk}/{code}/", {**WHY, **more})


def offered(client: Client, claim: DepositClaim) -> list[str]:
    """Return the acts that the page of a claim offers."""
    forms = [form.get("action", "") for form in read(client.get(f"{LIST}{claim.pk}/")).every("form")]
    return [action.split("/")[-2] for action in forms if str(claim.pk) in action and "/find/" not in action]


def test_claim_is_settled_by_two_pages(sam: Client, lea: Client, now: datetime) -> None:
    [claim] = claims(1, now)
    assert (offered(sam, claim), offered(lea, claim)) == (["propose"], ["propose"])
    assert act(sam, claim, "propose").status_code == 302
    assert (offered(sam, claim), offered(lea, claim)) == (["propose"], ["settle", "propose"])
    assert act(lea, claim, "settle")["Location"] == f"{LIST}{claim.pk}/"
    assert (offered(sam, claim), offered(lea, claim)) == ([], [])
    claim.refresh_from_db()
    assert (claim.outcome, claim.settled_at is None, Extension.objects.get().closed_at is None) == (
        "paid",
        False,
        False,
    )
    text = read(sam.get(f"{LIST}{claim.pk}/")).text
    for said in ("settled", "0.50 BTC", "core-0", claim.case.reference, "paid to the person", "Settled by"):
        assert said in text, said


@pytest.mark.parametrize("person", ["sam", "lea"])
def test_server_refuses_one_person_alone(sam: Client, lea: Client, now: datetime, person: str) -> None:
    [claim] = claims(1, now)
    client = {"sam": sam, "lea": lea}[person]
    act(client, claim, "propose")
    refused = act(client, claim, "settle")
    claim.refresh_from_db()
    assert (refused.status_code, claim.settled_at) == (403, None)


@pytest.mark.parametrize(
    ("code", "typed", "words"),
    [
        ("propose", {"outcome": ""}, "Choose what becomes of it."),
        ("propose", {"outcome": "eaten"}, "Select a valid choice."),
        ("propose", {"reason": ""}, "This field is required."),
        ("settle", {}, "propose what becomes of it first"),
    ],
)
def test_what_is_wrong_is_said(lea: Client, now: datetime, code: str, typed: dict[str, str], words: str) -> None:
    [claim] = claims(1, now)
    answer = act(lea, claim, code, **typed)
    claim.refresh_from_db()
    assert (answer.status_code, words in read(answer).text, claim.outcome) == (422, True, "")


def test_settling_what_was_replaced_or_is_held_is_refused(sam: Client, lea: Client, now: datetime) -> None:
    [claim] = claims(1, now)
    act(sam, claim, "propose", outcome="returned")
    answer = act(lea, claim, "settle")
    assert (answer.status_code, "Something else was proposed meanwhile" in read(answer).text) == (422, True)
    place(claim.account_id, now=now)
    answer = act(lea, claim, "settle", outcome="returned")
    assert (answer.status_code, "Nothing is paid out" in read(answer).text) == (422, True)


def test_list_has_open_claims_first_and_finds_by_exact_keys(sam: Client, lea: Client, now: datetime) -> None:
    first, second, third = claims(3, now)
    act(sam, first, "propose")
    act(lea, first, "settle")
    assert listed(sam) == [second.pk, third.pk, first.pk]
    assert (listed(sam, state="settled"), listed(sam, state="open")) == ([first.pk], [second.pk, third.pk])
    for term in (second.event_id, second.case.reference.lower()):
        assert listed(sam, q=term) == [second.pk]
    assert (len(listed(sam, q=str(first.account_id))), listed(sam, q="core")) == (3, [])


def listed(client: Client, **query: str) -> list[Any]:
    """Return the keys that the list shows, in its order."""
    answer: Any = client.get(LIST, query)
    return [row.pk for row in answer.context["cl"].result_list]


def test_auditors_read_and_settle_nothing(now: datetime) -> None:
    [claim] = claims(1, now)
    auditor = console(make_staff("ada", Role.AUDITOR))
    assert (offered(auditor, claim), act(auditor, claim, "propose").status_code) == ([], 403)
    assert auditor.get(f"{LIST}{claim.pk}/propose/").status_code == 405
    assert auditor.post(f"{LIST}{claim.pk}/eat/", {}).status_code == 404


def look(client: Client, claim: DepositClaim, value: str, **more: str) -> Any:
    """Ask whose archive it is, as the form on the page does."""
    return client.post(f"{LIST}{claim.pk}/find/", {"kind": "email", "value": value, "reason": "She wrote.", **more})


@pytest.fixture
def olga() -> Client:
    return console(make_staff("olga", Role.COMPLIANCE))


@pytest.mark.django_db(transaction=True)
def test_compliance_learns_whose_archive_it_is_and_nothing_else(olga: Client, now: datetime) -> None:
    claim = claim_of("ana", now=now)
    request = ClosureRequest.objects.get(account_id=claim.account_id)
    page = read(look(olga, claim, "ana@example.test"))
    assert "It is in the archive of the account that this claim belongs to." in page.text
    links = [link.get("href", "") for link in page.every("a")]
    assert f"/staff/closure/closurerequest/{request.pk}/" in links
    assert (request.reference in page.text, "Diaz" in page.text) == (True, False)
    assert "It is in no archive." in read(look(olga, claim, "eve@example.test")).text
    assert Event.objects.filter(action="claim.searched").count() == 2


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": ""}, "This field is required."),
        ({"value": "ana"}, "This is not an e-mail address"),
        ({"kind": "name"}, "Select a valid choice."),
    ],
)
def test_search_says_what_is_wrong_and_keeps_what_was_typed(
    olga: Client, now: datetime, typed: dict[str, str], words: str
) -> None:
    [claim] = claims(1, now)
    answer = look(olga, claim, typed.pop("value", "ana@example.test"), **typed)
    page = read(answer)
    assert (answer.status_code, words in page.text) == (422, True)
    assert [field["value"][:3] for field in page.every("input") if field.get("id") == "id_find_value"] == ["ana"]
    assert Event.objects.filter(action="claim.searched").count() == 0


def test_search_is_offered_to_compliance_alone_and_by_post(
    sam: Client, lea: Client, olga: Client, now: datetime
) -> None:
    [claim] = claims(1, now)
    heading = "Whose archive is it?"
    assert [heading in read(client.get(f"{LIST}{claim.pk}/")).text for client in (sam, lea, olga)] == [
        False,
        False,
        True,
    ]
    for client in (sam, lea):
        answer = look(client, claim, "ana@example.test")
        assert (answer.status_code, heading in read(answer).text) == (403, False)
    assert olga.get(f"{LIST}{claim.pk}/find/").status_code == 405
    act(sam, claim, "propose")
    act(olga, claim, "settle")
    assert (heading in read(olga.get(f"{LIST}{claim.pk}/")).text, look(olga, claim, "a@b.test").status_code) == (
        False,
        422,
    )


def test_list_asks_the_database_as_often_for_three_as_for_one(
    sam: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    ana = closed(now=now)
    for number in range(3):
        take(report(ana.pk, at=now, event_id=f"core-{number}"), now=now)
        # Session, account, device, roles, rows.
        with django_assert_num_queries(5):
            sam.get(LIST)
