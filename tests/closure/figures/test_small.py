"""Small numbers are not said, and nothing that is said gives them away (decision 22)."""

from itertools import product
from random import Random

from django.db.models import TextChoices

from closure.figures.small import Figure, said


class Kind(TextChoices):
    A = "a", "First"
    B = "b", "Second"


def figure(*found: tuple[int, str, int], by_month: bool = False) -> Figure:
    return Figure.of(Kind, found, code="x", title="X", unit="Rows", note="", by_month=by_month)


def test_counts_are_rounded_down_to_fives_month_by_month() -> None:
    assert said([(0, "a", 4), (1, "a", 4), (0, "b", 5), (1, "b", 14)]) == {"a": 0, "b": 15}


def test_counts_of_one_month_from_two_places_are_added_before_they_are_rounded() -> None:
    assert said([(0, "a", 4), (0, "a", 4)]) == {"a": 5}


def test_fewer_than_five_is_said_in_words_and_is_what_nothing_looks_like() -> None:
    for number in range(5):
        shown = figure((0, "a", number), (0, "b", 9))
        assert [shown.said(count) for count in shown.counts] == ["fewer than 5", "5+"]
    assert figure((0, "a", 4), (1, "a", 4), by_month=True).said(figure().counts[0]) == "fewer than 5 a month"


def test_no_two_ranges_give_away_a_small_month() -> None:
    """Whatever two ranges overlap, what differs between them is what the months between them show by themselves."""
    chance = Random(22)
    months = [chance.choice([0, 1, 3, 4, 5, 8, 23]) for _month in range(12)]

    def shown(first: int, last: int) -> int:
        return said([(month, "a", months[month]) for month in range(first, last)]).get("a", 0)

    for first, middle, last in product(range(13), repeat=3):
        if first <= middle <= last:
            assert shown(first, last) - shown(first, middle) == shown(middle, last)
    for month, number in enumerate(months):
        assert (shown(month, month + 1) == 0) == (number < 5)


def test_no_difference_of_two_counts_is_a_small_number_for_certain() -> None:
    """What is shown of a whole and of a part is shown of many wholes and parts, with more than one difference."""
    for whole, part in product(range(0, 40, 5), repeat=2):
        differences = {
            true - within
            for true, within in product(range(60), repeat=2)
            if within <= true and said([(0, "a", true), (0, "b", within)]) == {"a": whole, "b": part}
        }
        assert len(differences) != 1
