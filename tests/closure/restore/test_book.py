"""The book: a page before anything is erased for good, nothing readable on it, and no page that was touched counts."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as portal_settings

from accounts import block_expiry
from accounts.models import Account
from closure.finalization.plan import FinalStep
from closure.finalization.runner import finalize_due
from closure.finalization.summary import Summary
from closure.models import Receipt
from closure.restore import book, page
from closure.restore.exceptions import BadPage
from closure.retention.schedule import anniversary
from tests.closure.closing import approved
from tests.closure.finalization.killing import around, killed
from tests.closure.finalization.steps.test_erase import planted
from tests.closure.finalization.test_resume import LATER, usual_statements
from tests.closure.planting import PLANTED
from tests.factories import document_number

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("H06")]


def written(now: datetime, name: str = "ana") -> Path:
    """Close somebody and return the page."""
    request = approved(name, now=now)
    finalize_due(now=now)
    return book.path_of(request)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


@pytest.mark.row("F02")
def test_page_holds_nothing_that_can_be_read(now: datetime) -> None:
    request = planted("ana", now)
    account = Account.objects.get(pk=request.account_id)
    traces = [PLANTED, str(account.email), str(account.phone), document_number("ana"), "Ana Diaz", "example.test"]
    finalize_due(now=now)
    kept = book.path_of(request).read_bytes()
    assert [trace for trace in traces if trace.encode() in kept] == []
    assert set(lines(book.path_of(request))[0]) == {
        "v",
        "account",
        "request",
        "closed_at",
        "check",
        "receipt",
        "blocks",
        "calls",
        "records",
        "months",
    }


def test_page_is_for_us_alone(now: datetime) -> None:
    path = written(now)
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("step", "moment", "erased"),
    [(FinalStep.ERASE, "before", False), (FinalStep.ERASE, "during", False), (FinalStep.CLOSE, "during", True)],
)
def test_nothing_is_erased_without_its_page(step: FinalStep, moment: str, erased: bool, now: datetime) -> None:
    steps = usual_statements(now)
    request = approved("ana", now=now)
    assert killed(around(steps)[step, moment], lambda: finalize_due(now=now))
    account = Account.objects.get(pk=request.account_id)
    assert (account.email is None, book.path_of(request).is_file()) == (erased, erased)
    finalize_due(now=now + LATER)
    assert page.read(book.path_of(request)).head["account"]["id"] == str(account.pk)


def test_book_that_cannot_be_written_lets_nobody_be_erased(now: datetime, settings: Any, tmp_path: Path) -> None:
    request = planted("ana", now)
    (tmp_path / "a-file").write_text("in its place")
    right, settings.CLOSURE_BOOK_DIR = portal_settings.CLOSURE_BOOK_DIR, tmp_path / "a-file"
    assert finalize_due(now=now) == Summary(failed=1)
    assert Account.objects.get(pk=request.account_id).email == "ana@example.test"
    request.refresh_from_db()
    assert request.plan[FinalStep.ERASE]["error"] == "NotADirectoryError"
    settings.CLOSURE_BOOK_DIR = right
    assert finalize_due(now=now + timedelta(hours=1)) == Summary(closed=1)


def test_page_is_written_again_where_the_end_came_in_another_run(now: datetime) -> None:
    steps = usual_statements(now)
    request = approved("ana", now=now)
    assert killed(around(steps)[FinalStep.ERASE, "after"], lambda: finalize_due(now=now))
    later = now + timedelta(days=2)
    assert finalize_due(now=later) == Summary(closed=1)
    said = lines(book.path_of(request))
    receipt = Receipt.objects.get(request=request)
    assert datetime.fromisoformat(said[0]["closed_at"]) == later
    assert said[0]["receipt"]["body"] == base64.b64encode(bytes(receipt.body)).decode()
    ends = {datetime.fromisoformat(line["record"]["expires_at"]) for line in said[1:-1]}
    assert ends == {anniversary(later, 5), anniversary(later, 7)}


@pytest.mark.row("G08")
def test_page_forgets_blocks_that_are_over(now: datetime) -> None:
    path = written(now)
    assert len(lines(path)[0]["blocks"]) == 3
    block_expiry.release(now=now + timedelta(days=91))
    assert [each["kind"] for each in lines(path)[0]["blocks"]] == []


def flipped(content: bytes, chance: Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def cut(content: bytes, chance: Random) -> bytes:
    return content[: chance.randrange(len(content) - 1)]


def without_a_line(content: bytes, chance: Random) -> bytes:
    kept = content.splitlines(keepends=True)
    del kept[chance.randrange(len(kept))]
    return b"".join(kept)


def doubled(content: bytes, chance: Random) -> bytes:
    kept = content.splitlines(keepends=True)
    kept.insert(chance.randrange(len(kept)), kept[chance.randrange(len(kept))])
    return b"".join(kept)


@pytest.mark.parametrize("change", [flipped, cut, without_a_line, doubled])
def test_page_that_was_touched_does_not_count(change: Callable[[bytes, Random], bytes], now: datetime) -> None:
    path, chance = written(now), Random(7)
    genuine = path.read_bytes()
    passed = []
    for _try in range(100):
        path.write_bytes(change(genuine, chance))
        try:
            passed.append(page.read(path))
        except BadPage:
            continue
    assert passed == []
    path.write_bytes(genuine)
    assert len(list(page.read(path).records())) == 3


def test_page_of_another_counts_in_its_own_place_only(now: datetime) -> None:
    ana, ben = written(now), written(now, "ben")
    ana.write_bytes(ben.read_bytes())
    with pytest.raises(BadPage):
        page.read(ana)


def test_page_that_changes_while_it_is_read_is_told(now: datetime) -> None:
    ana, ben = written(now), written(now, "ben")
    looked_at = page.read(ana)
    ana.write_bytes(ben.read_bytes())
    with pytest.raises(BadPage):
        list(looked_at.records())


def test_page_signed_by_a_key_that_was_replaced_counts(now: datetime, settings: Any) -> None:
    path = written(now)
    old, settings.SIGNING_KEY = settings.SIGNING_KEY, b"n" * 32
    with pytest.raises(BadPage):
        page.read(path)
    settings.RETIRED_SIGNING_KEYS = [old]
    assert page.read(path).path == path
