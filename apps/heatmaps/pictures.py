"""From a market's rows to a drawing: the picture a reader asked for, and what it says.

    Look ──draw──▶ Drawing: picture and reading of one spec, once per version and process

A process remembers what it drew last: of the next version only the newest columns are new. What
it remembers is never needed, only quick; another process, or this one restarted, draws the same.
"""

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np

from apps.engine.layers import Layers, layers_of
from apps.engine.picture import draw_view, extend
from apps.engine.records import Picture, PriceGrid
from apps.engine.tape import joined
from apps.engine.view import AgeWindow, View, candles_of
from apps.heatmaps.checkpoints import Checkpoint
from apps.heatmaps.looks import Look, look_of
from apps.heatmaps.models import Snapshot
from apps.heatmaps.readings import Reading
from apps.heatmaps.spec import PictureSpec
from apps.heatmaps.summary import summarise
from apps.markets.currency import rate_to
from apps.markets.models import Feed, Market

MOST_PICTURES = 24
MOST_LAYERS = 12
LAYERS_LAST_MS = 15_000  # of the reader's time: shares move slowly and cost the most
AHEAD = 0.25  # of the window: candles shown beyond a historical instant


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture of one version, and what it says; ``name`` tells it from every other picture."""

    market: Market
    feed: Feed
    version: int
    wall_ms: int
    as_of_ms: int
    name: str
    picture: Picture
    reading: Reading


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as this process drew it last, with what view, and of which walk."""

    view: View
    checkpoint: Checkpoint
    picture: Picture


@dataclass(frozen=True, slots=True)
class LayersThen:
    """The layers of a market on one grid, and when they were made."""

    wall_ms: int
    layers: Layers


_drawn: OrderedDict[tuple[int, str], Drawn] = OrderedDict()
_drawings: OrderedDict[tuple[int, str], Drawing] = OrderedDict()
_layers: OrderedDict[tuple[int, str, PriceGrid, tuple[AgeWindow, ...]], LayersThen] = OrderedDict()


def newest_drawing(market: Market, spec: PictureSpec) -> Drawing | None:
    """A picture of the version published last; None before anything was published."""
    snapshot = Snapshot.objects.filter(market=market).defer("frame").select_related("feed").first()
    if snapshot is None:
        return None
    key = (market.pk, spec.key)
    known = _drawings.get(key)
    if known and (known.version, known.feed.pk) == (snapshot.version, snapshot.feed_id):
        return known
    look = look_of(market, snapshot)
    return draw(look, spec, version=snapshot.version) if look else None


def draw(look: Look, spec: PictureSpec, *, version: int) -> Drawing:
    """The picture that ``spec`` asks for, and its reading."""
    view = _view(look, spec)
    if spec.at_ms is None:
        picture, shown = _live_picture(look, spec, view)
        as_of_ms, layers = look.walk.end_ms, _layers_of(look, picture.grid, spec.windows)
    else:
        as_of_ms = int(np.clip(spec.at_ms, look.walk.tapes[0].end_ms[0], look.walk.end_ms))
        picture, shown = _past_picture(look, spec, view, as_of_ms)
        layers = None
    drawing = Drawing(
        market=look.market,
        feed=look.feed,
        version=version,
        wall_ms=look.wall_ms,
        as_of_ms=as_of_ms,
        name=f"{look.feed.pk}.{look.market.slug}.{spec.key}",
        picture=shown,
        reading=summarise(
            picture,
            market=look.market.slug,
            version=version,
            as_of_ms=as_of_ms,
            reference=look.reference,
            feed=look.feed,
            coverage=look.coverage,
            layers=layers,
            open_interest=look.walk.book.open_interest,
        ),
    )
    _remember(_drawings, (look.market.pk, spec.key), drawing, MOST_PICTURES)
    return drawing


def forget_pictures() -> None:
    """Forget what this process remembers, as a new process would."""
    for memory in (_drawn, _drawings, _layers):
        memory.clear()


