"""The captcha: signed for one account, ends, spent once, limited; and the wait that takes its place (C05)."""

import base64
import hashlib
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from accounts.models import Account
from accounts.tallies import LimitReached
from closure import captcha
from closure.captcha import CaptchaRefused, CaptchaTooEarly
from portal.env import KeyRing
from tests.closure.captchas import answer_to, answered
from tests.factories import make_account
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("C05")]
SECOND = timedelta(seconds=1)


@pytest.fixture
def ana() -> Account:
    return make_account("ana")


def passes(account: Account, now: datetime, *, answer: str = "", waited: str = "") -> bool:
    try:
        captcha.check(account, answer=answer, waited=waited, now=now)
    except CaptchaRefused:
        return False
    return True


def test_right_answer_passes_once_and_for_its_account_alone(ana: Account, now: datetime) -> None:
    given = answered(ana, now)
    assert not passes(make_account("ben"), now, answer=given)
    assert [passes(ana, now, answer=given) for _time in range(2)] == [True, False]


@pytest.mark.parametrize(
    ("later", "accepted"),
    [(captcha.LIVES - SECOND, True), (captcha.LIVES, False), (-timedelta(minutes=1), False)],
)
def test_answer_counts_until_its_end(ana: Account, now: datetime, later: timedelta, *, accepted: bool) -> None:
    start = now.replace(microsecond=0)
    given = answered(ana, start)
    assert passes(ana, start + later, answer=given) is accepted


def changed(answer: str, change: Any) -> str:
    told = json.loads(base64.b64decode(answer))
    change(told)
    return base64.b64encode(json.dumps(told).encode()).decode()


CHANGES: dict[str, Any] = {
    "a later end": lambda told: told["challenge"]["parameters"]["data"].update(until=2**33),
    "no end": lambda told: told["challenge"]["parameters"].pop("data"),
    "a cheaper sum": lambda told: told["challenge"]["parameters"].update(cost=1),
    "an easier target": lambda told: told["challenge"]["parameters"].update(keyPrefix=""),
    "no signature": lambda told: told["challenge"].pop("signature"),
    "another signature": lambda told: told["challenge"].update(signature="0" * 64),
    "a signature that is no text": lambda told: told["challenge"].update(signature=[1]),
    "another answer": lambda told: told["solution"].update(counter=1),
    "an answer that is no number": lambda told: told["solution"].update(counter="1"),
    "another key": lambda told: told["solution"].update(derivedKey="00"),
    "no answer": lambda told: told.pop("solution"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_answer_that_was_changed_is_refused(ana: Account, now: datetime, change: Any) -> None:
    given = answered(ana, now)
    assert not passes(ana, now, answer=changed(given, change))
    assert passes(ana, now, answer=given)


@pytest.mark.parametrize(
    "text", ["", "x", "{}", "e30=", "bnVsbA==", "W10=", "IngiCg==", "ä", "eyJjaGFsbGVuZ2UiOiAieCJ9", "A" * 5000]
)
def test_what_is_no_answer_is_refused(ana: Account, now: datetime, text: str) -> None:
    assert not passes(ana, now, answer=text)


@pytest.mark.parametrize("ring", ["2:{new},1:{old}", "2:{new}"])
def test_key_that_was_changed_meanwhile_is_asked_as_long_as_it_is_on_the_ring(
    ana: Account, now: datetime, settings: Any, ring: str
) -> None:
    given, old = answered(ana, now), settings.FINGERPRINT_KEYS.get(1)
    keys = {"1": old, "2": b"n" * 32}
    settings.FINGERPRINT_KEYS = KeyRing(tuple((int(part[0]), keys[part[0]]) for part in ring.split(",")))
    assert passes(ana, now, answer=given) is ("old" in ring)


def test_challenges_are_limited_by_account(ana: Account, now: datetime) -> None:
    for _time in range(captcha.ASKED.most):
        captcha.challenge(ana, now=now)
    with pytest.raises(LimitReached):
        captcha.challenge(ana, now=now)
    captcha.challenge(make_account("ben"), now=now)
    captcha.challenge(ana, now=now + captcha.ASKED.within)


def test_one_answer_raced_passes_once(ana: Account, now: datetime) -> None:
    given = answered(ana, now)
    assert Counter(race(4, lambda: passes(ana, now, answer=given))) == {True: 1, False: 3}


def test_wait_is_asked_to_be_over_and_spent_once(ana: Account, now: datetime) -> None:
    token = captcha.wait_token(ana, now=now)
    for passed, left in ((timedelta(), 30), (12 * SECOND, 18), (captcha.WAIT - timedelta(microseconds=1), 1)):
        with pytest.raises(CaptchaTooEarly) as early:
            captcha.check(ana, answer="", waited=token, now=now + passed)
        assert early.value.seconds == left
        assert captcha.is_wait_good(ana, token, now=now + passed)
    over = now + captcha.WAIT
    assert captcha.is_wait_good(ana, token, now=over)
    assert [passes(ana, over, waited=token) for _time in range(2)] == [True, False]
    assert not captcha.is_wait_good(ana, token, now=over)


def test_wait_of_another_account_too_old_or_made_up_is_none(ana: Account, now: datetime) -> None:
    token, over = captcha.wait_token(ana, now=now), now + captcha.WAIT
    assert not passes(make_account("ben"), over, waited=token)
    assert not passes(ana, now + captcha.WAIT_LIVES, waited=token)
    assert not passes(ana, now - SECOND, waited=token)
    for made_up in ("", "x", token[:-1], token + "x"):
        assert (passes(ana, over, waited=made_up), captcha.is_wait_good(ana, made_up, now=now)) == (False, False)


def test_right_answer_needs_no_wait_and_a_wrong_one_falls_back_on_it(ana: Account, now: datetime) -> None:
    token = captcha.wait_token(ana, now=now)
    assert passes(ana, now, answer=answered(ana, now), waited=token)
    with pytest.raises(CaptchaTooEarly):
        captcha.check(ana, answer="x", waited=token, now=now)
    assert passes(ana, now + captcha.WAIT, answer="x", waited=token)


def test_sum_is_bounded_for_whoever_does_it(ana: Account, now: datetime) -> None:
    made = captcha.challenge(ana, now=now)
    told = json.loads(base64.b64decode(answer_to(made)))
    assert captcha.LEAST <= told["solution"]["counter"] < captcha.LEAST + captcha.SPREAD
    assert made["parameters"]["cost"] == captcha.COST


def test_vendored_files_are_those_that_are_listed() -> None:
    folder = Path(django_settings.BASE_DIR) / "static" / "vendor" / "altcha"
    lines = [line.split() for line in (folder / "SHA256SUMS").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    there.pop("SHA256SUMS")
    assert (there, "LICENSE.txt" in listed) == (listed, True)
    # No worker made of text: the content security policy allows files of ours alone (assurance.md, finding 7).
    assert "blob:" not in (folder / "pbkdf2.js").read_text()
