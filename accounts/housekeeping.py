"""Takes away what has run out: sessions, counters, one-time codes, links, former contacts, kept answers, blocks."""

from datetime import datetime

from accounts import (
    block_expiry,
    case_upkeep,
    contact_change,
    contacts,
    idempotency,
    mailed_links,
    registration,
    tallies,
)
from accounts.messages import bounces
from accounts.sessions import SessionStore
from accounts.verification import attempts
from accounts.verification.factors import sending


def tidy(now: datetime) -> None:
    """Delete rows that can never be used again; safe to run at any time, and by two workers at once."""
    SessionStore.clear_expired()
    attempts.forget_old(now=now)
    tallies.forget_old(now=now)
    sending.forget_old(now=now)
    idempotency.forget_old(now=now)
    mailed_links.forget_old(now=now)
    registration.forget_old(now=now)
    contact_change.forget_old(now=now)
    contacts.forget_old(now=now)
    case_upkeep.forget_old(now=now)
    bounces.forget_old(now=now)
    block_expiry.release(now=now)
