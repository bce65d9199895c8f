"""What tests of every preset ask: what blocks an account, what submission would decide, what the status page shows."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from accounts.actors import Actor
from accounts.enums import CaseKind, Role
from accounts.models import Account, Case
from closure import journey
from closure.enums import ClosureState, RequestChannel
from closure.exceptions import ChannelNotAllowed
from closure.facts import Submission
from closure.models import ClosureRequest
from closure.operations import review
from closure.operations.opening import check_account
from closure.operations.start import check_channel
from closure.operations.submit import submission
from closure.policy import loader
from closure.policy.schema import Policy
from tests.closure.scenes import make_request, make_run, staff
from tests.pages import read

# The links of the status page by what the table of presets calls them.
SHOWN = {
    "/status/records/": "export",
    "/status/balances/": "balances",
    "/status/history/": "history",
    "/status/cancel/": "cancel",
    "/status/dispute/": "dispute",
}


def blockers(account: Account, now: datetime) -> list[str]:
    """Return the codes of what stops this account by the policy in force."""
    check = check_account(account, actor=Actor.customer(account), now=now)
    return [blocker.code for blocker in check.blockers]


def decided(account: Account, policy: Policy, now: datetime, *, withdrawn: str = "0", **facts: Any) -> Submission:
    """Return what submission would decide now, of a draft begun an hour ago."""
    request = make_request(account, ClosureState.DRAFT, now=now, pinned=policy, created_at=now - timedelta(hours=1))
    run = make_run(request, now=now, withdrawn_usdt=withdrawn)
    return submission(request, policy, run, now=now, **facts)


def channels(policy: Policy) -> set[RequestChannel]:
    """Return the channels that take requests under this policy (C02)."""
    taken = set()
    for channel in RequestChannel:
        with suppress(ChannelNotAllowed):
            check_channel(policy, channel)
            taken.add(channel)
    return taken


def web_alone(policy: Policy) -> bool:
    """Tell whether the web takes requests under this policy, and nothing else does (C02)."""
    return channels(policy) == {RequestChannel.WEB}


def cancel_by_support(request: ClosureRequest, now: datetime) -> ClosureRequest:
    """Let an agent cancel on a case of the customer (L01)."""
    case = Case.objects.create(account_id=request.account_id, kind=CaseKind.OTHER, created_at=now)
    return review.cancel_by_staff(
        request.pk,
        actor=staff(Role.AGENT),
        reason="They asked us to.",
        case=case.reference,
        seen_version=request.version,
        now=now,
    )


def before_codes(account: Account, policy: Policy, now: datetime) -> ClosureRequest:
    """Return a draft with notes, captcha, check and export behind it."""
    done = dict.fromkeys((journey.CAPTCHA_PASSED, journey.EXPORTED), now.isoformat())
    request = make_request(account, ClosureState.DRAFT, now=now, pinned=policy, progress=done)
    make_run(request, now=now)
    return request


def shown(client: Client) -> set[str]:
    """Return what the status page that is open here shows and offers, beside what every request has."""
    page = read(client.get("/status/open/"))
    found = {SHOWN[link["href"]] for link in page.every("a") if link.get("href") in SHOWN}
    return found | ({"timeline"} if "What happened, and what comes" in page.text else set())


def waiting(account: Account, preset: str, now: datetime, **fields: Any) -> ClosureRequest:
    """Return a request that waits under a preset; without a wait of its own it waits as under the brake."""
    policy = loader.load(preset)
    wait = policy.waiting.wait or policy.waiting.brake_adds
    dates = {"finalizes_after": now + wait, "finalizes_before": now + wait + policy.waiting.due}
    return make_request(account, ClosureState.COOLING_OFF, now=now, pinned=policy, **dates, **fields)
