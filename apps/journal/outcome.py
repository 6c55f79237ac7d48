"""What became of a read, from prices and liquidations alone. Pure: the same bars, the same answer.

::

    price ───╮    at_ms            reached_ms     + an hour
             ╰─────│───────╮           │              │
    near edge ─────────────╰──╮ ───────╳ ──────────────  reached: the first bar that touches it
    far edge  ────────────────╰──╮──────────────────────  overshoot: how far beyond this edge
    next zone ───────────────────╰──────────────────────  ran on: touched within that hour

Bars count only in one unbroken row from the read on. Where one is missing the answer stays open,
however far the data go on behind the hole: nobody knows what the price did in it. The minute in
which a read was made belongs to nobody: judging begins with the first whole bar after it.
"""

from dataclasses import dataclass

import numpy as np

from apps.engine.records import BoolArray, FloatArray, IntArray

AFTERMATH_MS = 3_600_000
LATE_MS = 300_000  # liquidations may be told this much later than bars
AROUND = 0.005  # of the price: how near to the zone a liquidation belongs to it


@dataclass(frozen=True, slots=True)
class Terms:
    """What a read claims; prices US dollars, None where it has no such thing."""

    at_ms: int
    horizon_ms: int
    side: str
    price: float
    low: float
    high: float
    next_price: float | None = None
    entry: float | None = None
    stop: float | None = None
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """Closed bars of one venue, each (T,), rising in time; the mark price where it was told."""

    end_ms: IntArray
    span_ms: IntArray
    low: FloatArray
    high: FloatArray
    close: FloatArray
    is_mark: BoolArray

    def part(self, of: slice) -> "Path":
        """Some of the bars."""
        return Path(
            self.end_ms[of], self.span_ms[of], self.low[of],
            self.high[of], self.close[of], self.is_mark[of],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prints:
    """Realised liquidations of a market, each (N,): of every venue and both sides."""

    ts_ms: IntArray
    is_long: BoolArray
    price: FloatArray
    usd: FloatArray


NO_PRINTS = Prints(np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0), np.zeros(0))


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """How a planned trade went. Excursions are fractions of the entry, from the fill on.

    Where one bar touches both the stop and the target, the stop came first; a target in the bar
    of the fill does not count.
    """

    plan_state: str = ""
    mae: float | None = None
    mfe: float | None = None
    result_r: float | None = None
    is_done: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fields of a read that the market writes; ``is_final``: nothing can change them."""

    state: str = "open"
    reached_ms: int | None = None
    liquidated_usd: float | None = None
    overshoot: float | None = None
    ran_on_ms: int | None = None
    plan_state: str = ""
    mae: float | None = None
    mfe: float | None = None
    result_r: float | None = None
    covered_ms: int = 0
    by_mark: bool = False
    is_gapped: bool = False
    is_final: bool = False


def resolve(terms: Terms, path: Path, prints: Prints) -> Outcome:
    """What can be said of a read with these bars: open, reached, or missed after its horizon."""
    bars, is_gapped = unbroken(path, terms.at_ms)
    if len(bars.end_ms) == 0:
        plan_state = "" if terms.entry is None else "waiting"
        return Outcome(plan_state=plan_state, covered_ms=terms.at_ms, is_gapped=is_gapped)
    covered_ms = int(bars.end_ms[-1])
    deadline_ms = int(bars.end_ms[0] - bars.span_ms[0]) + terms.horizon_ms
    inside = bars.part(slice(0, int(np.searchsorted(bars.end_ms, deadline_ms, side="right"))))
    is_over = covered_ms >= deadline_ms
    touched = np.flatnonzero(_touches(inside, _near(terms), is_below=_is_below(terms)))
    plan = _plan(terms, inside, is_over=is_over)
    told = {
        "plan_state": plan.plan_state, "mae": plan.mae, "mfe": plan.mfe,
        "result_r": plan.result_r, "covered_ms": covered_ms, "by_mark": bool(bars.is_mark.all()),
    }  # fmt: skip
    if len(touched) == 0:
        is_final = is_over and plan.is_done
        state = "missed" if is_over else "open"
        return Outcome(state, is_final=is_final, is_gapped=is_gapped and not is_over, **told)
    first = int(touched[0])
    reached_ms = int(bars.end_ms[first])
    is_settled = covered_ms >= reached_ms + AFTERMATH_MS + LATE_MS
    if is_settled:
        told |= _aftermath(terms, bars, first, prints)
    is_final = is_settled and plan.is_done
    return Outcome("reached", reached_ms, is_final=is_final,
                   is_gapped=is_gapped and not is_final, **told)  # fmt: skip


def unbroken(path: Path, from_ms: int) -> tuple[Path, bool]:
    """The bars in one row from an instant on, and whether more lie behind a hole."""
    starts = path.end_ms - path.span_ms
    first = int(np.searchsorted(starts, from_ms, side="left"))
    if first == len(starts):
        return path.part(slice(0, 0)), False
    if starts[first] - from_ms >= path.span_ms[first]:
        return path.part(slice(0, 0)), True
    holes = np.flatnonzero(starts[first + 1 :] > path.end_ms[first:-1])
    last = first + int(holes[0]) + 1 if len(holes) else len(starts)
    return path.part(slice(first, last)), bool(len(holes))


def _is_below(terms: Terms) -> bool:
    return (terms.low + terms.high) / 2 <= terms.price


def _near(terms: Terms) -> float:
    return terms.high if _is_below(terms) else terms.low


def _touches(bars: Path, level: float, *, is_below: bool) -> BoolArray:
    return bars.low <= level if is_below else bars.high >= level


def _aftermath(terms: Terms, bars: Path, first: int, prints: Prints) -> dict[str, object]:
    """The hour after a zone was touched, that bar included."""
    end_ms = int(bars.end_ms[first]) + AFTERMATH_MS
    after = bars.part(slice(first, int(np.searchsorted(bars.end_ms, end_ms, side="right"))))
    is_below = _is_below(terms)
    if is_below:
        overshoot = max(0.0, 1.0 - float(after.low.min()) / terms.low)
    else:
        overshoot = max(0.0, float(after.high.max()) / terms.high - 1.0)
    ran_on_ms = None
    if terms.next_price is not None:
        further = np.flatnonzero(_touches(after, terms.next_price, is_below=is_below))
        ran_on_ms = int(after.end_ms[further[0]]) if len(further) else None
    begin_ms = int(bars.end_ms[first] - bars.span_ms[first])
    told = (prints.ts_ms > begin_ms) & (prints.ts_ms <= end_ms)
    ours = told & (prints.is_long == (terms.side == "long"))
    ours &= (prints.price >= terms.low * (1 - AROUND)) & (prints.price <= terms.high * (1 + AROUND))
    liquidated_usd = float(prints.usd[ours].sum()) if told.any() else None
    return {"overshoot": overshoot, "ran_on_ms": ran_on_ms, "liquidated_usd": liquidated_usd}


def _plan(terms: Terms, bars: Path, *, is_over: bool) -> PlanOutcome:
    if terms.entry is None:
        return PlanOutcome()
    fills = _touches(bars, terms.entry, is_below=terms.entry <= terms.price)
    if not fills.any():
        return PlanOutcome("unfilled" if is_over else "waiting", is_done=is_over)
    trade = bars.part(slice(int(np.argmax(fills)), None))
    is_long = _is_long(terms)
    count = len(trade.end_ms)
    stopped = _first_touch(trade, terms.stop, is_below=is_long, after=0)
    won = _first_touch(trade, terms.target, is_below=not is_long, after=1)
    exit_at = min(stopped, won, count - 1)
    worst, best = (trade.low, trade.high) if is_long else (trade.high, trade.low)
    sign = 1.0 if is_long else -1.0
    against = sign * (terms.entry - worst[: exit_at + 1]) / terms.entry
    until = exit_at if stopped <= won and stopped < count else exit_at + 1
    towards = sign * (best[1:until] - terms.entry) / terms.entry
    mae = max(0.0, float(against.max()))
    mfe = max(0.0, float(towards.max())) if len(towards) else 0.0
    if stopped < count and stopped <= won:
        return PlanOutcome("stopped", mae, mfe, -1.0)
    if won < count:
        return PlanOutcome("target", mae, mfe, _in_r(terms, terms.target))
    if is_over:
        return PlanOutcome("time", mae, mfe, _in_r(terms, float(trade.close[-1])))
    return PlanOutcome("open", mae, mfe, is_done=False)


def _first_touch(bars: Path, level: float | None, *, is_below: bool, after: int) -> int:
    """The first bar from ``after`` on that touches a level; the number of bars if none does."""
    count = len(bars.end_ms)
    if level is None:
        return count
    touched = _touches(bars, level, is_below=is_below)[after:]
    return after + int(np.argmax(touched)) if touched.any() else count


def _is_long(terms: Terms) -> bool:
    """A trade's direction: away from its stop, or towards its target."""
    if terms.stop is not None:
        return terms.stop < terms.entry
    return terms.target is None or terms.target > terms.entry


def _in_r(terms: Terms, exit_price: float | None) -> float | None:
    """A result in units of what was risked; None without a stop."""
    if terms.stop is None or exit_price is None:
        return None
    return (exit_price - terms.entry) / (terms.entry - terms.stop)
