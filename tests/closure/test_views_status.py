"""Checking a request by the pages: one answer whoever asks, a link that works once by POST, and what it shows."""

import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.formats import date_format

from accounts import clock
from accounts.enums import TIPPING_OFF, MessageChannel, RestrictionKind
from accounts.messages import outbox
from accounts.models import Account, Attempt, MailedLink, OutboxMessage, Restriction, Session
from closure import status_links
from closure.enums import ClosureState
from closure.finalization.runner import finalize_due
from closure.models import ClosureRequest
from tests.closure.by_operations import submitted
from tests.closure.links import asked_for, in_status, token_in
from tests.closure.scenes import make_request
from tests.factories import PASSWORD, make_account, totp_code
from tests.pages import house_rules, read, sign_in, without_csrf

pytestmark = pytest.mark.django_db(transaction=True)
S = ClosureState
PAGES = ("/status/", "/status/sent/", "/status/open/", "/status/cancel/", "/status/dispute/", "/stop/done/")


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.fixture
def waiting(ana: Account, now: datetime) -> ClosureRequest:
    return make_request(ana, S.COOLING_OFF, now=now)


def told(client: Client) -> str:
    """Return the words of the status page."""
    return read(client.get("/status/open/")).text


@pytest.mark.row("E07")
def test_reference_and_contact_bring_a_link_that_opens_this_request(client: Client, waiting: ClosureRequest) -> None:
    for contact in ("ana@example.test", " ANA@example.test", str(waiting.account.phone)):
        token = token_in(asked_for(waiting.reference.lower(), contact), "status")
        assert client.post(f"/status/{token}/")["Location"] == "/status/open/"
        assert waiting.reference in told(client)
    channels = list(MailedLink.objects.order_by("id").values_list("channel", flat=True))
    assert channels == ["email", "email", "sms"]


@pytest.mark.row("E07", "M01")
def test_nothing_is_sent_unless_both_match(waiting: ClosureRequest, now: datetime) -> None:
    make_account("ben")
    draft = make_request(make_account("cid"), S.DRAFT, now=now)
    wrong = [
        (waiting.reference, "ben@example.test"),
        (waiting.reference, "nobody@example.test"),
        (waiting.reference, "no address at all"),
        ("CL-2222-2222", "ana@example.test"),
        (draft.reference, "cid@example.test"),
    ]
    assert [asked_for(reference, contact) for reference, contact in wrong] == [None] * len(wrong)
    assert MailedLink.objects.count() == 0


def footprint(reference: str, contact: str) -> tuple[Any, ...]:
    """Return everything that asking leaves behind: answer, headers, queries and rows, but for keys and times."""
    client = Client()
    client.get("/status/")
    with CaptureQueriesContext(connection) as queries:
        answer = client.post("/status/", {"reference": reference, "contact": contact})
    sent: Any = client.get(answer["Location"])
    shapes = [query["sql"].split("VALUES")[0].split("WHERE")[0][:80] for query in queries.captured_queries]
    row = OutboxMessage.objects.latest("created_at", "id")
    rows = (
        OutboxMessage.objects.count(),
        row.account_id,
        row.template,
        row.channel,
        row.state,
        MailedLink.objects.count(),
    )
    headers = {name: value for name, value in answer.headers.items() if name != "Set-Cookie"}
    counters = Attempt.objects.count()
    OutboxMessage.objects.all().delete()
    Attempt.objects.all().delete()
    return answer.status_code, headers, without_csrf(sent), shapes, rows, counters


@pytest.mark.row("M01", "E07")
def test_asking_is_the_same_whoever_asks(waiting: ClosureRequest, now: datetime, advance: Any) -> None:
    gone = submitted(make_account("ben"), now, "ben")
    finalize_due(now=advance(days=8))
    gone.refresh_from_db()
    assert gone.state == S.CLOSED
    OutboxMessage.objects.all().delete()
    Attempt.objects.all().delete()
    right = footprint(waiting.reference, "ana@example.test")
    others = [
        ("CL-2222-2222", "ana@example.test"),
        (waiting.reference, "cid@example.test"),
        ("CL-3333-3333", "nobody@example.test"),
        (gone.reference, "ben@example.test"),
    ]
    assert [footprint(reference, contact) for reference, contact in others] == [right] * len(others)


@pytest.mark.row("E05", "E07")
def test_closed_accounts_are_sent_nothing(ana: Account, now: datetime, advance: Any) -> None:
    request = submitted(ana, now)
    finalize_due(now=advance(days=8))
    ana.refresh_from_db()
    assert ana.status == "closed"
    assert asked_for(request.reference, "ana@example.test") is None


