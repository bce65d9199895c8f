"""Where a request comes from: its address, its network and browser as people know them, and its budget of tries."""

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from accounts import tallies
from accounts.tallies import Limit, Use

TRIES_WITHIN = timedelta(minutes=15)
# One customer of a provider has a whole network of the new addresses.
IPV6_PREFIX = 64
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def address(request: HttpRequest) -> str:
    """Return the address of the client: the last one that the proxy in front of us added, where there is one."""
    added = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return str(added).rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


def network(text: str) -> str:
    """Return an address its owner recognizes, without the part that names one machine; empty when it is none."""
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return ""
    kept = 16 if parsed.version == 4 else 32
    found = ipaddress.ip_network((parsed, kept), strict=False)
    return f"{found.network_address}/{kept}"


def family(user_agent: str) -> tuple[str, str]:
    """Return browser and system by the names people know, empty where we do not; versions change too often to count."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return browser, system


def tries(request: HttpRequest) -> Use:
    """Return the budget of failed tries that this request spends."""
    return use(request, Limit(name="address", most=settings.TRIES_PER_ADDRESS, within=TRIES_WITHIN))


def use(request: HttpRequest, limit: Limit) -> Use:
    """Return one use of a limit that counts by the client's address."""
    return Use(limit=limit, of=_one_client(address(request)))


def spend_try(request: HttpRequest, *, now: datetime) -> None:
    """Count one try of this client's address; raises LimitReached. Not inside a transaction."""
    tallies.spend([tries(request)], now=now)


def give_try_back(request: HttpRequest, *, now: datetime) -> None:
    """Return a try that was right."""
    tallies.give_back(tries(request), now=now)


def _one_client(text: str) -> str:
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return text
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
