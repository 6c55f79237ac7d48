"""A slow judge of reads: one bar after another, as somebody with a pencil would do it."""

from dataclasses import dataclass

MINUTE_MS = 60_000
HOUR_MS = 3_600_000


@dataclass
class Bar:
    begin_ms: int
    end_ms: int
    low: float
    high: float
    close: float
    is_mark: bool


@dataclass
class Dead:
    ts_ms: int
    side: str
    price: float
    usd: float


def judge(read, bars: list[Bar], dead: list[Dead]) -> dict:
    """All that an outcome says, in the order of its fields, worked out bar by bar."""
    said = {
        "state": "open", "reached_ms": None, "liquidated_usd": None, "overshoot": None,
        "ran_on_ms": None, "plan_state": "", "mae": None, "mfe": None, "result_r": None,
        "covered_ms": read.at_ms, "by_mark": False, "is_gapped": False, "is_final": False,
    }  # fmt: skip
    row, hole = in_a_row(bars, read.at_ms)
    if not row:
        return said | {"plan_state": "waiting" if read.entry is not None else "", "is_gapped": hole}
    deadline = row[0].begin_ms + read.horizon_ms
    is_over = row[-1].end_ms >= deadline
    said["covered_ms"] = row[-1].end_ms
    said["by_mark"] = all(bar.is_mark for bar in row)
    from_above = (read.low + read.high) / 2 <= read.price
    plan_done = follow_plan(read, [b for b in row if b.end_ms <= deadline], is_over, said)
    reached = None
    for bar in row:
        if bar.end_ms > deadline:
            break
        if (from_above and bar.low <= read.high) or (not from_above and bar.high >= read.low):
            reached = bar
            break
    if reached is None:
        said["state"] = "missed" if is_over else "open"
        said["is_final"] = is_over and plan_done
        said["is_gapped"] = hole and not is_over
        return said
    said["state"], said["reached_ms"] = "reached", reached.end_ms
    settled = row[-1].end_ms >= reached.end_ms + HOUR_MS + 5 * MINUTE_MS
    if settled:
        look_after(read, row, reached, from_above, dead, said)
    said["is_final"] = settled and plan_done
    said["is_gapped"] = hole and not said["is_final"]
    return said


def in_a_row(bars: list[Bar], at_ms: int) -> tuple[list[Bar], bool]:
    row = []
    for bar in bars:
        if bar.begin_ms < at_ms:
            continue
        if not row and bar.begin_ms - at_ms >= bar.end_ms - bar.begin_ms:
            return [], True
        if row and bar.begin_ms > row[-1].end_ms:
            return row, True
        row.append(bar)
    return row, False


def look_after(read, row, reached, from_above, dead, said) -> None:
    said["overshoot"] = 0.0
    until = reached.end_ms + HOUR_MS
    for bar in row:
        if not reached.end_ms <= bar.end_ms <= until:
            continue
        beyond = 1 - bar.low / read.low if from_above else bar.high / read.high - 1
        said["overshoot"] = max(said["overshoot"], beyond)
        if read.next_price is not None and said["ran_on_ms"] is None:
            if from_above and bar.low <= read.next_price:
                said["ran_on_ms"] = bar.end_ms
            if not from_above and bar.high >= read.next_price:
                said["ran_on_ms"] = bar.end_ms
    for one in dead:
        if not reached.begin_ms < one.ts_ms <= until:
            continue
        said["liquidated_usd"] = said["liquidated_usd"] or 0.0
        if one.side == read.side and read.low * 0.995 <= one.price <= read.high * 1.005:
            said["liquidated_usd"] += one.usd


def follow_plan(read, bars, is_over, said) -> bool:
    """Write the plan's fields; whether it is over."""
    if read.entry is None:
        return True
    if read.stop is not None:
        is_long = read.stop < read.entry
    else:
        is_long = read.target is None or read.target > read.entry
    sign = 1 if is_long else -1
    filled = False
    mae = mfe = 0.0
    for bar in bars:
        is_fill_bar = False
        if not filled:
            below = read.entry <= read.price
            if not ((below and bar.low <= read.entry) or (not below and bar.high >= read.entry)):
                continue
            filled = is_fill_bar = True
        worst, best = (bar.low, bar.high) if is_long else (bar.high, bar.low)
        mae = max(mae, sign * (read.entry - worst) / read.entry)
        said["mae"], said["mfe"] = mae, mfe
        if read.stop is not None and sign * (worst - read.stop) <= 0:
            said["plan_state"], said["result_r"] = "stopped", -1.0
            return True
        if is_fill_bar:
            continue
        mfe = max(mfe, sign * (best - read.entry) / read.entry)
        said["mfe"] = mfe
        if read.target is not None and sign * (best - read.target) >= 0:
            said["plan_state"], said["result_r"] = "target", in_r(read, read.target)
            return True
    if not is_over:
        said["plan_state"] = "open" if filled else "waiting"
        return False
    said["plan_state"] = "time" if filled else "unfilled"
    if filled:
        said["result_r"] = in_r(read, bars[-1].close)
    return True


def in_r(read, price):
    if read.stop is None:
        return None
    return (price - read.entry) / (read.entry - read.stop)
