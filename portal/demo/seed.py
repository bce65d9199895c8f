"""Fills an empty database with the demo's people, through the same doors as everybody else."""

import io
import json
import time
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import at_core
from accounts.actors import Actor
from accounts.creation import create_staff
from accounts.enums import AccountStatus, FactorKind, Purpose
from accounts.identifiers import find_account
from accounts.messages import payload
from accounts.models import Account, OutboxMessage, TotpDevice
from accounts.status import change_status
from accounts.verification import changes, enrollment, step_up
from accounts.verification.step_up import StepUpProof
from closure.exchange.importing.run import Run
from closure.exchange.ledger import happenings
from closure.exchange.ledger.settlement import settle
from closure.operations.core_events import pull
from portal.demo import journeys, personas

SEEDER = Actor.system("demo")
SETTLED = timedelta(days=30)


def seed(*, now: datetime) -> bool:
    """Make every persona and the staff; False when they are there. Raises RuntimeError when a line is refused."""
    if find_account(personas.email_of("clean")) is not None:
        return False
    # Long enough ago: a factor added in the last 72 hours would lengthen everybody's wait (D08).
    then = now - SETTLED
    password_hash = make_password(personas.PASSWORD)
    import_people(personas.lines(now, password_hash=password_hash), now=then)
    for name in personas.ABOUT:
        if name != "new":
            give_totp(_account(name), now=then)
    for name, role in personas.STAFF.items():
        email = personas.email_of(name)
        staff = create_staff(email=email, role=role, password_hash=password_hash, actor=SEEDER, now=then)
        give_totp(staff, now=then)
    _put_to_sleep(_account("dormant"), now=now)
    _go_on_without(_account("dormant"), now=now)
    _switch_off(_account("disabled"), now=now)
    journeys.freeze(_account("frozen"), now=now)
    journeys.close(_account("closed"), now=now)
    return True


def give_totp(account: Account, *, now: datetime) -> TotpDevice:
    """Enroll and confirm an authenticator with its own current code."""
    proof = _prove(account, now=now)
    device = enrollment.start_totp(account, proof=proof, now=now)
    code = device.code_at(time.time())
    confirmed: TotpDevice = enrollment.confirm_totp(account, device.pk, code, proof=proof, now=now)
    # The code that confirmed is spent; the demo's visitor types the same one seconds later.
    TotpDevice.objects.filter(pk=device.pk).update(last_step=-1)
    # The notice of a change made a month ago in the demo's story has long been read.
    OutboxMessage.objects.filter(account_id=account.pk).delete()
    return confirmed


def _prove(account: Account, *, now: datetime) -> StepUpProof:
    """Verify as everybody must before a factor is added: by the code that was sent."""
    running = changes.begin(account, Purpose.ENROLL_FACTOR, FactorKind.TOTP, now=now)
    factor = step_up.factors(running)[0]
    step_up.challenge(running, factor.id, now=now)
    message = OutboxMessage.objects.filter(account_id=account.pk).latest("id")
    code = str(payload.unseal(bytes(message.payload or b""), message.pk).context["code"])
    step_up.answer(running, factor.id, code, now=now)
    return changes.prove(account, Purpose.ENROLL_FACTOR, FactorKind.TOTP, now=now)


def _account(name: str) -> Account:
    account = find_account(personas.email_of(name))
    if account is None:
        raise RuntimeError(f"The demo has no {name}.")
    return account


def import_people(lines: list[personas.Line], *, now: datetime) -> None:
    """Import customers as an operator does; raises RuntimeError when a line is refused."""
    file = io.BytesIO(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    summary = Run(now=now).read(file)
    if summary.refused:
        raise RuntimeError(f"The demo's own people were refused: {summary.refused}")


def _put_to_sleep(account: Account, *, now: datetime) -> None:
    for status, days in ((AccountStatus.INACTIVE, 900), (AccountStatus.DORMANT, 365)):
        _move(account, status, reason="inactivity", now=now - timedelta(days=days))


def _go_on_without(account: Account, *, now: datetime) -> None:
    """Let the exchange do what it does while somebody is away, and the portal hear of it."""
    year_ago = now - timedelta(days=365)
    happenings.migrate(account.pk, personas.OLD_TOKEN, into="SOL", each=Decimal("0.1"), now=year_ago)
    happenings.delist(account.pk, personas.OLD_MARKET, now=year_ago)
    settle(account.pk, now=now)
    pull(now)


def _switch_off(account: Account, *, now: datetime) -> None:
    then = now - timedelta(days=30)
    _move(account, AccountStatus.DISABLED, reason="by_owner", now=then)
    at_core.carry_out(account.pk, now=now)


def _move(account: Account, to: AccountStatus, *, reason: str, now: datetime) -> None:
    with transaction.atomic():
        locked = Account.objects.select_for_update().get(pk=account.pk)
        change_status(locked, to, actor=SEEDER, reason=reason, now=now)
