"""Signing in: the password first, then the verification of its kind; and signing out.

Whether somebody exists, and in which state, shows in nothing: the same queries, one argon2 run and one answer for
wrong, unknown, closed, frozen and disabled (M01, invariant 17).
"""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import django_otp
from django.contrib.auth import login, logout
from django.contrib.auth.hashers import identify_hasher, is_password_usable, make_password
from django.db import transaction
from django.http import HttpRequest

from accounts import activity, client, devices, dormancy, hashing, identifiers, sessions, suspicious
from accounts.actors import Actor
from accounts.enums import AccountStatus, Action, Purpose, SessionKind, SignInResult
from accounts.exceptions import BadIdentifier, ProofRefused, WrongPassword
from accounts.journal import record
from accounts.models import Account, BaseDevice, SignIn, StepUp
from accounts.passwords import MAX_PASSWORD
from accounts.status import change_status
from accounts.verification import attempts, step_up
from accounts.verification import sign_in as ceremony

BACKEND = "accounts.backends.SignInBackend"
PASSWORD_BUDGET = "password"  # noqa: S105  (the name of a budget)
# All that a visitor's session hands on to the one that is signed in.
KEPT = ("language",)
STEP_UP = "step_up"


@lru_cache(maxsize=1)
def nobody_hash() -> str:
    """Return a hash that no password matches in practice, made with the parameters of today."""
    return make_password("no account has this password: " + "x" * 16)


def check_password(identifier: str, password: str, *, now: datetime) -> Account | None:
    """Return the account whose password this is and which may sign in, else None; raises TooManyAttempts.

    The attempt is spent first, so this must not be called inside a transaction.
    """
    account = identifiers.find_account(identifier)
    typed = _comparable(identifier)
    asked, owned = attempts.stand_in(typed), account.pk if account else attempts.stand_in(f"account {typed}")
    # What was typed says when to come back. What the account has left by its other name shows in nothing, or five tries
    # of an address and one of a phone number would tell that both are somebody's.
    attempts.spend(asked, PASSWORD_BUDGET, now=now)
    left = attempts.spend_quietly(owned, PASSWORD_BUDGET, now=now)
    right = _tried([asked, owned] if left else [asked], account, password, now=now)
    if account is None or not right or not left or not account.is_active:
        return None
    for subject in (asked, owned):
        attempts.give_back(subject, PASSWORD_BUDGET, now=now)
    _upgrade_hash(account, password, now=now)
    return account


def confirm_password(account: Account, password: str, *, budget: str = PASSWORD_BUDGET, now: datetime) -> None:
    """Ask the signed-in owner, or the holder of a mailed link, who has a budget of their own; not in a transaction.

    Raises WrongPassword, TooManyAttempts (C09).
    """
    attempts.spend(account.pk, budget, now=now)
    if not _tried([account.pk], account, password, budget=budget, now=now):
        raise WrongPassword
    attempts.give_back(account.pk, budget, now=now)


def remember(request: HttpRequest, account: Account, verification: StepUp, *, kept: tuple[str, ...] = KEPT) -> bool:
    """Start a session that knows who gave the password; False when sign-in was closed meanwhile.

    Its row is written here, with the account locked: one that the middleware wrote after freezing would outlive it
    (invariant 3). `kept` names what the session before hands on.
    """
    with transaction.atomic():
        if not Account.objects.select_for_update().get(pk=account.pk).is_active:
            return False
        session: Any = request.session
        values = {key: session[key] for key in kept if key in session}
        session.flush()
        session.update(values)
        session.name_somebody(SessionKind.SIGNING_IN, account.pk)
        session[STEP_UP] = str(verification.pk)
        session.save()
    return True


