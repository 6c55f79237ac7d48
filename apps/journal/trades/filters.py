"""Which trades somebody wants to see, from the address; what it cannot mean is ignored."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from apps.journal.trades.closed import UNITS
from apps.journal.trades.models import Trade

STATES = ("open", "closed", "out")


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty means all; ``unit`` is what results are shown in."""

    market: str = ""
    venue: str = ""
    side: str = ""
    tag: str = ""
    state: str = ""
    unit: str = "money"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """The filters of an address."""

        def text(name: str, longest: int) -> str:
            return query.get(name, "")[:longest].replace("\x00", "")

        def one_of(name: str, known: tuple[str, ...]) -> str:
            return query.get(name, "") if query.get(name, "") in known else ""

        return cls(
            text("market", 24), text("venue", 32), one_of("side", tuple(Trade.Side.values)),
            text("tag", 40), one_of("state", STATES), one_of("unit", UNITS) or "money",
        )  # fmt: skip

    def applied_to(self, trades: QuerySet[Trade]) -> QuerySet[Trade]:
        """Those trades that fit; what is left out is seen only when it is asked for."""
        told = {"base": self.market, "venue": self.venue, "side": self.side}
        trades = trades.filter(**{name: value for name, value in told.items() if value})
        trades = trades.filter(is_left_out=self.state == "out")
        if self.state in ("open", "closed"):
            trades = trades.filter(closed_ms__isnull=self.state == "open")
        if self.tag:
            trades = trades.filter(
                Q(tags=self.tag) | Q(tags__startswith=f"{self.tag}, ")
                | Q(tags__endswith=f", {self.tag}") | Q(tags__contains=f", {self.tag}, ")
            )  # fmt: skip
        return trades

    @property
    def query(self) -> str:
        """As it stands in an address, with an ampersand in front; empty without any."""
        chosen = {name: value for name, value in asdict(self).items() if value}
        if self.unit == "money":
            del chosen["unit"]
        return f"&{urlencode(chosen)}" if chosen else ""

    @property
    def query_without_unit(self) -> str:
        """The same, for a link to the same trades in another unit."""
        chosen = {name: value for name, value in asdict(self).items() if value and name != "unit"}
        return f"&{urlencode(chosen)}" if chosen else ""

    def __bool__(self) -> bool:
        return any((self.market, self.venue, self.side, self.tag, self.state))
