"""What a message says to whom, sealed in its row until it is delivered."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts import sealed

KEY_PURPOSE = "outbox"
TIME = "$time"


@dataclass(frozen=True, kw_only=True)
class Payload:
    """Recipient, language and facts of one message.

    `account_id` is found by the sender (accounts.messages.late): who a row that names nobody turned out to be for.
    """

    to: str
    language: str
    context: Mapping[str, Any]
    account_id: UUID | None = None


def close(payload: Payload, message_id: UUID) -> bytes:
    """Seal a payload for the row `message_id`; raises TypeError for facts that are no JSON and no times."""
    facts = {"to": payload.to, "language": payload.language, "context": dict(payload.context)}
    plain = json.dumps(facts, default=_pack_time, allow_nan=False).encode()
    return sealed.seal(plain, purpose=KEY_PURPOSE, bound_to=_row(message_id))


def unseal(box: bytes, message_id: UUID) -> Payload:
    """Open what `close` sealed; raises Unreadable."""
    plain = sealed.open_sealed(box, purpose=KEY_PURPOSE, bound_to=_row(message_id))
    return Payload(**json.loads(plain, object_hook=_unpack_time))


def _row(message_id: UUID) -> str:
    return f"accounts_outboxmessage/{message_id}"


def _pack_time(value: object) -> object:
    if isinstance(value, datetime):
        return {TIME: value.isoformat()}
    if hasattr(value, "__html__") or type(value).__name__ == "__proxy__":
        return str(value)
    raise TypeError(f"a message cannot hold {type(value).__name__}")


def _unpack_time(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value[TIME]) if set(value) == {TIME} else value
