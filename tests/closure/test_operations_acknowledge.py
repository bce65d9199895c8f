"""Notes and warnings are acknowledged one by one, by their owner."""

from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor
from accounts.exceptions import NotAllowed
from accounts.models import Account
from closure.enums import ClosureState
from closure.exceptions import UnknownAcknowledgement, UnknownRequest
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES, missing
from closure.operations.acknowledge import acknowledge, missing_acknowledgements
from closure.operations.start import start
from tests.closure.by_operations import WEB
from tests.closure.scenes import make_request, make_run
from tests.factories import make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


@pytest.mark.row("C04")
def test_every_note_is_missing_at_first(ana: Account, now: datetime) -> None:
    owner = Actor.customer(ana)
    request = start(ana, channel=WEB, actor=owner, now=now)
    assert missing_acknowledgements(request, None) == list(NOTE_CODES)
    request = acknowledge(request.pk, ["data_gone", "irreversible"], actor=owner, now=now)
    assert missing_acknowledgements(request, None) == [
        code for code in NOTE_CODES if code not in {"data_gone", "irreversible"}
    ]
    assert request.acknowledged == dict.fromkeys(["data_gone", "irreversible"], now.isoformat())


def test_the_first_time_is_kept(ana: Account, now: datetime) -> None:
    owner = Actor.customer(ana)
    request = start(ana, channel=WEB, actor=owner, now=now)
    acknowledge(request.pk, ["data_gone"], actor=owner, now=now)
    request = acknowledge(request.pk, ["data_gone", "data_gone"], actor=owner, now=now + timedelta(minutes=1))
    assert request.acknowledged == {"data_gone": now.isoformat()}


@pytest.mark.row("C04")
def test_codes_nobody_showed_are_refused(ana: Account, now: datetime) -> None:
    owner = Actor.customer(ana)
    request = start(ana, channel=WEB, actor=owner, now=now)
    with pytest.raises(UnknownAcknowledgement) as refused:
        acknowledge(request.pk, ["data_gone", "dust.ABC", "all"], actor=owner, now=now)
    assert refused.value.codes == ["all", "dust.ABC"]
    assert ClosureRequest.objects.get().acknowledged == {}


def test_warnings_of_the_latest_check_are_known(ana: Account, now: datetime) -> None:
    owner = Actor.customer(ana)
    request = make_request(ana, ClosureState.DRAFT, now=now)
    make_run(request, now=now - timedelta(minutes=1), warnings=("old.warning",))
    run = make_run(request, now=now, warnings=("dust.ABC",))
    with pytest.raises(UnknownAcknowledgement):
        acknowledge(request.pk, ["old.warning"], actor=owner, now=now)
    assert missing(request, run.result) == ["dust.ABC"]
    assert missing(acknowledge(request.pk, ["dust.ABC"], actor=owner, now=now), run.result) == []


def test_only_the_owner_of_a_draft_acknowledges(ana: Account, now: datetime) -> None:
    bob = make_account("bob")
    draft = make_request(ana, ClosureState.DRAFT, now=now, acknowledged={})
    with pytest.raises(NotAllowed):
        acknowledge(draft.pk, ["data_gone"], actor=Actor.customer(bob), now=now)
    live = make_request(bob, ClosureState.IN_REVIEW, now=now)
    with pytest.raises(UnknownRequest):
        acknowledge(live.pk, ["data_gone"], actor=Actor.customer(bob), now=now)
