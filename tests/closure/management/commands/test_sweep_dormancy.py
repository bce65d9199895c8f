"""The command that sweeps who stays away: results, the report for staff, exit codes, one run at a time."""

import fcntl
import json
from datetime import datetime
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import Account, DormancyNotice
from closure.dormancy.handling import handle
from closure.exchange.ledger.models import LedgerHolding
from tests.closure.clearing import hold
from tests.closure.dormancy.sleepers import DAY, asleep, stands
from tests.closure.exchange.contract import spot
from tests.closure.scenes import staff

pytestmark = pytest.mark.django_db


def run(now: datetime, *arguments: str) -> list[str]:
    out = StringIO()
    call_command("sweep_dormancy", "--as-of", now.isoformat(), *arguments, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


@pytest.mark.row("I03")
def test_command_tells_each_batch_and_a_summary(now: datetime) -> None:
    for name in ("ana", "ben", "cal"):
        asleep(name, 3000, now=now)
    nothing = {"unclaimed_announced": 0, "dormant": 0, "told_1_days_before": 0, "told_7_days_before": 0}
    assert [json.loads(line) for line in run(now, "--json", "--batch-size", "2")] == [
        {"result": "inactive", "accounts": 2},
        {"result": "inactive", "accounts": 1},
        {"result": "dormancy_announced", "accounts": 2},
        {"result": "dormancy_announced", "accounts": 1},
        {"summary": {"inactive": 3, "dormancy_announced": 3, **nothing}},
    ]
    assert run(now)[-1].startswith("0 inactive, 0 dormancy_announced, ")


def test_command_dry_run_says_what_is_due_and_does_nothing(now: datetime) -> None:
    asleep("ana", 3000, now=now)
    ben = asleep("ben", 3000, now=now, status="inactive")
    due = json.loads(run(now, "--dry-run", "--json")[-1])["summary"]
    assert {name: count for name, count in due.items() if count} == {
        "would_inactive": 1,
        "would_dormancy_announced": 1,
    }
    assert (stands(ben), DormancyNotice.objects.count()) == (("inactive", {}), 0)


@pytest.mark.row("H03", "I01")
def test_command_reports_unclaimed_property_and_moves_nothing(now: datetime) -> None:
    ana = asleep("ana", 3000, now=now, status="dormant", country="US", region="CA")
    ben = asleep("ben", 740, now=now, status="dormant", country="US", region="CA", phone=None)
    run(now)
    DormancyNotice.objects.filter(account=ben).update(channel="")
    at = now + 180 * DAY
    on = {each.account_id: each.on.isoformat() for each in DormancyNotice.objects.all()}
    told = {"place": "US-CA", "told": now.isoformat(), "handled": "no"}
    assert [json.loads(line) for line in run(at, "--report", "--json")] == [
        {"account": str(ana.pk), **told, "on": on[ana.pk], "due": True},
        {"account": str(ben.pk), **told, "on": on[ben.pk], "due": False, "told": "not reached"},
        {"summary": {"unclaimed": 2, "due": 1}},
    ]


@pytest.mark.row("H03", "I01")
def test_command_reports_what_is_held_and_what_was_handled(now: datetime) -> None:
    for name in ("ana", "ben"):
        asleep(name, 3000, now=now, status="dormant", country="US", region="CA")
    run(now)
    first, second = DormancyNotice.objects.order_by("on", "id").values_list("pk", "account_id")
    hold(Account.objects.get(pk=first[1]), holdings=[spot("BTC", "0.5", "31250")])
    LedgerHolding.objects.create(account_id=first[1], area="funding", asset="BTC", amount="a lot")
    at = now + 200 * DAY
    handle(second[0], reason="Reported.", actor=staff(Role.COMPLIANCE), now=at)
    lines = [json.loads(line) for line in run(at, "--report", "--holdings", "--json")]
    assert [(line.get("due"), line.get("handled"), line.get("holds")) for line in lines[:2]] == [
        (True, "no", {"spot": [{"asset": "BTC", "amount": "0.5", "value_usdt": "31250"}], "funding": None}),
        (False, at.isoformat(), None),
    ]
    assert lines[2] == {"summary": {"unclaimed": 2, "due": 1}}


def test_command_refuses_bad_options_and_a_second_run(now: datetime) -> None:
    with pytest.raises(CommandError):
        run(now, "--batch-size", "0")
    with (settings.VAR_DIR / "sweep_dormancy.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(SystemExit) as ended:
            run(now)
    assert ended.value.code == 4
