"""Staff in a real browser: nothing the content security policy refuses, nothing axe finds, no script needed."""

import base64
import json
import time
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from accounts import lifting, restrictions, sealing
from accounts.actors import Actor
from accounts.enums import AccountStatus, RestrictionKind, Role
from accounts.models import Account, TotpDevice
from accounts.models.factor import TOTP_STEP_SECONDS, totp_code
from accounts.staff_enrollment import invite
from closure.claims import take
from closure.enums import ClaimOutcome
from closure.models import ClosureRequest, DepositClaim
from closure.operations.claims import propose_settlement
from closure.operations.hold import dispute
from closure.retention import holds
from closure.retention.models import LegalHold
from tests.blocking import closed_with
from tests.claiming import closed, report
from tests.closure.evidencing import kept, open_case
from tests.closure.figures.made import accounts, ended, save
from tests.console import LIST, REASON, address, case_of, console, decide, deposit, in_review
from tests.factories import PASSWORD, make_account, make_staff
from tests.holding import officer, place
from tests.journeys.clicking import Opener, go, refused
from tests.journeys.scanner import problems_of

pytestmark = pytest.mark.django_db(transaction=True)


def busy_request(now: datetime) -> ClosureRequest:
    """Make a request with everything that its page can show."""
    request = in_review("ana", now=now, four_eyes=True, flags=["large_withdrawals"])
    lea = console(make_staff("lea", Role.LEAD))
    decide(lea, request, "approve")
    deposit(request.account)
    lea.post(address(request, "check/"))
    case_of(request.account, now)
    in_review("ben", now=now, finalizes_before=now - timedelta(hours=1))
    return request


