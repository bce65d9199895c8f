"""Shapes that the tests of messages share."""

from collections.abc import Callable

from accounts.models import OutboxMessage

Write = Callable[..., OutboxMessage]
