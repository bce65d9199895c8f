"""Steps open one after the other, by what is true and not by what was said."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor
from accounts.models import Account, Identifier
from closure import journey
from closure.enums import Step, StepState
from closure.exceptions import StepLocked
from closure.models import ClosureRequest
from closure.notes import NOTE_CODES, NOTES, notes
from closure.operations.acknowledge import acknowledge
from closure.operations.check import run_check
from closure.operations.export import mark_exported
from closure.operations.start import start
from closure.operations.verify import begin_verification, check_document
from closure.policy import loader
from closure.policy.schema import ReregistrationPolicy
from tests.closure.by_operations import WEB, checked, drafted, exported, ready, verified
from tests.closure.scenes import make_run, with_policy
from tests.factories import document_number, make_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def states(request: ClosureRequest, now: datetime) -> list[str]:
    fresh = ClosureRequest.objects.get(pk=request.pk)
    return [step.state.value for step in journey.steps(fresh, now=now)]


def walked(done: int) -> list[str]:
    return ["done"] * done + ["open"] + ["locked"] * (5 - done)


@pytest.mark.row("C05")
def test_each_step_opens_the_next(ana: Account, now: datetime) -> None:
    owner = Actor.customer(ana)
    assert states(start(ana, channel=WEB, actor=owner, now=now), now) == walked(0)
    assert states(drafted(ana, now), now) == walked(1)
    assert states(checked(ana, now), now) == walked(2)
    assert states(exported(ana, now), now) == walked(3)
    assert states(verified(ana, now)[0], now) == walked(4)
    assert states(ready(ana, now)[0], now) == walked(5)


@pytest.mark.row("C05")
def test_steps_ahead_are_locked_to_operations(ana: Account, now: datetime) -> None:
    request = drafted(ana, now)
    calls: list[Callable[[], object]] = [
        lambda: mark_exported(request.pk, skipped=True, actor=Actor.customer(ana), now=now),
        lambda: begin_verification(request.pk, now=now),
        lambda: check_document(request.pk, document_number(), now=now),
    ]
    for call in calls:
        with pytest.raises(StepLocked) as refused:
            call()
        assert refused.value.first_open is Step.CHECK
    assert ClosureRequest.objects.get().progress == {}


@pytest.mark.row("C05")
def test_a_step_behind_that_is_no_longer_so_locks_those_ahead(ana: Account, now: datetime) -> None:
    request, _step_up = ready(ana, now)
    late = now + timedelta(minutes=16)
    assert states(request, late) == walked(1)
    make_run(request, now=now, blockers=("spot.left",))
    assert states(request, now) == walked(1)


def test_check_with_warnings_is_done_when_all_are_acknowledged(ana: Account, now: datetime) -> None:
    request = drafted(ana, now)
    make_run(request, now=now, warnings=("dust.ABC", "dust.XYZ"))
    acknowledge(request.pk, ["dust.ABC"], actor=Actor.customer(ana), now=now)
    assert states(request, now) == walked(1)
    acknowledge(request.pk, ["dust.XYZ"], actor=Actor.customer(ana), now=now)
    assert states(request, now) == walked(2)


def test_check_that_could_not_be_made_is_not_done(ana: Account, now: datetime) -> None:
    request = drafted(ana, now)
    make_run(request, now=now, unknown=True)
    assert states(request, now) == walked(1)


@pytest.mark.row("D02")
def test_verification_that_ran_out_is_open_again_and_pages_are_kept(ana: Account, now: datetime) -> None:
    request, _step_up = verified(ana, now)
    late = now + timedelta(minutes=11)
    run_check(request.pk, actor=Actor.customer(ana), now=late)
    assert states(request, late) == walked(3)


@pytest.mark.row("D01", "D03")
def test_document_is_a_step_only_where_one_is_on_file(ana: Account, now: datetime) -> None:
    request = checked(ana, now)
    assert Step.DOCUMENT in [step.name for step in journey.steps(request, now=now)]
    Identifier.objects.filter(account=ana, kind="document").delete()
    assert [step.name for step in journey.steps(request, now=now)] == [
        step for step in Step if step is not Step.DOCUMENT
    ]
    assert check_document(request.pk, "whatever", now=now).progress == {}


def test_confirming_is_always_the_last_that_is_open(ana: Account, now: datetime) -> None:
    request, _step_up = ready(ana, now)
    assert journey.first_open(request, now) is Step.CONFIRM
    assert journey.steps(request, now=now)[-1].state is StepState.OPEN


@pytest.mark.row("C04", "C12", "C13")
def test_notes_say_what_is_lost_and_for_how_long() -> None:
    said = {note.code: str(note.text) for note in notes(loader.load("standard"))}
    assert tuple(said) == NOTE_CODES == tuple(note.code for note in NOTES)
    assert said["identifiers_blocked"] == (
        "You cannot use these for a new account: your e-mail for 30 days, your phone for 90 days, "
        "your document for 90 days."
    )
    assert "VIP level" in said["privileges_end"]
    assert said["irreversible"] == "A closed account can never be opened again, by you or by us."


@pytest.mark.row("C04", "G04", "G05")
@pytest.mark.parametrize(
    ("preset", "ending"),
    [
        ("pionex", "your document for 30 days, your national number for 30 days."),
        ("binance-us", "new account: your national number for as long as we keep your identity records."),
    ],
)
def test_notes_name_the_national_number_where_it_is_blocked(preset: str, ending: str) -> None:
    said = {note.code: str(note.text) for note in notes(loader.load(preset))}
    assert said["identifiers_blocked"].endswith(ending)


def test_notes_without_periods_say_so() -> None:
    free = ReregistrationPolicy(
        email=None,
        email_for_ever_review=None,
        phone=None,
        document=None,
        national_number=None,
        national_number_while_archived=False,
    )
    said = {note.code: str(note.text) for note in notes(with_policy(reregistration=free))}
    assert said["identifiers_blocked"] == "You can use your e-mail, phone and document for a new account at once."
