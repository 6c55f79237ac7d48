"""The settings a market is walked with: the shipped ones, and the leverage adopted for its venues.

What is adopted for a venue are shares at BTC. Another coin keeps its own bell curve, multiplied
leverage by leverage by what the fit changed::

    shares of a coin  ∝  its bell curve · (adopted shares ÷ shipped shares)
"""

import logging
from dataclasses import replace

import numpy as np

from apps.engine.leverage import LEVERAGES
from apps.engine.parameters import Parameters, default_parameters
from apps.engine.records import FloatArray
from apps.engine.terms import work_out
from apps.markets.models import Feed, LeverageFit

log = logging.getLogger(__name__)

type Adopted = tuple[tuple[str, str, tuple[float, ...]], ...]
"""Of every venue that has one: its slug, the set's version, what the set changed."""


def parameters_for(base: str) -> Parameters:
    """The settings of a coin's market as they stand now. One query."""
    return with_sets(default_parameters(altcoin=base != "BTC"), adopted_sets())


def adopted_sets() -> Adopted:
    """What is adopted for the feed of now, by venue.

    A set that was fitted to other leverages than the engine's is left out.
    """
    found = []
    rows = LeverageFit.objects.filter(
        state=LeverageFit.State.ADOPTED, source__in=Feed.objects.values("source")
    ).order_by("venue")
    for venue, version, leverages, prior, shares in rows.values_list(
        "venue", "version", "leverages", "prior", "shares"
    ):
        if tuple(leverages) == LEVERAGES:
            found.append((venue, version, tuple(_ratio(np.array(shares), np.array(prior)))))
        else:
            log.warning("%s is left out: it was fitted to other leverages.", version)
    return tuple(found)


def with_sets(parameters: Parameters, adopted: Adopted) -> Parameters:
    """The settings with the adopted leverage of each venue, and a version that says so."""
    for venue, version, ratio in adopted:
        shares = bell_curve(parameters, venue) * ratio
        terms = replace(
            parameters.terms_of(venue), standing=tuple((shares / shares.sum()).tolist())
        )
        parameters = replace(
            parameters.with_venue(venue, terms), version=f"{parameters.version}+{version}"
        )
    return parameters


def bell_curve(parameters: Parameters, venue: str) -> FloatArray:
    """The standing shares of a venue as shipped, one per leverage."""
    return work_out((venue,), parameters).standing[0]


def _ratio(shares: FloatArray, prior: FloatArray) -> list[float]:
    return np.divide(shares, prior, out=np.ones_like(prior), where=prior > 0).tolist()
