"""Walking through a verification in tests."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from accounts.enums import FactorKind, Purpose
from accounts.models import Account, EmailDevice, SmsDevice, StepUp, TotpDevice
from accounts.verification import step_up
from tests.factories import totp_code
from tests.outbox import last_code

DIGEST = b"d" * 32
ALL = frozenset({FactorKind.EMAIL, FactorKind.SMS, FactorKind.TOTP})
WINDOW = timedelta(minutes=10)
TINY = timedelta(microseconds=1)
Open = Callable[..., StepUp]


def device_of(account: Account, kind: type[EmailDevice] | type[SmsDevice] | type[TotpDevice]) -> UUID:
    found: UUID = kind.objects.get(user=account).id
    return found


def give_totp(row: StepUp, *, now: datetime) -> StepUp:
    return step_up.answer(row, device_of(row.account, TotpDevice), totp_code(row.account), now=now)


def give_sent(row: StepUp, kind: type[EmailDevice] | type[SmsDevice], *, now: datetime) -> StepUp:
    device = device_of(row.account, kind)
    step_up.challenge(row, device, now=now)
    return step_up.answer(row, device, last_code(row.account), now=now)


def prove(row: StepUp, *, now: datetime, **facts: Any) -> step_up.StepUpProof:
    usual: dict[str, Any] = {"account": row.account, "purpose": Purpose.CLOSE_ACCOUNT, "digest": DIGEST, "now": now}
    return step_up.prove(row, **(usual | facts))