@pytest.mark.parametrize("same", ["reference", "contact"])
def test_asking_is_budgeted_by_what_is_typed(waiting: ClosureRequest, same: str) -> None:
    def ask(number: int) -> Any:
        reference = waiting.reference if same == "reference" else f"CL-2222-222{number + 2}"
        contact = "ana@example.test" if same == "contact" else f"p{number}@example.test"
        return Client().post("/status/", {"reference": reference, "contact": contact})

    assert [ask(number).status_code for number in range(6)] == [302] * 5 + [429]
    assert Client().post("/status/", {"reference": "CL-9999-9999", "contact": "x@example.test"}).status_code == 302


@pytest.mark.row("E07")
def test_link_fetched_three_times_changes_nothing_and_then_opens_once(client: Client, waiting: ClosureRequest) -> None:
    token = token_in(asked_for(waiting.reference, "ana@example.test"), "status")
    before = (list(MailedLink.objects.values()), Session.objects.count())
    pages = [read(client.get(f"/status/{token}/")) for _time in range(3)]
    assert [house_rules(page) for page in pages] == [[]] * 3
    assert (list(MailedLink.objects.values()), Session.objects.count()) == before
    assert [page for page in pages if waiting.reference in page.text] == []
    assert client.post(f"/status/{token}/").status_code == 302
    assert Client().post(f"/status/{token}/").status_code == 410
    assert Client().get(f"/status/{token}/").status_code == 410


def test_link_needs_the_token_against_forged_requests(waiting: ClosureRequest) -> None:
    token = token_in(asked_for(waiting.reference, "ana@example.test"), "status")
    assert Client(enforce_csrf_checks=True).post(f"/status/{token}/").status_code == 403
    assert MailedLink.objects.get().used_at is None


@pytest.mark.parametrize(("minutes", "status"), [(14, 302), (15, 410)])
def test_link_lives_for_a_quarter_of_an_hour(
    client: Client, waiting: ClosureRequest, advance: Any, minutes: int, status: int
) -> None:
    token = token_in(asked_for(waiting.reference, "ana@example.test"), "status")
    advance(minutes=minutes)
    assert client.post(f"/status/{token}/").status_code == status


def test_no_row_holds_a_token(client: Client, waiting: ClosureRequest) -> None:
    words = asked_for(waiting.reference, "ana@example.test")
    token = token_in(words, "status")
    kept = [str(value) for row in MailedLink.objects.values() for value in row.values()]
    assert [value for value in kept if token in value] == []
    assert bytes(MailedLink.objects.get().digest) != token.encode()


def test_no_log_names_a_token(waiting: ClosureRequest, caplog: pytest.LogCaptureFixture) -> None:
    token = token_in(asked_for(waiting.reference, "ana@example.test"), "status")
    with caplog.at_level(logging.DEBUG):
        Client(enforce_csrf_checks=True).post(f"/status/{token}/")
        Client().post(f"/status/{token}/")
        Client().get(f"/status/{token}/")
        Client().get(f"/stop/{token}/")
    lines = [logging.Formatter("{message}", style="{").format(record) for record in caplog.records]
    assert len(lines) >= 3
    assert [line for line in lines if token in line] == []


@pytest.mark.row("E07")
def test_session_is_nobodys_sign_in_and_ends_after_half_an_hour(
    client: Client, waiting: ClosureRequest, advance: Any
) -> None:
    in_status(client, waiting)
    assert Session.objects.get().kind == "status"
    assert client.get("/security/").status_code == 302
    assert client.get("/close/risks/").status_code == 302
    advance(minutes=29)
    assert client.get("/status/open/").status_code == 200
    advance(minutes=1)
    assert client.get("/status/open/")["Location"] == "/status/"


def test_opening_a_link_signs_out_who_was_signed_in_here(client: Client, waiting: ClosureRequest) -> None:
    ben = make_account("ben")
    sign_in(client, "ben@example.test", PASSWORD, totp_code(ben))
    in_status(client, waiting)
    assert client.get("/security/").status_code == 302
    assert list(Session.objects.values_list("kind", flat=True)) == ["status"]


def test_session_shows_its_own_request_alone(client: Client, waiting: ClosureRequest, now: datetime) -> None:
    other = make_request(make_account("ben"), S.COOLING_OFF, now=now)
    in_status(client, waiting)
    assert (waiting.reference in told(client), other.reference in told(client)) == (True, False)


def test_leaving_ends_the_session(client: Client, waiting: ClosureRequest) -> None:
    in_status(client, waiting)
    assert client.get("/status/leave/").status_code == 405
    assert client.post("/status/leave/")["Location"] == "/status/"
    assert (client.get("/status/open/")["Location"], Session.objects.count()) == ("/status/", 0)


