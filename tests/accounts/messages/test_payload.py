"""Payloads: what goes in comes out, for its own row only."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.utils.translation import gettext_lazy

from accounts.messages.payload import Payload, close, unseal
from accounts.sealed import Unreadable


def test_facts_come_out_as_they_went_in(now: datetime) -> None:
    given = Payload(
        to="ana@example.test", language="en", context={"at": now, "count": 3, "list": ["x", now], "none": None}
    )
    row = uuid4()
    assert unseal(close(given, row), row) == given


def test_translated_text_becomes_text() -> None:
    row = uuid4()
    box = close(Payload(to="x", language="en", context={"why": gettext_lazy("active")}), row)
    assert unseal(box, row).context == {"why": "active"}


def test_payload_opens_in_its_own_row_only() -> None:
    box = close(Payload(to="x", language="en", context={}), uuid4())
    with pytest.raises(Unreadable):
        unseal(box, uuid4())


@pytest.mark.parametrize("fact", [object(), {1, 2}, b"bytes"])
def test_other_facts_are_refused(fact: object) -> None:
    with pytest.raises(TypeError):
        close(Payload(to="x", language="en", context={"fact": fact}), uuid4())
