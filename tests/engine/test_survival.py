"""What many sweeps that end in one bin leave of it."""

import warnings
from dataclasses import replace

import numpy as np

from apps.engine.book import rebuild
from apps.engine.parameters import default_parameters
from apps.engine.path import UNREACHED
from apps.engine.survival import Fate, at, fates, limits_of, no_fate
from apps.engine.tape import Tape
from tests.engine.synthetic import random_bars


def tape_of(levels: list[int], spared: list[float]) -> Tape:
    """A tape of one venue whose longs were swept at these levels."""
    tape = rebuild(random_bars(1, count=len(levels)), default_parameters()).tape
    sweep = np.full((len(levels), 1, 2), UNREACHED)
    sweep[:, 0, 0] = levels
    share = np.ones(sweep.shape)
    share[:, 0, 0] = spared
    return replace(tape, sweep=sweep, spared=share, base=tape.base[:, :1], bound=tape.bound[:, :1])


def long_fates(levels: list[int], spared: list[float]) -> list[tuple[int, float]]:
    fate: Fate = fates(tape_of(levels, spared), no_fate(1))
    return [
        (int(level), round(float(share), 9))
        for level, share in zip(fate.level[:, 0, 0], fate.spared[:, 0, 0], strict=True)
    ]


def test_the_nearest_level_rules_and_its_shares_multiply() -> None:
    told = long_fates([7, 5, 6, 5], [0.1, 0.5, 0.3, 0.4])
    assert told[:4] == [(5, 0.2), (5, 0.2), (5, 0.4), (5, 0.4)]
    assert told[4] == (UNREACHED, 1.0)


def test_a_nearer_level_makes_what_happened_beyond_it_irrelevant() -> None:
    assert long_fates([9, 9, 4], [0.5, 0.5, 0.7])[0] == (4, 0.7)


def test_two_stretches_of_time_make_the_fate_of_both() -> None:
    levels, spared = [7, 5, 6, 5, 8, 5], [0.1, 0.5, 0.3, 0.4, 0.9, 0.6]
    late = at(fates(tape_of(levels[3:], spared[3:]), no_fate(1)), 0)
    both = fates(tape_of(levels[:3], spared[:3]), late)
    assert both.level[0, 0, 0] == 5
    np.testing.assert_allclose(both.spared[0, 0, 0], 0.5 * 0.4 * 0.6)


def test_a_bin_touched_ten_thousand_times_stays_a_number() -> None:
    later = no_fate(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(40):
            later = at(fates(tape_of([5] * 250, [0.5] * 250), later), 0)
    limits = limits_of(later)
    assert limits.edge[0, 0] == 5
    assert 0 < limits.spared[0, 0] < 1e-100