@pytest.mark.row("E02")
def test_waiting_request_shows_time_dates_and_what_happened(client: Client, ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    in_status(client, request)
    words = told(client)
    for said in ("is frozen", "6 days 23 hours left", "You asked us to close your account.", "The wait ends"):
        assert said in words
    assert [status for status in map(client.get, PAGES) if status.status_code != 200] == []
    assert [house_rules(read(client.get(page))) for page in PAGES] == [[]] * len(PAGES)


def test_title_has_the_day_and_red_is_kept_for_the_last_button(client: Client, ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    in_status(client, request)
    page = client.get("/status/open/").content.decode()
    day = date_format(now + timedelta(days=7), "j M Y")
    assert (f"<title>Your account closes on {day} UTC - " in page, "button danger" in page) == (True, False)
    assert "button danger" in client.get("/status/dispute/").content.decode()


HOLDS = {
    "deposit": "It has to leave first",
    "blocker": "has to be cleared first",
    "unreachable": "We try again every few minutes",
    "question": "Answer by",
}


@pytest.mark.row("A17", "A19")
@pytest.mark.parametrize(("cause", "said"), HOLDS.items())
def test_held_request_says_why_and_what_to_do(
    client: Client, ana: Account, now: datetime, cause: str, said: str
) -> None:
    in_status(client, make_request(ana, S.HELD, now=now, held_reasons=[cause]))
    words = told(client)
    assert (said in words, "is on hold" in words) == (True, True)
    assert [other for name, other in HOLDS.items() if name != cause and other in words] == []


@pytest.mark.row("A17", "M02")
@pytest.mark.parametrize("kind", sorted(TIPPING_OFF))
def test_legal_and_risk_holds_are_one_neutral_sentence(
    client: Client, ana: Account, now: datetime, kind: RestrictionKind
) -> None:
    request = make_request(ana, S.HELD, now=now, held_reasons=["legal"])
    other = make_request(make_account("ben"), S.HELD, now=now, held_reasons=["legal"])
    for each, of in ((request, kind), (other, RestrictionKind.JUDICIAL_FREEZE)):
        Restriction.objects.create(account=each.account, kind=of, placed_at=now, placed_by="staff:x")
    answers: list[Any] = [in_status(Client(), each).get("/status/open/") for each in (request, other)]
    pages = [without_csrf(answer) for answer in answers]
    assert pages[0].replace(request.reference, "") == pages[1].replace(other.reference, "")
    assert "A legal or risk hold applies; we cannot say more." in pages[0]
    assert [word for word in (kind.value, str(kind.label), "court", "judicial", "staff:") if word in pages[0]] == []


@pytest.mark.row("A17")
@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (S.CANCELLED, "cancelled_by_customer", "This closure is cancelled"),
        (S.CANCELLED, "disputed", "Your account is locked"),
        (S.REJECTED, "identity_mismatch", "We could not confirm that you asked for it."),
        (S.REJECTED, "timed_out", "the longest time we may keep an account frozen"),
        (S.CLOSED, "closed", "Your account is closed"),
    ],
)
def test_ended_request_says_how(
    client: Client, ana: Account, now: datetime, state: ClosureState, reason: str, said: str
) -> None:
    in_status(client, make_request(ana, state, now=now, end_reason=reason))
    page = read(client.get("/status/open/"))
    assert said in page.text
    links = {link["href"] for link in page.every("a")}
    assert links & {"/status/cancel/", "/status/dispute/", "/status/answer/"} == set()


@pytest.mark.row("E05")
def test_who_is_looking_sees_the_closing_end(client: Client, ana: Account, now: datetime, advance: Any) -> None:
    request = submitted(ana, now)
    advance(days=8)
    in_status(client, request)
    finalize_due(now=clock.now())
    request.refresh_from_db()
    assert request.state == S.CLOSED
    assert "Your account is closed" in told(client)
    assert MailedLink.objects.count() == 0


@pytest.mark.row("A17")
def test_review_says_that_a_person_looks_and_when_it_is_late(client: Client, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.IN_REVIEW, now=now)
    in_status(client, request)
    assert "A person checks your request" in told(client)
    ClosureRequest.objects.filter(pk=request.pk).update(finalizes_before=now - timedelta(hours=1))
    assert "takes longer than we said" in told(client)


def test_held_session_page_is_told_apart_by_channel(client: Client, waiting: ClosureRequest) -> None:
    by_mail = read(in_status(client, waiting).get("/status/cancel/")).text
    by_text = read(in_status(Client(), waiting, MessageChannel.SMS).get("/status/cancel/")).text
    assert ("Code by mail" in by_mail, "Code by text message" in by_mail) == (False, True)
    assert ("Code by mail" in by_text, "Code by text message" in by_text) == (True, False)


@pytest.mark.row("E07", "M01")
def test_home_and_sign_in_lead_to_it(client: Client) -> None:
    for page in ("/", "/sign-in/"):
        assert "/status/" in {link["href"] for link in read(client.get(page)).every("a")}


def test_messages_to_nobody_are_wiped_when_sent_or_after_three_days(waiting: ClosureRequest, now: datetime) -> None:
    Client().post("/status/", {"reference": "CL-2222-2222", "contact": "+14155550199"})
    outbox.send_due(now=now + timedelta(hours=73))
    assert OutboxMessage.objects.filter(template=status_links.TEMPLATE).count() == 0
