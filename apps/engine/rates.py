"""How sure a rate is that was counted in a few trials."""

from math import sqrt

Z = 1.959963984540054  # of a 95 % interval


def wilson(hits: int, count: int) -> tuple[float, float]:
    """The 95 % score interval of a rate; everything is possible without any trial.

    >>> [round(bound, 3) for bound in wilson(5, 10)]
    [0.237, 0.763]
    """
    if count == 0:
        return 0.0, 1.0
    share, square = hits / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z * sqrt(share * (1 - share) / count + square / (4 * count**2)) / (1 + square / count)
    return middle - half if hits else 0.0, middle + half if hits < count else 1.0
