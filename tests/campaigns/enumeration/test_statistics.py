"""The statistics of the timing campaign: they find what is planted, and nothing where nothing is."""

from random import Random

import pytest

from tests.campaigns.enumeration.statistics import compare

SAMPLES = 2_000


def times(chance: Random, *, more: float = 0.0, count: int = SAMPLES) -> list[float]:
    """Return times as a server has them: 20 ms, some noise, and now and then something much slower."""
    return [
        0.020 + more + abs(chance.gauss(0, 0.0004)) + (chance.expovariate(200) if chance.random() < 0.1 else 0)
        for _each in range(count)
    ]


@pytest.mark.parametrize("seed", range(8))
def test_equal_times_are_no_leak(seed: int) -> None:
    chance = Random(seed)
    assert not compare(times(chance), times(chance)).is_leak


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("planted", [0.001, 0.0001])
def test_planted_leak_is_found_with_its_size_and_side(seed: int, planted: float) -> None:
    chance = Random(seed)
    found = compare(times(chance), times(chance, more=planted))
    back = compare(times(chance, more=planted), times(chance))
    assert (found.is_leak, back.is_leak, found.t > 0, back.t < 0) == (True, True, True, True)
    assert found.microseconds == pytest.approx(planted * 1e6, abs=60)


def test_leak_in_the_fast_part_is_found_below_any_noise() -> None:
    """A mean over everything would drown in the slow tail; the crops do not."""
    chance = Random(1)
    noisy = [value + (chance.expovariate(5) if at % 3 == 0 else 0) for at, value in enumerate(times(chance))]
    leaking = [value + 0.0002 + (chance.expovariate(5) if at % 3 == 0 else 0) for at, value in enumerate(times(chance))]
    assert compare(noisy, leaking).is_leak


def test_share_of_longer_times_is_exact() -> None:
    found = compare([1.0, 2.0, 3.0] * 30, [2.0, 2.0, 9.0] * 30)
    # Of nine pairs the second is longer in five, equal in two.
    assert found.auc == pytest.approx((5 + 2 / 2) / 9)


def test_times_without_any_noise_are_compared_too() -> None:
    assert not compare([1.0] * 100, [1.0] * 100).is_leak
    assert compare([1.0] * 100, [1.5] * 100).is_leak
