"""How far mass reaches towards the price before each step: a matter of prices alone.

A sweep pulls the front back to just beyond its level, an opening pushes it forward; each step is
the map ``f → max(min(f, level + 1), pushed)``. Such maps compose to one of their own kind, so all
steps are found by doubling, without a loop over time.
"""

import numpy as np

from apps.engine.path import UNREACHED, Steps
from apps.engine.records import IntArray


def fronts_before(front: IntArray, steps: Steps, opened: IntArray) -> tuple[IntArray, IntArray]:
    """Mirrored fronts before each step (S, V, 2), and after the last (V, 2).

    ``front`` (V, 2) is the one before the first step, ``opened`` (S, V, 2) how far the openings
    of each step reach.
    """
    ceiling = steps.sweep + 1
    acts = steps.acts[..., None]
    floor = np.where(acts, np.minimum(opened, steps.bound), -UNREACHED)
    done = 1
    while done < len(steps):
        earlier_ceiling, earlier_floor = ceiling[:-done], floor[:-done]
        later = ceiling[done:]
        floor[done:] = np.maximum(np.minimum(earlier_floor, later), floor[done:])
        ceiling[done:] = np.minimum(earlier_ceiling, later)
        done *= 2
    after = np.maximum(np.minimum(front, ceiling), floor)
    return np.concatenate([front[None], after[:-1]]), after[-1]