def _view(look: Look, spec: PictureSpec) -> View:
    width = spec.bin_sgd / rate_to("SGD").per_usd if spec.bin_sgd else 0.0
    return View(
        window_ms=spec.window_ms,
        cadence_ms=spec.cadence_ms,
        venues=tuple(venue for venue in spec.venues if venue in look.walk.venues) or None,
        brackets=spec.brackets or None,
        ages=spec.age_windows or None,
        bin_width=("usd", width) if width else None,
        reference=look.reference,
    )


def _live_picture(look: Look, spec: PictureSpec, view: View) -> tuple[Picture, Picture]:
    """The picture at the walk's end, carried on from the one before where there is one."""
    key = (look.market.pk, spec.key)
    before = _drawn.get(key)
    if before and _goes_on(before, look, view):
        picture = _carried_on(before, look, view)
    else:
        picture = draw_view(look.walk, view)
    _remember(_drawn, key, Drawn(view, look.checkpoint, picture), MOST_PICTURES)
    return picture, picture


def _carried_on(before: Drawn, look: Look, view: View) -> Picture:
    """An earlier picture with the columns since: each read where the walk passed its end."""
    picture = before.picture
    settled_ms = min(before.checkpoint.walk.end_ms, look.checkpoint.walk.end_ms)
    for station in look.stations:
        if station.end_ms > settled_ms and station.end_ms % view.cadence_ms == 0:
            picture = extend(picture, station, view, drawn_ms=settled_ms)
            settled_ms = station.end_ms
    if picture.end_ms[-1] <= settled_ms == look.walk.end_ms:
        return picture
    return extend(picture, look.walk, view, drawn_ms=settled_ms)


def _past_picture(look: Look, spec: PictureSpec, view: View, at_ms: int) -> tuple[Picture, Picture]:
    """The picture as it was at ``at_ms``; and shown, with the candles that came after it."""
    key = (look.market.pk, spec.key)
    before = _drawn.get(key)
    if before and _goes_on(before, look, view):
        picture = before.picture
    else:
        picture = draw_view(look.walk, view, until_ms=at_ms)
        _remember(_drawn, key, Drawn(view, look.checkpoint, picture), MOST_PICTURES)
    until_ms = min(look.walk.end_ms, at_ms + int(view.window_ms * AHEAD))
    ahead_ms = np.arange(picture.end_ms[-1], until_ms, view.cadence_ms) + view.cadence_ms
    if not len(ahead_ms):
        return picture, picture
    later = joined(tuple(t for t in look.walk.tapes if t.end_ms[-1] > picture.end_ms[-1]))
    reference = view.reference_of(look.walk.venues)
    dark = np.zeros((len(ahead_ms), picture.grid.count))
    shown = replace(
        picture,
        end_ms=np.append(picture.end_ms, ahead_ms),
        long_usd=np.concatenate([picture.long_usd, dark]),
        short_usd=np.concatenate([picture.short_usd, dark]),
        candles=np.concatenate(
            [picture.candles, candles_of(later, ahead_ms, view.cadence_ms, reference)]
        ),
    )
    return picture, shown


def _goes_on(before: Drawn, look: Look, view: View) -> bool:
    """Whether an earlier picture was drawn of the same book, and in the same way."""
    return before.view == view and before.checkpoint.holds_for(
        look.feed, look.checkpoint.revision, look.walk.venues, look.walk.parameters
    )


def _layers_of(look: Look, grid: PriceGrid, ages: tuple[AgeWindow, ...]) -> Layers:
    """The newest column's layers, those of a few seconds ago where there are any."""
    key = (look.market.pk, look.walk.parameters.version, grid, ages)
    before = _layers.get(key)
    if before and 0 <= look.wall_ms - before.wall_ms < LAYERS_LAST_MS:
        return before.layers
    layers = layers_of(look.walk, grid, reference=look.reference, ages=ages)
    _remember(_layers, key, LayersThen(look.wall_ms, layers), MOST_LAYERS)
    return layers


def _remember[Key, Value](
    memory: OrderedDict[Key, Value], key: Key, value: Value, most: int
) -> None:
    memory[key] = value
    memory.move_to_end(key)
    while len(memory) > most:
        memory.popitem(last=False)
