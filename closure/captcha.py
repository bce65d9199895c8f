"""The captcha of closing, where the policy asks for one (C05): nothing to see, to hear or to solve for a person.

A browser does a sum that costs a second while the notes are read, and that this portal makes and checks by itself: no
third party sees who asks. Who has no JavaScript waits for a moment instead, which costs a robot as much as the sum.
Both are signed for one account, end, and are spent once: whoever asks thousands of times pays thousands of times.
"""

import base64
import hmac
import json
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import altcha
from django.core import signing
from django.utils.translation import gettext as _

from accounts import keys, tallies
from accounts.exceptions import PortalError
from accounts.models import Account
from accounts.tallies import Limit, LimitReached, Use

KEY_PURPOSE = "captcha"
ALGORITHM, COST = "PBKDF2/SHA-256", 5_000
# How many times the sum is done until the answer: bounded, so that no phone is unlucky.
LEAST, SPREAD = 60, 80
LIVES = timedelta(minutes=20)
WAIT, WAIT_LIVES = timedelta(seconds=30), timedelta(hours=1)
WAIT_SALT = "closure.captcha.wait"
LONGEST = 4_000
ASKED = Limit(name="captcha_asked", most=30, within=timedelta(minutes=15))
SPENT = Limit(name="captcha_spent", most=1, within=tallies.LONGEST)


class CaptchaRefused(PortalError):
    """There is no answer, or not one to a challenge of this account, in time and not used."""

    code = "captcha_refused"

    def __init__(self) -> None:
        super().__init__(_("We could not check that you are a person. Wait a moment, then try again."))


class CaptchaTooEarly(PortalError):
    """The wait that takes the place of the sum is not over; `seconds` are left."""

    code = "captcha_too_early"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(
            _("Wait %(n)d more seconds, then press the button again. This slows down robots.") % {"n": seconds}
        )


def challenge(account: Account, *, now: datetime) -> dict[str, Any]:
    """Return a challenge for this account, as JSON; raises LimitReached. Must be called outside of any transaction."""
    tallies.spend([Use(limit=ASKED, of=str(account.pk))], now=now)
    made = altcha.create_challenge(
        algorithm=ALGORITHM,
        cost=COST,
        counter=LEAST + secrets.randbelow(SPREAD),
        # Its end is ours to judge, by the portal's clock: the library knows the host's alone.
        data={"until": int((now + LIVES).timestamp())},
        hmac_secret=_secret(account, keys.newest_version()),
    )
    return dict(made.to_dict())


def wait_token(account: Account, *, now: datetime) -> str:
    """Return what a page without JavaScript sends back: since when, and for whom, the wait runs.

    These are not counted: each is of use to one account alone, which needs one for a draft.
    """
    facts = {"account": str(account.pk), "from": now.isoformat(), "once": secrets.token_hex(8)}
    return signing.dumps(facts, salt=WAIT_SALT)


def check(account: Account, *, answer: str, waited: str, now: datetime) -> None:
    """Spend an answer to a challenge, or a wait that is over; raises CaptchaRefused, CaptchaTooEarly.

    Must be called outside of any transaction: what is spent stays spent, whatever becomes of the request.
    """
    name = _answered(account, answer, now=now) or _waited(account, waited, now=now)
    try:
        tallies.spend([Use(limit=SPENT, of=name)], now=now)
    except LimitReached as error:
        raise CaptchaRefused from error


def is_wait_good(account: Account, token: str, *, now: datetime) -> bool:
    """Tell whether a wait of this account runs, or is over and not spent, so that the page goes on with it."""
    try:
        name = _waited(account, token, now=now)
    except CaptchaTooEarly:
        return True
    except CaptchaRefused:
        return False
    return tallies.is_left(Use(limit=SPENT, of=name), now=now)


def _answered(account: Account, answer: str, *, now: datetime) -> str:
    """Return the name of the challenge that was answered rightly and in time; empty when it was not."""
    if not answer or len(answer) > LONGEST:
        return ""
    try:
        given = altcha.Payload.from_dict(json.loads(base64.b64decode(answer, validate=True)))
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    if not any(
        altcha.verify_solution(given, _secret(account, version)).verified is True for version in keys.versions()
    ):
        return ""
    # Signed by us, so its facts are as we wrote them.
    facts = given.challenge.parameters
    in_time = now.timestamp() < int((facts.data or {})["until"]) <= (now + LIVES).timestamp()
    return f"sum {facts.nonce}" if in_time else ""


def _waited(account: Account, token: str, *, now: datetime) -> str:
    """Return the name of a wait of this account that is over and not too old."""
    try:
        facts = signing.loads(token[:LONGEST], salt=WAIT_SALT)
    except signing.BadSignature as error:
        raise CaptchaRefused from error
    passed = now - datetime.fromisoformat(facts["from"])
    if facts["account"] != str(account.pk) or not timedelta() <= passed < WAIT_LIVES:
        raise CaptchaRefused
    if passed < WAIT:
        raise CaptchaTooEarly(-((passed - WAIT) // timedelta(seconds=1)))
    return f"wait {facts['once']}"


def _secret(account: Account, version: int) -> bytes:
    """Return the key that signs the challenges of one account: another's answer is worth nothing here (D07)."""
    return hmac.digest(keys.derive(KEY_PURPOSE, version), account.pk.bytes, sha256)
