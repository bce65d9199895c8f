"""Two counts an answer, each press one of them, however many press at once (M06)."""

import pytest

from closure import help_counts
from closure.models import HelpFeedback
from tests.races import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.row("M06")]


def counts() -> dict[str, tuple[int, int]]:
    return {row.slug: (row.helped, row.not_helped) for row in HelpFeedback.objects.all()}


def test_each_press_counts_once() -> None:
    for slug, helped in (("codes", True), ("codes", False), ("codes", True), ("vip", False)):
        help_counts.count(slug, helped=helped)
    assert counts() == {"codes": (2, 1), "vip": (0, 1)}


def test_presses_at_once_are_all_counted() -> None:
    assert race(6, lambda: help_counts.count("nfts", helped=True)) == [None] * 6
    assert counts() == {"nfts": (6, 0)}
