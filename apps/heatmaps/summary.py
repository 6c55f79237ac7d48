"""What a picture says: the engine's findings, freshness and feed put into one ``Reading``."""

import numpy as np

from apps.engine import advice, clusters
from apps.engine.layers import Layers, shares
from apps.engine.records import Cluster, FloatArray, Picture, Side
from apps.heatmaps.readings import (
    LARGEST_CLUSTERS,
    Band,
    Cascade,
    FeedReading,
    Reading,
    VenueReading,
    Zone,
)
from apps.heatmaps.spec import AGE_WINDOWS, BRACKETS
from apps.markets.coverage import VenueCoverage
from apps.markets.currency import rate_to
from apps.markets.models import Feed

THIN_SGD = 50e6  # of open interest; below it clusters mean nothing


def summarise(
    picture: Picture,
    *,
    market: str,
    version: int,
    as_of_ms: int,
    reference: str,
    feed: Feed,
    coverage: tuple[VenueCoverage, ...],
    layers: Layers | None,
    open_interest: FloatArray,
) -> Reading:
    """The reading of a picture.

    ``layers`` (of the whole market, in the picture's bins) say who is where; without them all
    shares are 0. ``open_interest`` (V,) is base coin, NaN where a venue never said.
    """
    found = clusters.find(picture, limit=LARGEST_CLUSTERS)
    zones = {cluster: _zone(cluster, picture, coverage, layers) for cluster in found}
    above, below = (advice.nearest(found, side) for side in (Side.SHORT, Side.LONG))
    balance = advice.asymmetry(picture)
    interest_usd = float(np.nansum(open_interest) * picture.price)
    by_venue = shares(layers.venue_usd) if layers else np.zeros(len(coverage))
    return Reading(
        market=market,
        version=version,
        as_of_ms=as_of_ms,
        price=picture.price,
        change=_change(picture),
        reference_venue=reference,
        parameters=picture.parameters_version,
        feed=FeedReading(feed.kind, feed.label, feed.speed, feed.state, feed.message),
        venues=tuple(
            VenueReading(told.venue, told.name, float(share), _tenths(told.age_s), told.state)
            for told, share in zip(coverage, by_venue, strict=True)
        ),
        brackets=_shares(layers.bracket_usd if layers else None, BRACKETS),
        ages=_shares(layers.age_usd if layers else None, len(AGE_WINDOWS)),
        bands=tuple(
            Band(*distances, *map(float, usd))
            for distances, usd in zip(advice.BANDS, advice.distance_bands(picture), strict=True)
        ),
        asymmetry=balance.long_usd / balance.short_usd if balance.short_usd > 0 else None,
        long_usd=balance.long_usd,
        short_usd=balance.short_usd,
        clusters=tuple(sorted(zones.values(), key=lambda zone: -zone.usd)),
        above=zones[above] if above else None,
        below=zones[below] if below else None,
        cascade=_cascade(found),
        is_thin=interest_usd * rate_to("SGD").per_usd < THIN_SGD,
        open_interest_usd=interest_usd,
    )


def _zone(
    cluster: Cluster,
    picture: Picture,
    coverage: tuple[VenueCoverage, ...],
    layers: Layers | None,
) -> Zone:
    venue, bracket, age = 0, 0, 0
    venue_share = bracket_share = age_share = 0.0
    brackets: tuple[float, ...] = ()
    ages: tuple[float, ...] = ()
    if layers:
        facts = clusters.describe(
            cluster,
            picture.grid,
            by_venue=layers.venue_usd,
            by_bracket=layers.bracket_usd,
            by_age=layers.age_usd,
        )
        venue, venue_share = _largest(facts.venues)
        bracket, bracket_share = _largest(facts.brackets)
        age, age_share = _largest(facts.ages)
        brackets, ages = facts.brackets, facts.ages
    return Zone(
        side=cluster.side.name.lower(),
        low=cluster.low,
        high=cluster.high,
        peak=cluster.peak,
        usd=cluster.usd,
        distance=cluster.distance,
        share=cluster.share,
        venue=coverage[venue].venue if layers else "",
        venue_share=venue_share,
        bracket=bracket,
        bracket_share=bracket_share,
        age=age,
        age_share=age_share,
        brackets=brackets,
        ages=ages,
    )


def _cascade(found: tuple[Cluster, ...]) -> Cascade | None:
    """The heavier of the two sides' chains."""
    chains = [advice.cascade(found, side) for side in Side]
    heaviest = max(chains, key=lambda chain: sum(cluster.usd for cluster in chain))
    if not heaviest:
        return None
    usd = sum(cluster.usd for cluster in heaviest)
    side = heaviest[0].side.name.lower()
    return Cascade(side, len(heaviest), usd, advice.CASCADE_REACH)


def _change(picture: Picture) -> float | None:
    """Of the price since the first candle opened, a fraction."""
    opened = picture.candles[np.isfinite(picture.candles[:, 0]), 0]
    return float(picture.price / opened[0] - 1) if len(opened) else None


def _shares(layer_usd: FloatArray | None, count: int) -> tuple[float, ...]:
    return (0.0,) * count if layer_usd is None else tuple(shares(layer_usd).tolist())


def _largest(parts: tuple[float, ...]) -> tuple[int, float]:
    index = int(np.argmax(parts))
    return index, float(parts[index])


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
