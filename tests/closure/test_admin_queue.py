"""The closure queue at the console: views, age, desks, and assigning in bulk, which decides nothing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.enums import Role
from accounts.models import Account
from closure import flags
from closure.admin.filters import FLAG_WORDS
from closure.admin.queue import VIEWS
from closure.enums import ClosureState
from closure.models import ClosureRequest
from closure.models.queue_indexes import FLAGS, is_flagged
from closure.operations.desk import assign, claim
from tests.console import LIST, REASON, address, console, decide, in_review, offered
from tests.factories import make_staff
from tests.pages import read

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)


@pytest.fixture
def lea() -> Account:
    return make_staff("lea", Role.LEAD)


@pytest.fixture
def sam() -> Account:
    return make_staff("sam")


def listed(client: Client, **query: str) -> list[ClosureRequest]:
    """Return the requests that a list shows, in its order."""
    answer: Any = client.get(LIST, query)
    return list(answer.context["cl"].result_list)


def desk_of(request: ClosureRequest) -> tuple[Any, Any, Any]:
    """Return who is at work on a request, and whose work it is; and where it stands."""
    return ClosureRequest.objects.values_list("desk_by", "assigned_to", "state").get(pk=request.pk)


def ticked(client: Client, *requests: ClosureRequest, **more: Any) -> Any:
    """Assign as the form of the list does."""
    keys = [str(request.pk) for request in requests]
    return client.post(LIST, {"action": "assign", "index": "0", "_selected_action": keys, **more})


@pytest.mark.row("L06")
def test_views_are_addresses_and_say_which_one_is_shown(now: datetime, sam: Account, lea: Account) -> None:
    late = in_review("ana", now=now, finalizes_before=now - timedelta(hours=1))
    mine, given, anothers = (in_review(name, now=now) for name in ("ben", "cid", "dan"))
    claim(mine.pk, actor=Actor.staff(sam), now=now)
    claim(anothers.pk, actor=Actor.staff(lea), now=now)
    assign([given.pk], to=sam.pk, actor=Actor.staff(lea), now=now)
    client = console(sam)
    expected = {
        "Not over": [late, mine, given, anothers],
        "Mine": [mine, given],
        "Unclaimed": [late],
        "Overdue": [late],
    }
    found = {str(name): listed(client, **query) for name, query in VIEWS}
    assert found == {name: expected.get(name, []) for name in found}
    for name, query in VIEWS:
        links = read(client.get(LIST, query)).every("a")
        current = [link["href"] for link in links if link.get("aria-current") == "page"]
        assert current == ["?" + "&".join(f"{key}={value}" for key, value in query.items())], name


@pytest.mark.row("L06")
def test_list_says_age_and_desk_in_words(now: datetime, sam: Account, lea: Account) -> None:
    begun = now - timedelta(days=6)
    fresh, half, last, late = (
        in_review(name, now=now, finalizes_before=now + timedelta(days=days), submitted_at=begun)
        for name, days in (("ana", 7), ("ben", 6), ("cid", 1), ("dan", -1))
    )
    claim(fresh.pk, actor=Actor.staff(sam), now=now)
    assign([half.pk], to=sam.pk, actor=Actor.staff(lea), now=now)
    page = read(console(sam).get(LIST)).text
    for request, age in ((fresh, "fresh"), (half, "half gone"), (last, "last quarter"), (late, "overdue")):
        assert age in page.partition(request.reference)[2].partition("CL-")[0], age
    assert "sam@staff.example.test, until" in page
    assert "for sam@staff.example.test" in page


def test_list_asks_once_for_all_names(
    now: datetime, sam: Account, lea: Account, django_assert_num_queries: Any
) -> None:
    client = console(lea)
    for name in ("ana", "ben", "cid"):
        claim(in_review(name, now=now).pk, actor=Actor.staff(sam), now=now)
        # Session, account, device, roles, rows, names of who is at work; whom to assign to, in two.
        with django_assert_num_queries(8):
            client.get(LIST)


def test_flags_of_the_index_are_all_that_there_are(now: datetime) -> None:
    known = {value for name, value in vars(flags).items() if name.isupper() and isinstance(value, str)} - {flags.NAME}
    assert set(FLAGS) == set(FLAG_WORDS) == known
    made = {flag: in_review(f"p{number}", now=now, flags=[flag]) for number, flag in enumerate(FLAGS)}
    in_review("over", now=now, flags=list(FLAGS), state=ClosureState.REJECTED)
    for flag, request in made.items():
        assert list(ClosureRequest.objects.filter(is_flagged(flag))) == [request], flag
    with pytest.raises(ValueError, match="no codes"):
        is_flagged("brake' OR 1=1")


def test_page_offers_the_desk_and_says_who_has_it(now: datetime, sam: Account, lea: Account) -> None:
    request, ben = in_review(now=now), make_staff("ben")
    of_sam, of_ben, of_lea = console(sam), console(ben), console(lea)
    assert moves(of_sam, request) == ["claim"]
    assert of_sam.post(address(request, "desk/"), {"move": "claim"}).status_code == 302
    assert [moves(client, request) for client in (of_sam, of_ben, of_lea)] == [["claim", "release"], [], ["take_over"]]
    assert "You are at work on it until" in read(of_sam.get(address(request))).text
    assert "sam@staff.example.test is at work on it until" in read(of_ben.get(address(request))).text
    assert [len(offered(client, request)) for client in (of_sam, of_ben, of_lea)] == [4, 0, 0]
    assert of_lea.post(address(request, "desk/"), {"move": "take_over"}).status_code == 302
    assert [len(offered(client, request)) for client in (of_sam, of_lea)] == [0, 4]
    assert of_lea.post(address(request, "desk/"), {"move": "release"}).status_code == 302
    assert desk_of(request) == (None, None, ClosureState.IN_REVIEW)
    assert [line.text for line in of_lea.get(address(request)).context["lines"]] == [
        "Claimed",
        "Taken over",
        "Given back",
    ]


def moves(client: Client, request: ClosureRequest) -> list[str]:
    """Return what the page of a request offers about its desk."""
    fields = read(client.get(address(request))).every("input")
    return [field["value"] for field in fields if field.get("name") == "move"]


def test_desk_is_refused_in_words_and_nothing_typed_is_lost(now: datetime, sam: Account, lea: Account) -> None:
    request = in_review(now=now)
    claim(request.pk, actor=Actor.staff(sam), now=now)
    client, place = console(lea), address(request, "desk/")
    refused = client.post(place, {"move": "claim"})
    assert (refused.status_code, "sam@staff.example.test is at work" in read(refused).text) == (409, True)
    assert client.get(place).status_code == 405
    assert client.post(place, {"move": "sell"}).status_code == 404
    assert console(make_staff("ada", Role.AUDITOR)).post(place, {"move": "claim"}).status_code == 403
    seen = {"decision": "reject", "template": "rejected", "reason": REASON, "seen_version": "0"}
    answer = client.post(address(request, "decide/"), seen)
    assert (answer.status_code, answer.content.decode().count(REASON)) == (422, 1)
    assert desk_of(request) == (sam.pk, None, ClosureState.IN_REVIEW)


def test_page_of_what_is_over_has_no_desk(now: datetime, sam: Account) -> None:
    request = in_review(now=now, state=ClosureState.REJECTED)
    assert console(sam).get(address(request)).context["desk"] is None


@pytest.mark.row("L06")
def test_leads_assign_what_they_ticked(now: datetime, sam: Account, lea: Account) -> None:
    one, two, rest = (in_review(name, now=now) for name in ("ana", "ben", "cid"))
    client = console(lea)
    for to, person in ((str(sam.pk), sam.pk), ("me", lea.pk), ("nobody", None)):
        answer = ticked(client, one, two, to=to)
        assert answer.status_code == 302
        assert "2 closures changed hands." in read(client.get(LIST)).text
        assert [desk_of(request)[1] for request in (one, two, rest)] == [person, person, None]


def test_assigning_takes_no_more_than_what_is_ticked(now: datetime, sam: Account, lea: Account) -> None:
    one, rest = in_review("ana", now=now), in_review("ben", now=now)
    client = console(lea)
    assert ticked(client, one, to="me", select_across="1").status_code == 302
    assert ticked(client, to="me", select_across="1").status_code == 302
    assert [desk_of(request)[1] for request in (one, rest)] == [lea.pk, None]
    for body in ({}, {"to": "sam"}, {"to": str(rest.account_id)}, {"to": str(make_staff("ada", Role.AUDITOR).pk)}):
        assert ticked(client, rest, **body).status_code == 302, body
    assert client.post(LIST, {"action": "assign", "index": "0", "_selected_action": "x", "to": "me"}).status_code == 400
    assert desk_of(rest)[1] is None


@pytest.mark.row("L06")
@pytest.mark.parametrize("role", list(Role))
def test_nothing_is_decided_or_deleted_in_bulk(now: datetime, role: Role) -> None:
    request = in_review(now=now)
    client = console(make_staff("olga", role))
    offers: Any = client.get(LIST)
    form = offers.context["action_form"]
    assert [code for code, _name in form.fields["action"].choices] == ["assign"] if role is Role.LEAD else form is None
    before = ClosureRequest.objects.values().get(pk=request.pk)
    for action in ("approve", "reject", "cancel", "ask", "propose", "delete_selected", "delete", "release", ""):
        ticked(client, request, to="me", action=action, post="yes", decision=action)
    if role is not Role.LEAD:
        ticked(client, request, to="me")
    assert ClosureRequest.objects.values().get(pk=request.pk) == before


def test_search_is_exact_and_finds_what_is_over(now: datetime, sam: Account) -> None:
    request = in_review(now=now, state=ClosureState.REJECTED)
    client = console(sam)
    assert listed(client, q="ana@example.test") == [request]
    assert listed(client, q="CL-0000-0000") == listed(client, q="an") == []


def test_decided_request_is_on_no_desk(now: datetime, sam: Account, lea: Account) -> None:
    request = in_review(now=now)
    client = console(sam)
    client.post(address(request, "desk/"), {"move": "claim"})
    assign([request.pk], to=sam.pk, actor=Actor.staff(lea), now=now)
    assert decide(client, request, "approve").status_code == 302
    assert desk_of(request) == (None, None, ClosureState.COOLING_OFF)
