"""Invariant 3 at the core: what is disabled here is to be frozen there, with its keys deleted."""

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet

from accounts.enums import AccountStatus
from accounts.models import Account
from closure.enums import EffectState
from closure.exchange.ledger.models import LedgerAccountState
from closure.models import Effect


def open_at_the_core(accounts: QuerySet[Account]) -> Iterator[str]:
    """Yield what is wrong with those of these accounts that are disabled."""
    for account in accounts.filter(status=AccountStatus.DISABLED, is_staff=False):
        yield from (f"3: {account} is disabled and {what}" for what in _wrong(account))


def _wrong(account: Account) -> Iterable[str]:
    calls = Effect.objects.filter(account_id=account.pk)
    last = calls.filter(kind__in=["freeze", "unfreeze"]).order_by("-id").first()
    frozen = LedgerAccountState.objects.filter(account_id=account.pk, frozen=True)
    if last is None or last.kind != "freeze":
        yield "nobody wants it frozen at the core"
    elif last.state == EffectState.DONE and not frozen.exists():
        yield "the core has it open"
    if not calls.filter(kind="revoke_keys", created_at__gte=account.status_changed_at).exists():
        yield "nobody wants its keys deleted"
