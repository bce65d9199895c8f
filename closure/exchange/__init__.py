"""The exchange core behind one protocol (closure.exchange.contract); PORTAL_GATEWAY says which one answers."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts import clock
from closure.exchange.contract import Gateway
from closure.exchange.ledger.gateway import LedgerGateway

LEDGER = "ledger"


def get_gateway() -> Gateway:
    """Return the gateway that PORTAL_GATEWAY names; raises ImproperlyConfigured for one that does not exist."""
    if settings.PORTAL_GATEWAY != LEDGER:
        raise ImproperlyConfigured(f"PORTAL_GATEWAY is {settings.PORTAL_GATEWAY!r}. Set it to {LEDGER!r}.")
    return LedgerGateway(clock.now)


__all__ = ["Gateway", "get_gateway"]
