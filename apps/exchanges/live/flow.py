"""What takers did in each minute, where a venue tells it only trade by trade."""

from apps.exchanges.readings import MINUTE_MS, Trade

KEPT_MINUTES = 5
MOST_IDS = 200_000  # of a minute; beyond it the minute is given up
MOST_MISSED = 0.02  # of a candle's volume; when trades add up to another, some were lost


class TakerFlow:
    """Buys minus sells of one instrument; only minutes that were heard from end to end count."""

    def __init__(self) -> None:
        self._heard_since_ms: int | None = None
        self._heard_until_ms = 0
        self._delta: dict[int, float] = {}  # by the end of the minute
        self._volume: dict[int, float] = {}
        self._ids: dict[int, set[str]] = {}
        self._forgotten_ms = 0  # the end of the last minute that is no longer kept

    def listening(self, since_ms: int) -> None:
        """Trades come from now on; what went on before is unknown."""
        if self._heard_since_ms is None:
            self._heard_since_ms = since_ms

    def heard(self, until_ms: int) -> None:
        """Whatever was traded until then has come."""
        self._heard_until_ms = max(self._heard_until_ms, until_ms)

    def interrupted(self) -> None:
        """Trades were missed: minutes under way are lost."""
        self._heard_since_ms = None

    def add(self, trade: Trade) -> None:
        """Count a trade once."""
        end_ms = trade.ts_ms // MINUTE_MS * MINUTE_MS + MINUTE_MS
        self.heard(trade.ts_ms)
        ids = self._ids.setdefault(end_ms, set())
        if trade.native_id in ids or end_ms <= self._forgotten_ms:
            return
        if len(ids) >= MOST_IDS:
            self._heard_since_ms = end_ms
            return
        ids.add(trade.native_id)
        signed = trade.size_base if trade.taker_side == "buy" else -trade.size_base
        self._delta[end_ms] = self._delta.get(end_ms, 0.0) + signed
        self._volume[end_ms] = self._volume.get(end_ms, 0.0) + trade.size_base
        self._forget_all_but(KEPT_MINUTES)

    def delta(self, end_ms: int, volume: float | None) -> float | None:
        """Buys minus sells in base coin; ``volume`` is the candle's.

        None where some of the minute was not heard, or does not add up to the candle.
        """
        since_ms = self._heard_since_ms
        is_whole = since_ms is not None and since_ms <= end_ms - MINUTE_MS
        if not is_whole or self._heard_until_ms < end_ms or end_ms <= self._forgotten_ms:
            return None
        counted = self._volume.get(end_ms, 0.0)
        if volume is not None and abs(counted - volume) > MOST_MISSED * volume:
            return None
        return self._delta.get(end_ms, 0.0)

    def _forget_all_but(self, minutes: int) -> None:
        for old in sorted(self._ids)[:-minutes]:
            self._forgotten_ms = max(self._forgotten_ms, old)
            for kept in (self._ids, self._delta, self._volume):
                kept.pop(old, None)
