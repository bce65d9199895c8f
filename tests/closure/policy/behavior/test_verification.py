"""How whoever closes proves it under each preset: codes, time, password, document, face, captcha (C05, D01-D03)."""

from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from accounts.enums import FactorKind
from accounts.exceptions import WrongPassword
from accounts.models import Account, Identifier, StepUp
from accounts.verification import step_up as step_ups
from closure import journey, verification
from closure.enums import ClosureState, RequestChannel, Step
from closure.models import ClosureRequest
from closure.operations.captcha import is_asked_of
from closure.operations.verify import begin_verification, check_document
from closure.policy import loader
from tests.closure.by_operations import submit_now
from tests.closure.policy.behavior.columns import by_preset
from tests.closure.presets import before_codes, channels, decided
from tests.closure.scenes import make_request, make_run
from tests.factories import document_number, make_account

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
C = RequestChannel
ANY_PAIR = {"email,sms", "email,totp", "sms,totp", "email,sms,totp"}


@pytest.fixture
def ana(settings: Any, preset: str) -> Account:
    """Ana, with mail, text message and authenticator, where this preset is in force."""
    settings.PORTAL_POLICY = preset
    return make_account("ana", identity_level=1)


def given(begun: StepUp, kinds: set[FactorKind]) -> StepUp:
    """Give these codes, past the rules."""
    begun.passed = [
        {"device": factor.id, "kind": factor.kind.value, "at": begun.created_at.isoformat()}
        for factor in step_ups.factors(begun)
        if factor.kind in kinds
    ]
    begun.save(update_fields=["passed"])
    return begun


@pytest.mark.row("C02")
@by_preset(
    "taken",
    {
        "binance": {C.WEB, C.APP, C.API},
        "binance-cooling-off": {C.WEB},
        "binance-us": {C.WEB, C.APP, C.API},
        "pionex": {C.WEB},
        "standard": {C.WEB, C.APP, C.API},
    },
)
def test_channels_take_requests(preset: str, taken: set[RequestChannel]) -> None:
    assert channels(loader.load(preset)) == taken


@pytest.mark.row("A13", "D01")
@by_preset(
    "enough",
    {
        "binance": {"email,sms,totp"},
        "binance-cooling-off": {"sms", "totp", "email,sms", "email,totp", "sms,totp", "email,sms,totp"},
        "binance-us": {"email,totp", "email,sms,totp"},
        "pionex": ANY_PAIR,
        "standard": ANY_PAIR,
    },
)
def test_codes_that_are_enough(ana: Account, now: datetime, preset: str, enough: set[str]) -> None:
    policy = loader.load(preset)
    request = before_codes(ana, policy, now)
    begun = begin_verification(request.pk, now=now)
    kinds = [FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP]
    found = set()
    for number in range(1, len(kinds) + 1):
        for chosen in combinations(kinds, number):
            given(begun, set(chosen))
            if verification.is_done(request, policy, now=now):
                found.add(",".join(chosen))
    assert found == enough


@pytest.mark.row("D01")
@by_preset(
    "enough",
    {"binance": True, "binance-cooling-off": True, "binance-us": False, "pionex": True, "standard": True},
)
def test_mail_and_text_are_enough_for_who_has_no_authenticator(
    settings: Any, now: datetime, preset: str, enough: bool
) -> None:
    settings.PORTAL_POLICY = preset
    policy, ben = loader.load(preset), make_account("ben", totp=False)
    request = before_codes(ben, policy, now)
    given(begin_verification(request.pk, now=now), {FactorKind.EMAIL, FactorKind.SMS})
    assert verification.is_done(request, policy, now=now) is enough


@pytest.mark.row("D02")
@by_preset("extensions", {"binance": 0, "binance-cooling-off": 10, "binance-us": 10, "pionex": 10, "standard": 10})
def test_codes_have_ten_minutes_and_more_where_it_may_be_asked_for(
    ana: Account, now: datetime, preset: str, extensions: int
) -> None:
    begun = begin_verification(before_codes(ana, loader.load(preset), now).pk, now=now)
    assert (begun.expires_at - now, begun.extensions_left) == (10 * MINUTE, extensions)


@pytest.mark.row("C09", "D01", "E01", "F01")
@pytest.mark.django_db(transaction=True)
@by_preset(
    "submitted",
    {
        "binance": (False, ClosureState.COOLING_OFF),
        "binance-cooling-off": (True, ClosureState.COOLING_OFF),
        "binance-us": (True, ClosureState.IN_REVIEW),
        "pionex": (False, ClosureState.APPROVED),
        "standard": (True, ClosureState.COOLING_OFF),
    },
)
def test_password_is_asked_last_and_what_follows(
    ana: Account, now: datetime, preset: str, submitted: tuple[bool, ClosureState]
) -> None:
    request = before_codes(ana, loader.load(preset), now)
    begun = given(begin_verification(request.pk, now=now), set(FactorKind))
    check_document(request.pk, document_number("ana"), now=now)
    asked = False
    try:
        done = submit_now(request, begun, now, password=None)
    except WrongPassword:
        asked, done = True, submit_now(request, begun, now)
    assert (asked, done.state) == submitted


@pytest.mark.row("D01", "D03")
@by_preset(
    "asked",
    {"binance": False, "binance-cooling-off": False, "binance-us": False, "pionex": True, "standard": True},
)
def test_document_number_is_asked_where_one_is_on_file(ana: Account, now: datetime, preset: str, asked: bool) -> None:
    policy = loader.load(preset)
    request = make_request(ana, ClosureState.DRAFT, now=now, pinned=policy)
    assert (Step.DOCUMENT in journey.steps_of(request, policy)) is asked
    Identifier.objects.filter(account=ana, kind="document").delete()
    assert Step.DOCUMENT not in journey.steps_of(request, policy)


@pytest.mark.row("D01")
@by_preset(
    "due",
    {
        "binance": [False, False, True, True],
        "binance-cooling-off": [False] * 4,
        "binance-us": [False] * 4,
        "pionex": [False] * 4,
        "standard": [False] * 4,
    },
)
def test_face_is_compared_from_the_level_that_the_preset_names(
    ana: Account, now: datetime, preset: str, due: list[bool]
) -> None:
    found = []
    for level in range(4):
        Account.objects.filter(pk=ana.pk).update(identity_level=level)
        ana.refresh_from_db()
        found.append(decided(ana, loader.load(preset), now).face_due)
        ClosureRequest.objects.all().delete()
    assert found == due


@pytest.mark.row("C05")
@by_preset(
    "asked",
    {"binance": False, "binance-cooling-off": False, "binance-us": False, "pionex": True, "standard": False},
)
def test_captcha_is_asked_behind_the_notes(ana: Account, now: datetime, preset: str, asked: bool) -> None:
    policy = loader.load(preset)
    request = make_request(ana, ClosureState.DRAFT, now=now, pinned=policy)
    make_run(request, now=now)
    assert (is_asked_of(None), is_asked_of(request)) == (asked, asked)
    assert journey.first_open(request, now) is (Step.RISKS if asked else Step.EXPORT)
