"""Names of the groups that news travels in."""


def heatmap(market: str) -> str:
    """Where a market's (slug) new snapshots are announced."""
    return f"heatmap.{market}"
