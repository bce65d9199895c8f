"""`manage.py preflight`: exit codes, table and JSON."""

import json
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import Actor
from accounts.enums import RestrictionKind
from accounts.models import Account
from accounts.restrictions import place
from closure.enums import Area, Moment
from closure.exchange.ledger.models import LedgerApiKey
from closure.models import CheckRun
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("A01")]


def preflight(*arguments: str) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr."""
    out, err = StringIO(), StringIO()
    try:
        call_command("preflight", *arguments, stdout=out, stderr=err)
    except SystemExit as error:
        return int(str(error.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def test_clear_account_exits_0_whatever_names_it(ana: Account) -> None:
    names = [str(ana.pk), ana.email or "", ana.phone or ""]
    assert [preflight(name)[0] for name in names] == [0, 0, 0]
    assert list(CheckRun.objects.values_list("account_id", "moment")) == [(ana.pk, Moment.CHECK)] * 3


def test_clear_account_lists_every_area_and_the_verdict(ana: Account) -> None:
    lines = preflight(str(ana.pk))[1].splitlines()
    assert [line.split() for line in lines[: len(Area)]] == [[area.value, "clear"] for area in Area]
    assert lines[-2] == "verdict   clear"


def test_account_with_warnings_alone_exits_0(ana: Account) -> None:
    LedgerApiKey.objects.create(account_id=ana.pk, key_id="k-1", label="bot", scopes=["read"])
    code, out, _err = preflight(str(ana.pk))
    assert code == 0
    assert "warning: api_keys_revoked" in out.splitlines()


def test_blocked_account_exits_3_with_why_how_and_when(ana: Account, now: datetime) -> None:
    place(ana, RestrictionKind.JUDICIAL_FREEZE, actor=Actor.core(), note="order 12/2026", now=now)
    code, out, _err = preflight(str(ana.pk))
    assert code == 3
    assert "  why    A legal or risk hold applies; we cannot say more." in out.splitlines()
    assert "  when   When the hold is lifted." in out.splitlines()
    assert out.splitlines()[-1] == "earliest  When the hold is lifted."


def test_json_is_the_check_and_a_summary(ana: Account, now: datetime) -> None:
    place(ana, RestrictionKind.FRAUD_ALERT, actor=Actor.core(), note="", now=now)
    code, out, _err = preflight(str(ana.pk), "--json")
    check, summary = (json.loads(line) for line in out.splitlines())
    assert code == 3
    assert [blocker["code"] for blocker in check["blockers"]] == ["fraud_alert"]
    assert summary["summary"] == {
        "account": str(ana.pk),
        "verdict": "blocked",
        "earliest": None,
        "blockers": 1,
        "warnings": 0,
    }


@pytest.mark.parametrize("name", ["nobody@example.test", "+14155550999", "not an account", ""])
def test_unknown_account_exits_2(name: str) -> None:
    code, out, err = preflight(name)
    assert (code, out) == (2, "")
    assert "no account" in err


def test_no_account_is_a_usage_error() -> None:
    with pytest.raises(CommandError):
        call_command("preflight")
