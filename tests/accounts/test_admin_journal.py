"""The journal at the console: looked for by what identifies it, page by page, exported for a reason, never edited."""

import json
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import audit, sealing
from accounts.actors import Actor
from accounts.enums import Role
from accounts.journal import record
from accounts.models import Account, Event, Note
from tests.accounts.test_sealing import write
from tests.console import case_of, console, in_review
from tests.factories import make_account, make_staff
from tests.pages import read

pytestmark = [pytest.mark.django_db, pytest.mark.row("H07")]
JOURNAL = "/staff/accounts/event/"


@pytest.fixture
def sam() -> Client:
    return console(make_staff("sam"))


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def events(client: Client, **query: str) -> list[Event]:
    """Return the events that a page shows, in its order."""
    return [event for event, *_words in client.get(JOURNAL, query).context["lines"]]


def actions(client: Client, **query: str) -> list[str]:
    return [event.action for event in events(client, **query)]


def test_journal_is_newest_first(sam: Client, ana: Account) -> None:
    assert events(sam) == list(Event.objects.order_by("-id"))


def test_account_is_meant_by_all_that_identifies_it(sam: Client, now: datetime) -> None:
    request = in_review("ana", now=now)
    ana = request.account
    case = case_of(ana, now)
    for term in ("ana@example.test", f" {ana.pk} ", ana.phone or "", request.reference.lower(), case.lower()):
        assert {event.account_id for event in events(sam, account_id=term)} == {ana.pk}, term
    for term in ("ana", "nobody@example.test", "%", "CL-2222-2222"):
        answer = sam.get(JOURNAL, {"account_id": term})
        assert (answer.status_code, answer.context["lines"]) == (422, []), term
        assert "No account is known by this." in read(answer).text


def test_actor_is_meant_by_person_or_part(sam: Client, ana: Account, now: datetime) -> None:
    with transaction.atomic():
        for actor in (Actor.customer(ana), Actor.link(ana.pk), Actor.system("restore_drill"), Actor.core()):
            record("test.done", actor=actor, at=now)
    assert len(actions(sam, by="ana@example.test", action="test.done")) == 2
    for term in ("restore drill", "system:restore_drill", "core", f"link:{ana.pk}"):
        assert actions(sam, by=term, action="test.done") == ["test.done"], term
    assert actions(sam, by="nobody@example.test") == []


def test_action_and_days_are_asked_for(sam: Client, ana: Account, now: datetime) -> None:
    today = f"{now:%Y-%m-%d}"
    assert actions(sam, action="account.created", to=today, **{"from": today}) == ["account.created"] * 2
    assert actions(sam, action="account.created", to="2020-01-01") == []
    for query in ({"from": "x"}, {"from": "2026-02-02", "to": "2026-02-01"}):
        answer = sam.get(JOURNAL, query)
        assert (answer.status_code, answer.context["lines"]) == (422, [])


def test_seal_is_told_of_the_journal_and_of_each_event(sam: Client, ana: Account, now: datetime) -> None:
    text = read(sam.get(JOURNAL)).text
    assert "Nothing is signed yet." in text
    assert "Nobody has run verify_journal yet." in text
    sealed = Event.objects.get(account_id=ana.pk)
    sealing.seal(now=now)
    audit.verify(actor=Actor.system("tests"), now=now)
    text = read(sam.get(JOURNAL)).text
    for said in ("3 events signed", "all in order up to the checkpoint of 3 events", "not sealed yet"):
        assert said in text, said
    assert [event.action for event in events(sam, waiting="on")] == [audit.VERIFIED]
    text = read(sam.get(f"{JOURNAL}{sealed.pk}/")).text
    assert "as it was sealed" in text
    waits = Event.objects.get(action=audit.VERIFIED)
    assert "not sealed yet" in read(sam.get(f"{JOURNAL}{waits.pk}/")).text


