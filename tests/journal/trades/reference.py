"""Slow and obvious: every figure from its definition, with two hundred digits."""

from decimal import Decimal, localcontext

DIGITS = 200


def figures(results: list[Decimal]) -> dict[str, Decimal | int | None]:
    """The figures of a row of results, each found for itself."""
    with localcontext(prec=DIGITS):
        won = [x for x in results if x > 0]
        lost = [x for x in results if x < 0]
        whole = sum(results, Decimal(0))
        return {
            "count": len(results),
            "wins": len(won),
            "losses": len(lost),
            "total": whole,
            "won": sum(won, Decimal(0)),
            "lost": -sum(lost, Decimal(0)),
            "expectancy": whole / len(results) if results else None,
            "profit_factor": sum(won, Decimal(0)) / -sum(lost, Decimal(0)) if lost else None,
            "mean_win": sum(won, Decimal(0)) / len(won) if won else None,
            "mean_loss": -sum(lost, Decimal(0)) / len(lost) if lost else None,
            "drawdown": _drawdown(results),
            "best_streak": _longest(results, 1),
            "worst_streak": _longest(results, -1),
            "streak": _last_streak(results),
        }


def net(trade: dict) -> Decimal:
    """What a trade of one entry and one exit gained after costs."""
    with localcontext(prec=DIGITS):
        gained = (trade["exit"] - trade["entry"]) * trade["size"]
        gained = gained if trade["side"] == "long" else -gained
        return gained - trade["fees"] + trade["funding"]


def in_r(trade: dict) -> Decimal | None:
    """The same in units of what the stop would have cost."""
    if trade["stop"] is None:
        return None
    with localcontext(prec=DIGITS):
        return net(trade) / (abs(trade["entry"] - trade["stop"]) * trade["size"])


def in_usd(trade: dict) -> Decimal | None:
    """The same in dollars, where a rate is known."""
    with localcontext(prec=DIGITS):
        return None if trade["usd_rate"] is None else net(trade) * trade["usd_rate"]


def share(trade: dict) -> Decimal:
    """The same as a share of what was traded."""
    with localcontext(prec=DIGITS):
        return net(trade) / (trade["entry"] * trade["size"])


def _drawdown(results: list[Decimal]) -> Decimal:
    """The largest fall between any two moments, of which the first is before all trades."""
    levels = [sum(results[:n], Decimal(0)) for n in range(len(results) + 1)]
    falls = [levels[i] - levels[j] for i in range(len(levels)) for j in range(i, len(levels))]
    return max(falls)


def _longest(results: list[Decimal], sign: int) -> int:
    rows = [
        end - start
        for start in range(len(results))
        for end in range(start, len(results) + 1)
        if all(x * sign > 0 for x in results[start:end])
    ]
    return max(rows, default=0)


def _last_streak(results: list[Decimal]) -> int:
    for sign in (1, -1):
        length = 0
        while length < len(results) and results[-1 - length] * sign > 0:
            length += 1
        if length:
            return sign * length
    return 0
