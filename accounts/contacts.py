"""Where an account can be told something: its contacts of now, and those it had until lately (D08, M04)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts import sealed
from accounts.enums import IdentifierKind, MessageChannel
from accounts.fingerprints import fingerprint
from accounts.messages import anti_phishing, outbox
from accounts.models import Account, FactorRecovery, FormerContact
from accounts.models.factor_recovery import OPEN

SEAL_PURPOSE = "former-contact"
# Longer than any policy looks back for a change.
KEPT = timedelta(days=30)
Place = tuple[MessageChannel, str]


def current(account: Account) -> list[Place]:
    """Return the e-mail address and phone number that the account has now."""
    return [
        (channel, to)
        for channel, to in ((MessageChannel.EMAIL, account.email), (MessageChannel.SMS, account.phone))
        if to
    ]


def remember(account: Account, kind: MessageChannel, value: str, *, now: datetime) -> FormerContact:
    """Keep a contact that is being replaced, sealed; whoever changes one calls this in the same transaction."""
    row = FormerContact(account=account, kind=kind, replaced_at=now)
    row.value = sealed.seal(value.encode(), purpose=SEAL_PURPOSE, bound_to=_bound_to(row))
    row.save(force_insert=True)
    return row


def former(account: Account, *, since: datetime) -> list[Place]:
    """Return the contacts replaced since then, the latest first, each once, none that the account has again."""
    rows = FormerContact.objects.filter(account=account, replaced_at__gt=since).order_by("-replaced_at", "-id")
    places = [(MessageChannel(row.kind), _open(row)) for row in rows]
    return [place for place in dict.fromkeys(places) if place not in current(account)]


def tell(places: list[Place], account: Account, template: str, said: Mapping[str, Any], *, now: datetime) -> None:
    """Queue a message to each place, in the account's language and in the caller's transaction."""
    for channel, to in places:
        outbox.enqueue(
            account_id=account.pk,
            template=template,
            channel=channel,
            to=to,
            language=account.language,
            context={**said, **anti_phishing.facts(account)},
            now=now,
        )


def tell_change(account: Account, what: str, *, now: datetime) -> None:
    """Tell every contact of a change that makes closing no slower (M04); in the transaction of the change."""
    said = {"what": what, "at": now, "closing_as_before": True}
    tell(current(account), account, "security_change", said, now=now)


def hold(row: FormerContact, kind: IdentifierKind, value: str, *, until: datetime) -> None:
    """Keep a former contact for its account: so long it can be taken back, and nobody else may have it."""
    row.fingerprint, row.held_until = fingerprint(kind, value), until
    row.save(update_fields=["fingerprint", "held_until"])


def let_go(row: FormerContact) -> None:
    """Hold a former contact no longer."""
    row.fingerprint = row.held_until = None
    row.save(update_fields=["fingerprint", "held_until"])


def value_of(row: FormerContact) -> str:
    """Return a former contact in plain."""
    return _open(row)


def forget_old(*, now: datetime) -> int:
    """Delete former contacts that nobody is told at any more; return how many.

    Who was told that a recovery began is told how it ends, so theirs stay as long as it is open.
    """
    under_way = FactorRecovery.objects.filter(state__in=OPEN).values("account_id")
    return FormerContact.objects.filter(replaced_at__lte=now - KEPT).exclude(account_id__in=under_way).delete()[0]


def _open(row: FormerContact) -> str:
    return sealed.open_sealed(bytes(row.value), purpose=SEAL_PURPOSE, bound_to=_bound_to(row)).decode()


def _bound_to(row: FormerContact) -> str:
    return f"accounts_formercontact/{row.pk}"
