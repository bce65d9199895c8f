"""Telling two sets of times apart: Welch's t after cropping the slow tail at many percentiles, and the area (AUC).

The cropping is that of dudect (Reparaz, Balasch, Verbauwhede, 2017): what leaks shows in the fast part of the times,
and the slow part is the machine's noise.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf, sqrt

CROPS = 100
# Of the smaller side; a mean of fewer says nothing.
FEWEST = 50
MOST_T = 4.5
AUC_MARGIN = 0.01
# At few samples chance alone leaves the margin: then as many standard errors count.
AUC_ERRORS = 3.5


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How far two classes are apart."""

    t: float  # the largest of all crops, by size
    auc: float  # the chance that a time of the second is longer than one of the first
    auc_limit: float
    microseconds: float  # between the medians, second minus first

    @property
    def is_leak(self) -> bool:
        """Whether time tells one from the other."""
        return abs(self.t) >= MOST_T or abs(self.auc - 0.5) > self.auc_limit


def compare(first: Sequence[float], second: Sequence[float]) -> Comparison:
    """Compare two classes of times in seconds, measured in random order."""
    one, two = sorted(first), sorted(second)
    sizes = len(one), len(two)
    error = sqrt((sum(sizes) + 1) / (12 * sizes[0] * sizes[1]))
    return Comparison(
        t=_largest_t(one, two),
        auc=_auc(one, two),
        auc_limit=max(AUC_MARGIN, AUC_ERRORS * error),
        microseconds=(_median(two) - _median(one)) * 1e6,
    )


def _median(ordered: Sequence[float]) -> float:
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _largest_t(one: Sequence[float], two: Sequence[float]) -> float:
    pooled, largest = sorted([*one, *two]), 0.0
    sums = [(_sums(one), _sums_of_squares(one)), (_sums(two), _sums_of_squares(two))]
    for crop in range(CROPS + 1):
        # From half a per cent of the times up to all of them, more of them where the fast ones are.
        share = 1 - 0.5 ** (10 * crop / CROPS) if crop < CROPS else 1.0
        limit = pooled[min(len(pooled) - 1, int(share * len(pooled)))]
        kept = bisect_right(one, limit), bisect_right(two, limit)
        if min(kept) < FEWEST:
            continue
        found = _welch(*(_moments(*sums[side], kept[side]) for side in (0, 1)))
        largest = found if abs(found) > abs(largest) else largest
    return largest


def _sums(ordered: Sequence[float]) -> list[float]:
    return [0.0, *accumulate(ordered)]


def _sums_of_squares(ordered: Sequence[float]) -> list[float]:
    return [0.0, *accumulate(value * value for value in ordered)]


def _moments(sums: Sequence[float], squares: Sequence[float], kept: int) -> tuple[float, float]:
    """Return mean, and variance of the mean, of the `kept` smallest."""
    mean = sums[kept] / kept
    variance = max(0.0, (squares[kept] - kept * mean * mean) / (kept - 1))
    return mean, variance / kept


def _welch(one: tuple[float, float], two: tuple[float, float]) -> float:
    spread = sqrt(one[1] + two[1])
    difference = two[0] - one[0]
    if spread == 0:
        return 0.0 if difference == 0 else inf
    return difference / spread


def _auc(one: Sequence[float], two: Sequence[float]) -> float:
    """Return the share of pairs in which the second is longer; ties count half."""
    wins = at = below = 0.0
    first = second = 0
    for value in two:
        while first < len(one) and one[first] < value:
            first += 1
        second = max(second, first)
        while second < len(one) and one[second] == value:
            second += 1
        below, at = first, second - first
        wins += below + at / 2
    return wins / (len(one) * len(two))
