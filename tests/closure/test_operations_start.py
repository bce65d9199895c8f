"""Starting, going on, letting go and drafts that nobody touches."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.enums import AccountStatus, CaseKind, CaseState, Role
from accounts.exceptions import NotAllowed
from accounts.models import Account, Case
from closure import drafts, lifecycle
from closure.enums import ClosureState, RequestChannel
from closure.exceptions import ChannelNotAllowed, UnknownRequest
from closure.models import ClosureRequest
from closure.operations.start import check_channel, discard, lapse_drafts, start
from closure.policy import loader
from closure.policy.schema import ApiKeys, PreflightPolicy
from tests.closure.scenes import events, make_request, put, staff, with_policy
from tests.factories import make_account, make_staff

pytestmark = pytest.mark.django_db
S = ClosureState


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def begin(account: Account, now: datetime, **facts: Any) -> ClosureRequest:
    given = {"channel": RequestChannel.WEB, "actor": Actor.customer(account), **facts}
    return start(account, now=now, **given)


@pytest.mark.row("E08")
def test_start_pins_the_policy_whole(ana: Account, now: datetime) -> None:
    request, policy = begin(ana, now), loader.load("standard")
    assert (request.state, request.policy_name, request.policy_version) == (
        S.DRAFT,
        "standard",
        loader.version(policy),
    )
    assert loader.from_pinned(request.policy) == policy
    assert events(request) == ["closure.started"]


def test_start_again_goes_on_with_the_same_draft(ana: Account, now: datetime) -> None:
    first = begin(ana, now)
    again = begin(ana, now + timedelta(hours=1))
    assert (again.pk, again.touched_at, ClosureRequest.objects.count()) == (first.pk, now + timedelta(hours=1), 1)


@pytest.mark.row("C02")
@pytest.mark.parametrize("channel", RequestChannel)
def test_channels_are_those_of_the_policy(channel: RequestChannel) -> None:
    web_only = with_policy(channels=frozenset({RequestChannel.WEB}))
    check_channel(loader.load("standard"), channel)
    if channel is RequestChannel.WEB:
        check_channel(web_only, channel)
    else:
        with pytest.raises(ChannelNotAllowed):
            check_channel(web_only, channel)


@pytest.mark.row("A18", "L02")
def test_start_is_refused_to_everybody_but_the_owner(ana: Account, now: datetime) -> None:
    sam = make_staff("sam")
    for account, actor in ((ana, staff(Role.AGENT)), (ana, Actor.customer(sam)), (sam, Actor.customer(sam))):
        with pytest.raises(NotAllowed):
            begin(account, now, actor=actor)
    assert ClosureRequest.objects.count() == 0


@pytest.mark.parametrize("status", [AccountStatus.DISABLED, AccountStatus.FROZEN, AccountStatus.CLOSED])
def test_start_needs_an_account_open_for_sign_in(status: AccountStatus, ana: Account, now: datetime) -> None:
    put(ana, status)
    with pytest.raises(NotAllowed):
        begin(ana, now)


def test_discard_ends_the_draft_and_leaves_the_account(ana: Account, now: datetime) -> None:
    request = discard(begin(ana, now).pk, actor=Actor.customer(ana), now=now)
    ana.refresh_from_db()
    assert (request.state, request.end_reason, ana.status) == (S.CANCELLED, "discarded", AccountStatus.ACTIVE)
    assert begin(ana, now).pk != request.pk


@pytest.mark.parametrize(
    ("hours", "case", "ended"),
    [(23, None, 0), (24, None, 1), (24, CaseState.OPEN, 0), (24, CaseState.RESOLVED, 1), (24 * 7, CaseState.OPEN, 1)],
)
def test_idle_drafts_lapse(hours: int, case: CaseState | None, ended: int, ana: Account, now: datetime) -> None:
    request = make_request(ana, S.DRAFT, now=now)
    if case:
        resolved = now if case is CaseState.RESOLVED else None
        Case.objects.create(account_id=ana.pk, kind=CaseKind.OTHER, state=case, created_at=now, resolved_at=resolved)
    assert lapse_drafts(now + timedelta(hours=hours)) == ended
    request.refresh_from_db()
    assert request.state == (S.EXPIRED if ended else S.DRAFT)


def test_drafts_of_others_and_submitted_ones_are_not_written(ana: Account, now: datetime) -> None:
    bob = make_account("bob")
    request = begin(ana, now)
    with pytest.raises(NotAllowed):
        drafts.draft_of(request.pk, actor=Actor.customer(bob))
    submitted = make_request(bob, S.COOLING_OFF, now=now)
    with pytest.raises(UnknownRequest):
        drafts.draft_of(submitted.pk, actor=Actor.customer(bob))


@pytest.mark.row("E08")
def test_an_open_draft_gets_the_policy_in_force(ana: Account, now: datetime) -> None:
    standard = loader.load("standard").preflight
    changed = PreflightPolicy(
        **{
            **{name: getattr(standard, name) for name in standard.__dataclass_fields__},
            "api_keys": ApiKeys.DELETED_FIRST,
        }
    )
    request = make_request(ana, S.DRAFT, now=now, pinned=with_policy(preflight=changed))
    lifecycle.open_draft(
        ana.pk,
        channel=RequestChannel.WEB,
        policy=loader.load("standard"),
        actor=Actor.customer(ana),
        now=now,
    )
    before, request = request.policy_version, ClosureRequest.objects.get()
    assert (request.policy_version == before, request.policy_version) == (
        False,
        loader.version(loader.load("standard")),
    )
