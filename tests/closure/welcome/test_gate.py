"""What waits for the list, by preset: withdrawing where dormancy locks; never looking, never leaving (I05, J05)."""

from datetime import datetime
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.exceptions import NotAllowed
from accounts.models import Account
from closure.enums import ClosureState, Needs, RequestChannel
from closure.models import WelcomeBack
from closure.operations import start
from closure.permissions import can_close, check_remedy
from closure.policy import loader
from tests.closure.policy.behavior.columns import by_preset
from tests.closure.scenes import make_request
from tests.closure.welcome.returning import returned
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.row("I05")]


def refused(account: Account, needs: Needs, now: datetime, actor: Actor | None = None) -> str:
    """Return the code with which a remedy is refused, empty when it is not."""
    try:
        check_remedy(actor or Actor.customer(account), account, needs, now=now)
    except NotAllowed as error:
        return error.code
    return ""


@by_preset(
    "locks",
    {"binance": False, "binance-cooling-off": False, "binance-us": True, "pionex": False, "standard": True},
)
def test_withdrawing_waits_where_the_policy_locks(preset: str, locks: bool, now: datetime, settings: Any) -> None:
    settings.PORTAL_POLICY = preset
    ana = returned(now=now)
    assert loader.current().dormancy.locks is locks
    assert {needs: refused(ana, needs, now) for needs in Needs} == {
        Needs.NOTHING: "",
        Needs.UNWIND: "",
        Needs.TRADE: "",
        Needs.WITHDRAW: "welcome_back" if locks else "",
    }


def test_withdrawing_is_open_when_the_list_is_finished_and_to_others(now: datetime) -> None:
    ana, ben = returned(now=now), make_account("ben")
    WelcomeBack.objects.filter(account=ana).update(finished_at=now)
    assert (refused(ana, Needs.WITHDRAW, now), refused(ben, Needs.WITHDRAW, now)) == ("", "")


def test_nobody_is_kept_from_leaving(now: datetime) -> None:
    ana = returned(now=now)
    assert can_close(Actor.customer(ana), ana)
    assert start.start(ana, channel=RequestChannel.WEB, actor=Actor.customer(ana), now=now).state == ClosureState.DRAFT
    # What arrives while closing waits goes back to its owner, who cannot sign in to finish any list.
    frozen = returned("ben", now=now)
    Account.objects.filter(pk=frozen.pk).update(status="frozen")
    make_request(frozen, ClosureState.HELD, now=now, held_reasons=["deposit"])
    frozen.refresh_from_db()
    assert refused(frozen, Needs.WITHDRAW, now, Actor.status_session(frozen.pk)) == ""


@pytest.mark.row("J05", "A15")
def test_selling_waits_for_an_identity_refresh_unless_one_is_leaving(now: datetime) -> None:
    ana = make_account("ana", identity_status="refresh_due")
    assert [refused(ana, needs, now) for needs in (Needs.TRADE, Needs.WITHDRAW)] == ["identity_refresh", ""]
    start.start(ana, channel=RequestChannel.WEB, actor=Actor.customer(ana), now=now)
    assert refused(ana, Needs.TRADE, now) == ""
    ben = make_account("ben", identity_status="verified")
    assert refused(ben, Needs.TRADE, now) == ""