def test_verification_that_found_a_break_is_told(sam: Client, ana: Account, now: datetime) -> None:
    Account.objects.filter(pk=ana.pk).update(journal_head=b"")
    assert audit.verify(actor=Actor.system("tests"), now=now).broken is not None
    assert "Run verify_journal: it names the place." in read(sam.get(JOURNAL)).text


def test_pages_go_on_where_the_last_one_ended(sam: Client, now: datetime) -> None:
    every = [event.pk for event in reversed(write(120, now))]
    seen, following, preceding = [], "?action=test.happened", ""
    while following:
        with CaptureQueriesContext(connection) as asked:
            answer = sam.get(JOURNAL + following)
        queries = " ".join(each["sql"] for each in asked.captured_queries)
        assert ("OFFSET" in queries, "COUNT(" in queries) == (False, False)
        # Session, account, device, roles; rows and their places; the newest events, which are sealed, the others,
        # the newest checkpoint and the last verification.
        assert len(asked.captured_queries) == 11
        seen += [event.pk for event, *_words in answer.context["lines"]]
        following, preceding = answer.context["found"].following, answer.context["found"].preceding
    assert seen == every
    before = sam.get(JOURNAL + preceding)
    assert [event.pk for event, *_words in before.context["lines"]] == every[50:100]
    assert events(sam, action="test.happened", p="nonsense")[0].pk == every[0]


def test_event_is_shown_as_it_is_stored(sam: Client, ana: Account) -> None:
    event = Event.objects.get(account_id=ana.pk)
    text = read(sam.get(f"{JOURNAL}{event.pk}/")).text
    for said in ("Account created", "account.created", bytes(event.leaf).hex(), '"status": "active"', "system tests"):
        assert said in text, said


def export(client: Client, reason: str = "Letter 12/2026.", query: str = "") -> Any:
    return client.post(f"{JOURNAL}export/{query}", {"reason": reason})


def test_what_is_shown_is_exported_for_a_reason_and_journaled(ana: Account, now: datetime) -> None:
    write(2, now)
    sealing.seal(now=now)
    olga = console(make_staff("olga", Role.COMPLIANCE))
    query = "?action=test.happened"
    assert "Export these events" in read(olga.get(JOURNAL + query)).text
    refused = export(olga, "", query)
    assert (refused.status_code, "Export these events" in read(refused).text) == (422, True)
    assert not Event.objects.filter(action="journal.exported").exists()
    answer = export(olga, query=query)
    assert answer["Content-Disposition"].startswith('attachment; filename="journal-')
    lines = [json.loads(line) for line in answer.content.splitlines()]
    assert [line["event"]["position"] for line in lines if line["type"] == "inclusion"] == [1, 2]
    (event,) = Event.objects.filter(action="journal.exported")
    assert Note.objects.get(event_id=event.pk).text == "Letter 12/2026."


def test_export_is_offered_to_who_may_and_refused_to_others(sam: Client, now: datetime) -> None:
    write(1, now)
    sealing.seal(now=now)
    assert "Export these events" not in read(sam.get(JOURNAL)).text
    assert export(sam).status_code == 403
    assert sam.get(f"{JOURNAL}export/").status_code == 405
    assert export(sam, query="?from=x").status_code == 422
    assert not Event.objects.filter(action="journal.exported").exists()


@pytest.mark.parametrize("role", list(Role))
def test_nobody_edits_the_journal_here(role: Role, ana: Account) -> None:
    client = console(make_staff("olga", role))
    event = Event.objects.get(account_id=ana.pk)
    stored = list(Event.objects.order_by("id").values())
    page = read(client.get(f"{JOURNAL}{event.pk}/"))
    assert [form["action"] for form in page.every("form")] == ["/sign-out/"]
    for address in ("", f"{event.pk}/"):
        for send in (client.post, client.put, client.patch, client.delete):
            send(JOURNAL + address, {"action": "x", "_selected_action": str(event.pk), "post": "yes"})
    for address in ("add/", f"{event.pk}/change/", f"{event.pk}/delete/", f"{event.pk}/history/"):
        assert client.post(JOURNAL + address).status_code == 404
    assert list(Event.objects.order_by("id").values()) == stored
