"""One picture of one market as a process shows it to many sockets: each frame is made once."""

from dataclasses import dataclass, field

from channels.db import database_sync_to_async

from apps.engine.frame import FrameHeader, encode_update, read_header
from apps.heatmaps.frames import full
from apps.heatmaps.pictures import Drawing, newest_drawing
from apps.heatmaps.spec import PictureSpec
from apps.markets.models import Market


@dataclass(frozen=True, slots=True)
class Position:
    """What a client holds: a picture, complete up to the column that ends then."""

    picture_id: int
    end_ms: int


@dataclass(slots=True)
class Board:
    """A drawing and the frames made of it; ``header`` is that of the full frame updates fit."""

    drawing: Drawing
    header: FrameHeader
    whole: bytes | None = None
    updates: dict[int, bytes] = field(default_factory=dict)

    @property
    def sequence(self) -> int:
        """Rises with every version."""
        return self.drawing.version

    @property
    def position(self) -> Position:
        """Where a client is once it has any of this board's frames."""
        return Position(self.header.picture_id, int(self.drawing.picture.end_ms[-1]))

    def frame_from(self, position: Position | None) -> bytes:
        """What takes a client from ``position`` to here: an update if one can, else all of it.

        Clients at the same position share the bytes.
        """
        if position and self.can_follow(position):
            update = self.updates.get(position.end_ms) or self.update_since(position.end_ms)
            if update:
                return update
        if self.whole is None:
            self.whole = full(self.drawing, self.header)
            self.header = read_header(self.whole)
        return self.whole

    def can_follow(self, position: Position) -> bool:
        """Whether an update from there exists; not after the clock went back."""
        end_ms = self.drawing.picture.end_ms
        return (
            position.picture_id == self.header.picture_id
            and end_ms[0] <= position.end_ms <= end_ms[-1]
        )

    def update_since(self, end_ms: int) -> bytes | None:
        """The columns from ``end_ms`` on; None when the picture has outgrown the header."""
        data = encode_update(
            self.drawing.picture,
            onto=self.header,
            since_end_ms=end_ms,
            sequence=self.sequence,
            as_of_ms=self.drawing.as_of_ms,
            meta=self.drawing.reading.update_meta,
        )
        if data:
            self.updates[end_ms] = data
        return data


@database_sync_to_async
def draw_board(market: str, spec: PictureSpec, before: Board | None) -> Board | None:
    """The newest version of a picture, following ``before`` on its scale where that still fits.

    None before anything was published of the market (slug).
    """
    drawing = newest_drawing(Market.objects.get(slug=market), spec)
    if drawing is None:
        return None
    if before:
        if before.drawing is drawing:
            return before
        board = Board(drawing, before.header)
        if board.can_follow(before.position) and board.update_since(before.position.end_ms):
            return board
    whole = full(drawing, before.header if before else None)
    return Board(drawing, read_header(whole), whole)
