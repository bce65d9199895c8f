"""The part of the receipt campaign that pytest runs (tests/campaigns/receipts.py starts it)."""

import os
import sys
import time
from collections import Counter
from datetime import datetime
from random import Random

import pytest

from accounts import strict_json
from closure.enums import ReceiptAnswer
from closure.finalization.runner import finalize_due
from closure.models import Receipt
from closure.receipts import document
from closure.receipts.checking import check_file, check_value
from tests.campaigns.receipts import SECONDS, SEED, TAMPERS
from tests.closure.closing import approved
from tests.closure.receipts.tampering import KINDS, tampered


@pytest.mark.django_db(transaction=True)
def test_tampers_until_all_are_made_or_the_time_is_over(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    chance, wanted = Random(int(os.environ[SEED])), int(os.environ[TAMPERS])
    end = time.monotonic() + float(os.environ[SECONDS])
    one, other = closed_by_portal(now)
    told: Counter[tuple[str, str]] = Counter()
    while told.total() < wanted and time.monotonic() < end:
        kind = KINDS[told.total() % len(KINDS)]
        answer = as_file_and_as_json(tampered(kind, one, other, chance), one)
        told[kind, answer] += 1
    with capsys.disabled():
        sys.stdout.write(f"\n{told.total()} tampers, seed {os.environ[SEED]}\n")
        sys.stdout.writelines(f"{times:8} {kind}: {answer}\n" for (kind, answer), times in sorted(told.items()))
    assert [kind for kind, answer in told if answer == ReceiptAnswer.VALID] == []
    assert (check_file(one).answer, check_file(other).answer) == (ReceiptAnswer.VALID, ReceiptAnswer.VALID)


def closed_by_portal(now: datetime) -> list[bytes]:
    """Close two accounts and return the files of their receipts."""
    for name in ("ana", "ben"):
        approved(name, now=now)
    finalize_due(now=now)
    return [document.file_of(receipt) for receipt in Receipt.objects.order_by("written_at", "id")]


def as_file_and_as_json(changed: bytes, genuine: bytes) -> str:
    """Return the answer to a changed file; to a program the same JSON in other bytes is the same receipt, no other."""
    try:
        value = strict_json.read(changed)
    except ValueError:
        return check_file(changed).answer
    if check_value(value).answer is ReceiptAnswer.VALID and value != strict_json.read(genuine):
        return ReceiptAnswer.VALID
    return check_file(changed).answer
