"""How a row of results went: exactly, in whatever unit they are in. Pure.

Results are in the order in which trades closed. A result of nothing is neither won nor lost: it
counts as a trade, and it ends a streak. Sums are exact; quotients have fifty digits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from itertools import accumulate

from apps.engine.rates import wilson
from apps.journal.trades.decimals import EXACT

ZERO = Decimal(0)
QUOTIENT = Context(prec=50)


@dataclass(frozen=True, slots=True)
class Figures:
    """``streak`` is the last one: won trades in a row, or lost ones with a minus.

    ``profit_factor`` is what was won per unit lost, none without a loss.
    """

    count: int
    wins: int
    losses: int
    total: Decimal
    won: Decimal
    lost: Decimal
    drawdown: Decimal
    best_streak: int
    worst_streak: int
    streak: int

    @property
    def expectancy(self) -> Decimal | None:
        """The mean result of a trade."""
        return quotient(self.total, Decimal(self.count))

    @property
    def win_rate(self) -> float:
        return self.wins / self.count if self.count else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the win rate."""
        return wilson(self.wins, self.count)

    @property
    def profit_factor(self) -> Decimal | None:
        return quotient(self.won, self.lost)

    @property
    def mean_win(self) -> Decimal | None:
        return quotient(self.won, Decimal(self.wins))

    @property
    def mean_loss(self) -> Decimal | None:
        """Of the lost trades, without its minus."""
        return quotient(self.lost, Decimal(self.losses))


def figures_of(results: Sequence[Decimal]) -> Figures:
    """The figures of a row of results; all zero of an empty one.

    >>> figures_of([Decimal(2), Decimal(-1), Decimal(-1), Decimal(3)]).drawdown
    Decimal('2')
    """
    best, worst, last = streaks(results)
    wins = [result for result in results if result > 0]
    losses = [result for result in results if result < 0]
    won, lost = total(wins), EXACT.minus(total(losses))
    return Figures(
        len(results), len(wins), len(losses), EXACT.subtract(won, lost), won, lost,
        drawdown(results), best, worst, last,
    )  # fmt: skip


def total(numbers: Iterable[Decimal]) -> Decimal:
    """Their sum, exactly."""
    with localcontext(EXACT):
        return sum(numbers, ZERO)


def quotient(number: Decimal, by: Decimal) -> Decimal | None:
    """A quotient of fifty digits; None where nothing divides."""
    return QUOTIENT.divide(number, by) if by else None


def equity(results: Iterable[Decimal]) -> list[Decimal]:
    """What all results until then come to, after each of them."""
    with localcontext(EXACT):
        return list(accumulate(results))


def drawdown(results: Iterable[Decimal]) -> Decimal:
    """The deepest fall below an earlier height; before the first trade the height is 0."""
    levels = [ZERO, *equity(results)]
    return max(map(EXACT.subtract, accumulate(levels, max), levels))


def streaks(results: Iterable[Decimal]) -> tuple[int, int, int]:
    """The longest row of won trades, of lost ones, and the last row (lost: negative)."""
    best = worst = current = 0
    for result in results:
        sign = (result > 0) - (result < 0)
        current = current + sign if sign and current * sign >= 0 else sign
        best, worst = max(best, current), max(worst, -current)
    return best, worst, current
