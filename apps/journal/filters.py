"""Which reads somebody wants to see, from the address; what it cannot mean is ignored."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Case, F, Q, QuerySet, When

from apps.journal.models import Read


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty means all."""

    kind: str = ""
    market: str = ""
    state: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """The filters of an address."""
        kind, state = query.get("kind", ""), query.get("state", "")
        return cls(
            kind if kind in Read.Kind.values else "",
            query.get("market", "")[:32].replace("\x00", ""),
            state if state in Read.State.values else "",
        )

    def applied_to(self, reads: QuerySet[Read]) -> QuerySet[Read]:
        """Those reads that fit."""
        if self.kind:
            reads = reads.filter(kind=self.kind)
        if self.market:
            reads = reads.filter(market=self.market)
        if self.state:
            counts = Case(When(~Q(said_state=""), then=F("said_state")), default=F("state"))
            reads = reads.alias(counts=counts).filter(counts=self.state)
        return reads

    @property
    def query(self) -> str:
        """As it stands in an address, with an ampersand in front; empty without any."""
        told = {name: getattr(self, name) for name in ("kind", "market", "state")}
        chosen = {name: value for name, value in told.items() if value}
        return f"&{urlencode(chosen)}" if chosen else ""

    def __bool__(self) -> bool:
        return bool(self.kind or self.market or self.state)