def complete(request: HttpRequest, account: Account, device: BaseDevice, *, now: datetime) -> SignIn:
    """Sign in with a complete verification that `device` was part of, under a new session key.

    Uses the verification up; raises ProofRefused when it is late, used or incomplete, or sign-in was closed meanwhile.
    Waking, the record of the sign-in, the journal and the session row are one transaction, so that freezing at the same
    moment comes wholly before or after.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        _use_verification(locked, device, now=now)
        _wake(locked, now=now)
        made = _record_sign_in(request, locked, device, now=now)
        record(Action.SIGNED_IN, actor=_actor(locked), at=now, account=locked, data={"factor": device.kind.value})
        _open_session(request, locked, device, opened_by=made)
    return made


def _wake(account: Account, *, now: datetime) -> None:
    """Note that the owner is here; that ends inactivity, and dormancy with what follows it."""
    came_from, since, away_since = account.status, account.status_changed_at, activity.last_here(account)
    if came_from in {AccountStatus.INACTIVE, AccountStatus.DORMANT}:
        change_status(account, AccountStatus.ACTIVE, actor=_actor(account), reason="sign_in", now=now)
    activity.here(account, at=now)
    if came_from == AccountStatus.DORMANT:
        dormancy.woken(account, away_since=away_since, dormant_since=since, actor=_actor(account), now=now)


def _record_sign_in(request: HttpRequest, account: Account, device: BaseDevice, *, now: datetime) -> SignIn:
    """Keep the sign-in as its owner may see it, and tell the owner of one from somewhere new (M04)."""
    agent = str(request.META.get("HTTP_USER_AGENT", ""))
    (browser, system), network = client.family(agent), client.network(client.address(request))
    new = suspicious.is_new(account, browser, system, network)
    made = SignIn.objects.create(
        account=account,
        at=now,
        result=SignInResult.COMPLETED,
        factor=device.kind,
        address_hint=network,
        user_agent=agent[:200],
        device=suspicious.device(account, browser, system, network),
    )
    if new:
        suspicious.tell(made, browser=browser, system=system, now=now)
    return made


def sign_out(request: HttpRequest, now: datetime) -> None:
    """End the session of this request and journal it; a visitor's session just ends."""
    user = request.user
    if isinstance(user, Account) or user.is_authenticated:
        with transaction.atomic():
            locked = Account.objects.select_for_update().get(pk=user.pk)
            record(Action.SIGNED_OUT, actor=_actor(locked), at=now, account=locked)
            logout(request)
    else:
        request.session.flush()


def _tried(
    spent: list[UUID], account: Account | None, password: str, *, budget: str = PASSWORD_BUDGET, now: datetime
) -> bool:
    """Compare, with an attempt of each of these spent; they are given back where nothing could be compared."""
    try:
        return _matches(account, password, now=now)
    except hashing.Busy:
        for subject in spent:
            attempts.give_back(subject, budget, now=now)
        raise


def _matches(account: Account | None, password: str, *, now: datetime) -> bool:
    """Run argon2 once, whoever asks: against nobody's hash when there is no account or no usable password."""
    usable = account is not None and is_password_usable(account.password)
    encoded = account.password if account is not None and usable else nobody_hash()
    fits = len(password) <= MAX_PASSWORD
    return hashing.matches(password if fits else "", encoded, now=now) and usable and fits


def _upgrade_hash(account: Account, password: str, *, now: datetime) -> None:
    """Hash a password anew whose hash was made with other parameters; the session hash follows at sign-in."""
    if not identify_hasher(account.password).must_update(account.password):
        return
    fresh = hashing.make(password, now=now)
    if Account.objects.filter(pk=account.pk, password=account.password).update(password=fresh):
        account.password = fresh


def _comparable(identifier: str) -> str:
    try:
        kind, normal = identifiers.read(identifier)
    except BadIdentifier:
        return f"?{identifier.strip().casefold()}"
    return f"{kind.value}:{normal}"


def _use_verification(account: Account, device: BaseDevice, *, now: datetime) -> None:
    found = step_up.current(account.pk, Purpose.SIGN_IN)
    if found is None or not account.is_active or device.user_id != account.pk:
        raise ProofRefused
    if str(device.id) not in {entry["device"] for entry in found.passed}:
        raise ProofRefused
    proof = step_up.prove(found, account=account, purpose=Purpose.SIGN_IN, digest=ceremony.digest(account), now=now)
    step_up.consume(proof, now=now)


def _open_session(request: HttpRequest, account: Account, device: BaseDevice, *, opened_by: SignIn) -> None:
    """Rotate: the old session ends, the new one has a key nobody knew before and a row at once."""
    session: Any = request.session
    kept = {key: session[key] for key in KEPT if key in session}
    session.flush()
    session.update(kept)
    session[devices.SIGN_IN] = str(opened_by.pk)
    session[sessions.KIND] = (SessionKind.STAFF if account.is_staff else SessionKind.CUSTOMER).value
    login(request, account, backend=BACKEND)
    django_otp.login(request, device)
    session.save()


def _actor(account: Account) -> Actor:
    return Actor.staff(account) if account.is_staff else Actor.customer(account)
