"""Keys: time-ordered for databases, random for people."""

import secrets
import time
from datetime import timedelta
from uuid import UUID

# Nothing to misread on paper or by phone: 0, O, 1 and I are left out.
REFERENCE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
SHARDS = 256


def uuid7() -> UUID:
    """Return a version 7 UUID: real time in ms, its sub-millisecond fraction in rand_a, then random bits (RFC 9562)."""
    milliseconds, fraction = divmod(time.time_ns(), 1_000_000)
    value = milliseconds << 80
    value |= 0x7 << 76
    value |= (fraction * 4096 // 1_000_000) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return UUID(int=value)


def uuid7_floor(ago: timedelta, *, before: UUID | None = None) -> UUID:
    """Return a key below all that were made since so long ago, in real time, or so long before another key was."""
    milliseconds = time.time_ns() // 1_000_000 if before is None else before.int >> 80
    return UUID(int=max(milliseconds - ago // timedelta(milliseconds=1), 0) << 80)


def shard_of(account_id: UUID) -> int:
    """Return the shard of an account, 0 to 255, from the random end of its key."""
    return account_id.int % SHARDS


def new_reference(prefix: str) -> str:
    """Return a random reference for people, such as `CL-7F2A-94KD` (40 random bits)."""
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
