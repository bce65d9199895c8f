"""Calls of the exchange core, signed as it signs them."""

import json
from datetime import datetime
from typing import Any

from django.test import Client

from accounts.messages.signatures import sign


def report(path: str, events: list[Any], *, key: str, now: datetime, signed_for: str = "") -> Any:
    """Report some events to an address, with a signature that is for it, or for another one."""
    body, time = json.dumps({"events": events}).encode(), str(int(now.timestamp()))
    signature = sign(key, method="POST", path=signed_for or path, body=body, time=time)
    headers = {"X-Portal-Time": time, "X-Portal-Signature": signature}
    return Client(enforce_csrf_checks=True).post(path, body, content_type="application/json", headers=headers)
