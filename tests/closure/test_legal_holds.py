"""What a legal hold does to a closure, and what its customer learns of it: that there is one, and nothing more."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.actors import Actor
from accounts.models import Account, OutboxMessage, Restriction
from closure import lifecycle
from closure.enums import ClosureAction, ClosureState, ExportKind, HeldReason, Step
from closure.exceptions import BlockedBy, TransitionRefused
from closure.models import ClosureRequest
from closure.operations.check import run_check
from closure.operations.release import release_dispute
from closure.operations.sweep import run_sweeps
from tests.api import Caller
from tests.closure import api_walk as walk
from tests.closure.by_operations import drafted, ready, submit_now, submitted
from tests.closure.downloading import FILES, build_all, download, open_file
from tests.closure.downloading import PAGES as RECORDS
from tests.closure.links import delivered, in_status
from tests.closure.scenes import frozen_picture, make_proof, make_request, make_run, make_submission
from tests.closure.walking import PAGES, take_risks, walk_to
from tests.factories import PASSWORD, make_account, totp_code
from tests.holding import BASIS, CASE, REASON, lift, officer, place
from tests.invariants import violations
from tests.pages import read, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H05", "A12")]
S = ClosureState
SENTENCE = "A legal or risk hold applies; we cannot say more."
SECRETS = (CASE, BASIS, REASON, "12/2026", "Exampletown", "judicial", "court order")
CLOCK = re.compile(r"\d\d:\d\d")


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def secrets_in(text: str) -> list[str]:
    """Return what of the hold a text tells."""
    return [secret for secret in SECRETS if secret.lower() in text.lower()]


def test_hold_stops_submission_by_the_check(ana: Account, now: datetime) -> None:
    request, step_up = ready(ana, now)
    place(ana.pk, now=now)
    with pytest.raises(BlockedBy) as refused:
        submit_now(request, step_up, now)
    assert [(each.code, str(each.why)) for each in refused.value.check.blockers] == [("legal_hold", SENTENCE)]
    ana.refresh_from_db()
    assert (ana.status, ClosureRequest.objects.get().state) == ("active", S.DRAFT)


@pytest.mark.parametrize(
    ("restriction", "sentence"), [("", SENTENCE), ("judicial_freeze", SENTENCE), ("fraud_alert", "restricted")]
)
def test_hold_that_came_after_the_check_stops_submission_too(
    ana: Account, now: datetime, restriction: str, sentence: str
) -> None:
    draft = make_request(ana, S.DRAFT, now=now)
    facts = {"run": make_run(draft, now=now), "proof": make_proof(ana), "submission": make_submission(now)}
    if restriction:
        Restriction.objects.create(account=ana, kind=restriction, placed_at=now, placed_by="staff:x")
    else:
        place(ana.pk, now=now)
    before = frozen_picture(draft)
    with pytest.raises(TransitionRefused, match=sentence) as refused:
        lifecycle.apply(draft.pk, ClosureAction.SUBMIT, actor=Actor.customer(ana), reason="", now=now, **facts)
    assert (refused.value.code, frozen_picture(draft)) == ("on_hold", before)


def test_hold_of_a_waiting_request_is_recorded_by_the_sweep_and_ends_by_itself(
    ana: Account, now: datetime, advance: Callable[..., datetime]
) -> None:
    request = submitted(ana, now)
    hold = place(ana.pk, now=now)
    # A hold is looked at at once, however lately the account was checked.
    assert run_sweeps(now)["held"] == 1
    request.refresh_from_db()
    assert (request.state, request.held_reasons) == (S.HELD, [HeldReason.LEGAL])
    late = advance(days=40)
    assert (run_sweeps(late)["timed_out"], run_sweeps(late)["closed"]) == (0, 0)
    lift(hold, now=late)
    later = advance(minutes=6)
    run_sweeps(later)
    request.refresh_from_db()
    assert request.state == S.CLOSED
    assert violations() == []


def test_account_that_was_disputed_stays_under_its_hold(ana: Account, now: datetime) -> None:
    disputed = make_request(ana, S.CANCELLED, now=now, end_reason="disputed")
    Account.objects.filter(pk=ana.pk).update(status="disabled")
    place(ana.pk, now=now)
    for name in ("olga", "omar"):
        release_dispute(disputed.pk, actor=officer(name), reason="She called.", now=now)
    ana.refresh_from_db()
    draft = drafted(ana, now)
    run = run_check(draft.pk, actor=Actor.customer(ana), now=now)
    assert (ana.status, [each["code"] for each in run.result["blockers"]]) == ("active", ["legal_hold"])


@pytest.mark.row("A17", "M02")
def test_pages_and_calls_say_one_sentence_whatever_holds(now: datetime) -> None:
    told = []
    for name in ("ana", "ben"):
        account = make_account(name)
        if name == "ana":
            place(account.pk, now=now)
        else:
            kind = {"kind": "judicial_freeze", "placed_at": now, "placed_by": "staff:x"}
            Restriction.objects.create(account=account, **kind)
        # The minute may turn between the two.
        nameless = [text.replace(name, "NAME").replace(name.title(), "NAME") for text in _everything(account)]
        told.append([CLOCK.sub("HH:MM", text) for text in nameless])
    assert "HH:MM" in told[0][3]
    assert told[0] == told[1]
    assert [SENTENCE in text for text in told[0]] == [True] * len(told[0])
    assert secrets_in(" ".join(told[0])) == []


def _everything(account: Account) -> list[str]:
    """Return what the owner reads of the check, the account and the security page."""
    client, caller = Client(), Caller(account)
    told: list[Any] = [caller.get("account/").json()["restrictions"], caller.post("preflight/").json()["blockers"]]
    sign_in(client, str(account.email), PASSWORD, totp_code(account))
    security = read(client.get("/security/")).text
    take_risks(client, account)
    return [*map(str, told), security, read(client.get(PAGES[Step.CHECK])).text]


@pytest.mark.row("A17", "M02")
def test_status_page_and_mails_say_the_sentence_alone(ana: Account, now: datetime) -> None:
    request = submitted(ana, now)
    OutboxMessage.objects.all().delete()
    place(ana.pk, now=now)
    run_sweeps(now)
    page = read(in_status(Client(), request).get("/status/open/")).text
    mails = [delivered(mail) for mail in OutboxMessage.objects.filter(account_id=ana.pk, template="closure_held")]
    texts = [page, *(f"{mail.subject} {mail.text}" for mail in mails if mail)]
    assert [SENTENCE in text for text in texts] == [True, True]
    assert secrets_in(" ".join(texts)) == []


def test_records_that_are_downloaded_say_nothing_of_it(ana: Account, now: datetime) -> None:
    client = Client()
    sign_in(client, str(ana.email), PASSWORD, totp_code(ana))
    walk_to(client, ana, Step.EXPORT)
    place(ana.pk, now=now)
    open_file(client, ana, RECORDS[ExportKind.IDENTITY])
    build_all()
    text = download(client, FILES[ExportKind.IDENTITY])
    assert (SENTENCE in text, secrets_in(text)) == (True, [])


def test_program_that_submits_is_told_the_check(ana: Account, now: datetime) -> None:
    caller = Caller(ana)
    reference = walk.open_draft(caller)
    place(ana.pk, now=now)
    answer = caller.post("closures/", {"acknowledged": []})
    assert (answer.status_code, SENTENCE in answer.content.decode()) == (409, True)
    assert secrets_in(answer.content.decode() + caller.get(f"closures/{reference}/").content.decode()) == []
