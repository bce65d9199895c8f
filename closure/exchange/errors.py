"""What can go wrong with an exchange core. Every one of them means "unknown", and unknown never advances anything."""


class GatewayError(Exception):
    """Base: the core did not do, or did not say, what was asked."""


class Unreachable(GatewayError):
    """No answer in time: it may or may not have happened; ask again with the same idempotency key."""


class Refused(GatewayError):
    """The core understood and said no; `reason` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Nonsense(GatewayError):
    """An answer that cannot be true: not a number, negative, stale, for another account, truncated."""