def test_console_has_no_accessibility_problem_and_keeps_to_its_policy(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    request = busy_request(now)
    page = opened(make_staff("sam"))
    problems = []
    for path in (
        "/staff/",
        LIST,
        address(request),
        f"/staff/accounts/account/{request.account_id}/",
        "/staff/accounts/event/",
    ):
        page.goto(origin + path)
        for part in page.locator("details").all():
            part.evaluate("part => { part.open = true }")
        problems += problems_of(page)
    assert problems == []
    assert complaints == []
    with page.expect_console_message():
        page.evaluate("document.body.setAttribute('style', 'color: red')")
    assert len(complaints) == 1
    assert "Content Security Policy" in complaints[0]


@pytest.mark.row("H07")
def test_figures_and_journal_have_no_accessibility_problem_and_obey_the_keyboard(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    (ana,) = accounts(1, now)
    save(*(ended(ana, "closed", now) for _each in range(40)), *(ended(ana, "disputed", now) for _each in range(7)))
    sealing.seal(now=now)
    page, problems = opened(make_staff("olga", Role.COMPLIANCE)), []
    for path in ("/staff/", "/staff/figures/", "/staff/accounts/event/"):
        page.goto(origin + path)
        problems += problems_of(page)
    page.goto(f"{origin}/staff/")
    page.get_by_label("To", exact=True).focus()
    for _press in range(5):  # month, day, year and calendar of the field, then the button
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    table = page.locator("figure", has_text="From start to closed").locator("table")
    assert table.get_by_role("row", name="Closed 40+").is_visible()
    for part in page.locator("details").all():
        part.evaluate("part => { part.open = true }")
    problems += problems_of(page)
    page.goto(f"{origin}/staff/figures/?from=2026-02-02&to=2026-02-01")
    refused(page)
    problems += problems_of(page)
    assert problems == []
    assert [each for each in complaints if "422" not in each] == []


@pytest.mark.row("H07")
def test_auditor_reads_figures_and_takes_a_part_of_the_journal_along_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    (ana,) = accounts(1, now)
    save(*(ended(ana, "closed", now) for _each in range(40)))
    ben = make_account("ben")
    sealing.seal(now=now)
    page = opened(make_staff("ada", Role.AUDITOR), javascript=False)
    page.goto(f"{origin}/staff/")
    page.get_by_label("From", exact=True).fill(f"{now:%Y-%m-01}")
    page.get_by_label("To", exact=True).fill(f"{now:%Y-%m-%d}")
    go(page.get_by_role("button", name="Show"))
    page.locator("summary", has_text="From start to closed").click()
    assert page.get_by_role("row", name="Closed 40+").count() == 1
    go(page.get_by_role("link", name="Journal"))
    page.get_by_label("Account").fill(ben.email or "")
    go(page.get_by_role("button", name="Show"))
    assert page.get_by_role("link", name="Account created").count() == 1
    page.get_by_label("Reason").fill(REASON)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export these events").click()
    lines = [json.loads(line) for line in download.value.path().read_text().splitlines()]
    assert [line["type"] for line in lines] == ["excerpt", "inclusion", "summary"]
    assert complaints == []


@pytest.mark.row("H05", "F08")
@pytest.mark.usefixtures("no_photos_left")
def test_pages_of_holds_claims_and_lifts_have_no_accessibility_problem(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    ana = closed(now=now)
    take(report(ana.pk, at=now), now=now)
    claim = DepositClaim.objects.get()
    propose_settlement(claim.pk, ClaimOutcome.PAID, reason="Hers.", actor=officer("omar"), now=now)
    late, hold = place(ana.pk, now=now - timedelta(days=2)), place(ana.pk, now=now)
    with transaction.atomic():
        ben = Account.objects.select_for_update().get(pk=make_account("ben").pk)
        row = restrictions.place(ben, RestrictionKind.RISK_CONTROL, actor=officer("omar"), note="", now=now)
    lifting.propose(row.pk, actor=officer("omar"), reason="Over.", now=now)
    holds.propose_lift(hold.pk, reason="Over.", actor=officer("omar"), now=now)
    photo = kept(open_case(make_account("eve"), now=now), now=now)
    page = opened(make_staff("olga", Role.COMPLIANCE))
    problems = []
    for path in (
        "/staff/",
        "/staff/closure/evidence/",
        f"/staff/closure/evidence/{photo.pk}/",
        "/staff/accounts/restriction/",
        f"/staff/accounts/restriction/{row.pk}/",
        "/staff/accounts/restriction/place/",
        "/staff/retention/legalhold/",
        f"/staff/retention/legalhold/{late.pk}/",
        f"/staff/retention/legalhold/{hold.pk}/",
        "/staff/retention/legalhold/place/",
        "/staff/closure/depositclaim/",
        f"/staff/closure/depositclaim/{claim.pk}/",
    ):
        page.goto(origin + path)
        for part in page.locator("details").all():
            part.evaluate("part => { part.open = true }")
        problems += problems_of(page)
    page.get_by_label("As they gave it").fill("eve@example.test")
    page.locator("#id_find_reason").fill(REASON)
    go(page.get_by_role("button", name="Look in the archive"))
    problems += problems_of(page)
    assert page.get_by_text("It is in no archive.").count() == 1
    page.goto(f"{origin}/staff/retention/legalhold/place/")
    go(page.get_by_role("button", name="Place hold"))
    problems += problems_of(page)
    assert (problems, page.title().startswith("Error: ")) == ([], True)
    assert [each for each in complaints if "422" not in each] == []


@pytest.mark.row("H05")
def test_officer_places_a_hold_without_scripts(opened: Opener, origin: str, now: datetime) -> None:
    ana = closed(now=now)
    page = opened(make_staff("olga", Role.COMPLIANCE), javascript=False)
    page.goto(f"{origin}/staff/")
    go(page.get_by_role("link", name="Legal holds").first)
    go(page.get_by_role("link", name="Place a legal hold"))
    page.get_by_label("Account").fill(str(ana.pk))
    page.get_by_label("Case number").fill("12/2026")
    page.get_by_label("Basis").fill("Court order")
    page.get_by_label("Look at it again on").fill("2099-01-31")
    page.get_by_label("Reason").fill(REASON)
    go(page.get_by_role("button", name="Place hold"))
    assert page.get_by_text("The hold stands.").count() == 1
    assert LegalHold.objects.get().account_id == ana.pk


def test_refused_decision_has_no_accessibility_problem(opened: Opener, origin: str, now: datetime) -> None:
    request = in_review("ana", now=now)
    page = opened(make_staff("sam"))
    page.goto(origin + address(request))
    page.locator("summary", has_text="Reject").click()
    go(page.get_by_role("button", name="Reject request"))
    refused(page)
    assert problems_of(page) == []


@pytest.mark.row("G03", "L06")
def test_compliance_releases_a_block_by_two_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    path = f"{origin}/staff/accounts/blockedidentity/{closed_with('ana', now=now, review_every=timedelta(days=365))}/"
    people = [opened(make_staff(name, Role.COMPLIANCE), javascript=False) for name in ("olga", "omar")]
    for page, decision in zip(people, ("Propose release", "Confirm release"), strict=True):
        page.goto(path)
        part = page.locator("details", has=page.locator("summary", has_text=decision))
        part.locator("summary").click()
        part.get_by_label("Reason").fill(REASON)
        go(page.get_by_role("button", name=decision))
    assert people[1].locator(".facts .tag").inner_text() == "released"
    assert complaints == []


def test_blocks_have_no_accessibility_problem(opened: Opener, origin: str, now: datetime) -> None:
    key = closed_with("ana", now=now, review_every=timedelta(days=365))
    page, problems = opened(make_staff("olga", Role.COMPLIANCE)), []
    for path in ("", f"{key}/"):
        page.goto(f"{origin}/staff/accounts/blockedidentity/{path}")
        for part in page.locator("details").all():
            part.evaluate("part => { part.open = true }")
        problems += problems_of(page)
    go(page.get_by_role("button", name="Propose release"))
    refused(page)
    assert [*problems, *problems_of(page)] == []


@pytest.mark.row("M05")
def test_lead_publishes_what_everybody_reads_and_no_page_of_it_has_a_problem(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    page, visitor = opened(make_staff("lea", Role.LEAD)), opened()
    page.goto(f"{origin}/staff/accounts/announcement/publish/")
    problems = problems_of(page)
    go(page.get_by_role("button", name="Publish"))
    refused(page)
    problems += problems_of(page)
    page.get_by_label("Title in English").fill("We leave the Netherlands")
    page.get_by_label("Text in English").fill("Withdraw what you have.\n\nWrite to us if you need help.")
    page.get_by_label("Netherlands").check()
    go(page.get_by_role("button", name="Publish"))
    problems += problems_of(page)
    page.goto(f"{origin}/staff/accounts/announcement/")
    problems += problems_of(page)
    visitor.goto(f"{origin}/help/regions/")
    assert visitor.get_by_role("heading", name="We leave the Netherlands").count() == 1
    assert (problems, problems_of(visitor)) == ([], [])
    assert [each for each in complaints if "422" not in each] == []


@pytest.mark.row("L06")
def test_lead_assigns_and_takes_over_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    one, two = in_review("ana", now=now), in_review("ben", now=now)
    of_sam = opened(make_staff("sam"), javascript=False)
    of_sam.goto(origin + address(one))
    go(of_sam.get_by_role("button", name="Claim"))
    assert of_sam.get_by_text("You are at work on it until").count() == 1
    lea = make_staff("lea", Role.LEAD)
    page = opened(lea, javascript=False)
    page.goto(origin + LIST)
    for request in (one, two):
        page.get_by_label(f"Select {request.reference}").check()
    page.get_by_label("To").select_option(label="sam@staff.example.test")
    go(page.get_by_role("button", name="Go"))
    assert page.get_by_text("2 closures changed hands.").count() == 1
    go(page.get_by_role("link", name=one.reference))
    assert page.get_by_role("button", name="Approve closing").count() == 0
    go(page.get_by_role("button", name="Take over"))
    page.locator("#id_approve_reason").fill(REASON)
    go(page.get_by_role("button", name="Approve closing"))
    assert page.get_by_text(f"{one.reference} is approved.").count() == 1
    go(of_sam.get_by_role("link", name="Closures", exact=True))
    go(of_sam.get_by_label("Views").get_by_role("link", name="Mine"))
    assert of_sam.locator("#result_list .field-reference").all_inner_texts() == [two.reference]
    scanned = opened(lea)
    scanned.goto(origin + LIST)
    assert problems_of(scanned) == []
    assert complaints == []


@pytest.mark.row("L01")
def test_agent_opens_a_case_and_cancels_without_scripts(opened: Opener, origin: str, now: datetime) -> None:
    request = in_review("ana", now=now)
    page = opened(make_staff("sam"), javascript=False)
    page.goto(origin + address(request))
    page.locator("summary", has_text="Open a case").click()
    page.get_by_label("What it is about").select_option("dispute")
    go(page.get_by_role("button", name="Open case"))
    reference = page.locator("#cases-title ~ ul .ref").inner_text()
    page.locator("summary", has_text="Cancel for the customer").click()
    page.get_by_label("Open case of this customer").fill(reference)
    page.locator("#id_cancel_reason").fill(REASON)
    go(page.get_by_role("button", name="Cancel closure"))
    assert page.get_by_text("is cancelled and the account released").count() == 1
    assert Account.objects.get(pk=request.account_id).status == AccountStatus.ACTIVE


@pytest.mark.row("E07")
def test_compliance_proposes_the_release_of_a_disputed_account_without_scripts(
    opened: Opener, origin: str, complaints: list[str], now: datetime
) -> None:
    request = in_review("ana", now=now)
    dispute(request.pk, actor=Actor.link(request.account_id), reason="", now=now)
    olga = make_staff("olga", Role.COMPLIANCE)
    page = opened(olga)
    page.goto(origin + address(request))
    assert problems_of(page) == []
    page = opened(olga, javascript=False)
    page.goto(origin + address(request))
    page.locator("#id_release_reason").fill(REASON)
    go(page.get_by_role("button", name="Propose release"))
    assert page.get_by_text("Another person of compliance confirms.").count() == 1
    assert complaints == []


@pytest.mark.row("L07")
def test_staff_enroll_without_scripts(opened: Opener, origin: str, complaints: list[str], now: datetime) -> None:
    token = invite("sam@staff.example.test", Role.AGENT, actor=Actor.system("tests"), now=now)
    page = opened()
    page.goto(f"{origin}/enroll/{token}/")
    assert problems_of(page) == []
    page = opened(javascript=False)
    page.goto(f"{origin}/enroll/{token}/")
    key = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_label("Code from the app").fill(authenticator(key))
    go(page.get_by_role("button", name="Enroll"))
    assert page.get_by_text("You are enrolled.").count() == 1
    assert TotpDevice.objects.get().confirmed
    page.goto(f"{origin}/enroll/{token}/")
    assert page.get_by_role("heading", level=1).inner_text() == "This link does not work any more"
    assert [each for each in complaints if "410" not in each] == []


def authenticator(key: str) -> str:
    """Return the code that an app shows for a typed key."""
    return totp_code(base64.b32decode(key + "=" * (-len(key) % 8)), int(time.time()) // TOTP_STEP_SECONDS)
