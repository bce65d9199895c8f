"""Closing blocks every identifier for the time that the pinned policy says, counted from the closing (group G)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from accounts import blocked, identifiers, identity_check, registration
from accounts.actors import Actor
from accounts.enums import IdentifierKind, RestrictionKind
from accounts.identifiers import attach
from accounts.ids import uuid7
from accounts.models import Account, BlockedIdentity, OutboxMessage
from accounts.restrictions import place
from closure.finalization.outcomes import Done, Retry
from closure.finalization.runner import finalize_due
from closure.finalization.steps import block_identifiers
from closure.finalization.summary import Summary
from closure.lifecycle import pin
from closure.models import ClosureRequest
from closure.policy import loader
from closure.policy.schema import Policy
from closure.retention.models import ArchiveRecord, LegalHold
from closure.retention.schedule import anniversary
from portal.env import KeyRing
from tests.closure.closing import approved, left_sealed
from tests.closure.policy.behavior.columns import by_preset
from tests.closure.retention.sealing import sealed
from tests.factories import PASSWORD, document_number
from tests.links import received, token_in
from tests.restricting import lift_all

pytestmark = pytest.mark.django_db(transaction=True)

K = IdentifierKind
SYSTEM = Actor.system("tests")
DAY = timedelta(days=1)
NUMBER = "123-45-6789"
NOTHING: dict[str, Any] = {
    "email": None,
    "email_for_ever_review": None,
    "phone": None,
    "document": None,
    "national_number": None,
    "national_number_while_archived": False,
}
PIONEX = dict.fromkeys(("email", "phone", "document", "national_number"), 30 * DAY)
ARCHIVED = {"national_number_while_archived": True}
BINANCE_US = loader.load("binance-us")


def policy(**fields: Any) -> Policy:
    standard = loader.load("standard")
    return replace(standard, reregistration=replace(standard.reregistration, **{**NOTHING, **fields}))


def due(name: str, pinned: Policy, now: datetime) -> ClosureRequest:
    """Make a due closure under a policy, of somebody with every kind of identifier."""
    request = approved(name, now=now, **pin(pinned))
    attach(request.account, K.NATIONAL_NUMBER, f"{NUMBER}-{name}", now=now)
    return request


def identity_ends(request: ClosureRequest) -> datetime:
    """Return until when the identity of a closure is kept."""
    return ArchiveRecord.objects.get(file_id=request.pk, record_class="identity").expires_at


def values(request: ClosureRequest, name: str) -> dict[IdentifierKind, str]:
    account = request.account
    given = (str(account.email), str(account.phone), document_number(name), f"{NUMBER}-{name}")
    return dict(zip(K, given, strict=True))


def ends(typed: dict[IdentifierKind, str], now: datetime) -> dict[str, datetime]:
    """Return until when which of these are blocked."""
    found = {
        kind.value: blocked.until(kind, identifiers.normalize(kind, value), now=now) for kind, value in typed.items()
    }
    return {kind: until for kind, until in found.items() if until is not None}


@pytest.mark.row("G01", "G02", "G03", "G04", "G05", "G08")
@by_preset(
    "days",
    {
        "binance": {"email": 90, "phone": 90, "document": 90},
        "binance-cooling-off": {"email": 365},
        "binance-us": {"national_number": 5 * 365},
        "pionex": {"email": 30, "phone": 30, "document": 30, "national_number": 30},
        "standard": {"email": 30, "phone": 90, "document": 90},
    },
)
def test_closing_blocks_for_the_periods_of_the_preset(preset: str, days: dict[str, int], now: datetime) -> None:
    request = due("ana", loader.load(preset), now)
    typed = values(request, "ana")
    assert ends(typed, now) == {}
    assert finalize_due(now=now) == Summary(closed=1)
    request.refresh_from_db()
    assert request.ended_at == now
    expected = {kind: now + number * DAY for kind, number in days.items()}
    if preset == "binance-us":
        # As long as its archive: whole years, which are a little more than so many days.
        assert identity_ends(request) > expected["national_number"]
        expected["national_number"] = identity_ends(request)
    assert ends(typed, now) == expected
    last = timedelta(microseconds=1)
    for kind, until in expected.items():
        assert [kind in ends(typed, moment) for moment in (until - last, until)] == [True, False], kind
    assert [each.kind.value for each in blocked.of_files([request.pk])[request.pk]] == list(days)


@pytest.mark.row("G04")
def test_closing_blocks_nothing_where_the_policy_names_no_period(now: datetime) -> None:
    request = due("ana", policy(), now)
    assert finalize_due(now=now) == Summary(closed=1)
    assert (ends(values(request, "ana"), now), BlockedIdentity.objects.count()) == ({}, 0)


@pytest.mark.row("G03")
@by_preset(
    "review",
    {"binance": 365 * DAY, "binance-cooling-off": None, "binance-us": None, "pionex": None, "standard": None},
)
def test_only_an_e_mail_address_may_be_kept_for_ever_and_only_by_policy(
    preset: str, review: timedelta | None, now: datetime
) -> None:
    request = due("ana", loader.load(preset), now)
    finalize_due(now=now)
    rows = dict(BlockedIdentity.objects.filter(file_id=request.pk).values_list("kind", "review_every"))
    assert rows == {kind: review if kind == "email" else None for kind in rows}


@pytest.mark.row("G05")
def test_national_number_is_blocked_as_long_as_its_archive(now: datetime) -> None:
    request = due("ana", BINANCE_US, now)
    typed = values(request, "ana")
    assert finalize_due(now=now) == Summary(closed=1)
    until = identity_ends(request)
    assert until > now + 5 * 365 * DAY
    assert ends(typed, now) == {"national_number": until}
    (found,) = identity_check.conflicts([(K.NATIONAL_NUMBER, f"{NUMBER}-ana")], account_id=None, now=now)
    assert (found.why, found.account_id) == ("blocked", request.account_id)
    assert ends(typed, until) == {}
    LegalHold.objects.create(
        account_id=request.account_id,
        case_number="12/2031",
        basis="court order",
        review_on=now.date(),
        placed_at=now,
        placed_by=uuid7(),
    )
    assert ends(typed, until) == {"national_number": blocked.NO_END}


@pytest.mark.row("G05")
def test_without_an_archive_there_is_no_date_so_the_plan_waits(now: datetime) -> None:
    waits, goes_on = due("ana", BINANCE_US, now), due("ben", loader.load("standard"), now)
    outcomes = block_identifiers.run([waits, goes_on], now)
    assert [type(outcomes[row.pk]) for row in (waits, goes_on)] == [Retry, Done]
    assert [BlockedIdentity.objects.filter(file_id=row.pk).count() for row in (waits, goes_on)] == [0, 3]
    sealed(now=now, account_id=waits.account_id, file_id=waits.pk)
    assert isinstance(block_identifiers.run([waits], now)[waits.pk], Done)
    assert BlockedIdentity.objects.get(file_id=waits.pk).while_archived is True


@pytest.mark.row("G04", "H05")
def test_closure_that_was_parked_counts_from_its_end(now: datetime) -> None:
    request = due("ana", policy(**{**PIONEX, **ARCHIVED}), now)
    typed = values(request, "ana")
    left_sealed(request, now)
    years = ArchiveRecord.objects.get(file_id=request.pk, record_class="identity").years
    assert identity_ends(request) == anniversary(now, years)
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=request.account_id)
        hold = place(locked, RestrictionKind.JUDICIAL_FREEZE, actor=SYSTEM, note="12/2026", now=now)
    assert finalize_due(now=now + 10 * DAY) == Summary(waiting=1)
    assert ends(typed, now)["email"] == now + 30 * DAY
    lift_all(hold.account_id, now=now)
    ended = now + 11 * DAY
    assert finalize_due(now=ended) == Summary(closed=1)
    expected = dict.fromkeys(("email", "phone", "document"), ended + 30 * DAY)
    assert ends(typed, now) == {**expected, "national_number": anniversary(ended, years)}
    assert identity_ends(request) == anniversary(ended, years)


def test_block_identifiers_taken_twice_leaves_what_taking_it_once_leaves(now: datetime) -> None:
    request = due("ana", loader.load("standard"), now)
    typed = values(request, "ana")
    for at in (now, now, now - DAY):
        block_identifiers.run([request], at)
        assert ends(typed, now) == {"email": now + 30 * DAY, "phone": now + 90 * DAY, "document": now + 90 * DAY}
    assert BlockedIdentity.objects.count() == 3
    block_identifiers.run([request], now + DAY)
    assert ends(typed, now)["email"] == now + 31 * DAY


def test_block_identifiers_is_set_based(now: datetime, django_assert_num_queries: Any) -> None:
    for names in (("a1",), ("b1", "b2", "b3")):
        requests = [due(name, loader.load("standard"), now) for name in names]
        # Identifiers, the blocks that are there, and the new ones in a transaction of their own.
        with django_assert_num_queries(5):
            block_identifiers.run(requests, now)


@pytest.mark.row("G08")
def test_identifier_fingerprinted_under_an_old_key_is_blocked(settings: Settings, now: datetime) -> None:
    request = due("ana", loader.load("standard"), now)
    typed = values(request, "ana")
    ring = settings.FINGERPRINT_KEYS
    settings.FINGERPRINT_KEYS = KeyRing(((9, b"n" * 32), *ring.keys))
    assert finalize_due(now=now) == Summary(closed=1)
    assert set(BlockedIdentity.objects.values_list("key_version", flat=True)) == {ring.newest}
    assert set(ends(typed, now)) == {"email", "phone", "document"}
    assert set(BlockedIdentity.objects.values_list("key_version", flat=True)) == {9}


@pytest.mark.row("G03", "G07", "G08")
def test_whoever_closed_registers_again_when_the_date_has_come(client: Any, now: datetime, advance: Any) -> None:
    due("ana", loader.load("standard"), now)
    finalize_due(now=now)
    OutboxMessage.objects.all().delete()
    client.post("/register/", {"identifier": "ana@example.test"})
    words = received("registration")
    assert words is not None
    assert f"{now + 30 * DAY:%b %Y}" in words.text
    advance(days=30)
    client.post("/register/", {"identifier": "ana@example.test"})
    account = registration.register(token_in(received("registration")), password=PASSWORD, now=now + 30 * DAY)
    assert (account.name, account.identity_status, account.closures.count()) == ("", "none", 0)
