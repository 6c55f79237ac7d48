"""Which part of a market a rule looks at: venues, leverages and ages, under one canonical name."""

from collections.abc import Iterable
from dataclasses import dataclass

from apps.engine.view import View
from apps.heatmaps.spec import AGE_WINDOWS, BRACKETS


@dataclass(frozen=True, slots=True)
class Selection:
    """Empty means all of them; ``venues`` are slugs, the others indices as in a picture's address.

    Clusters are found anew in what is selected, exactly as a picture of it would show them.
    """

    venues: tuple[str, ...] = ()
    brackets: tuple[int, ...] = ()
    ages: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """``"v-bybit_okx.l-3.a-0"``; empty for everything."""
        parts = [f"v-{'_'.join(self.venues)}"] if self.venues else []
        parts += [f"l-{'_'.join(map(str, self.brackets))}"] if self.brackets else []
        parts += [f"a-{'_'.join(map(str, self.ages))}"] if self.ages else []
        return ".".join(parts)

    def view(self, *, known: tuple[str, ...], reference: str) -> View:
        """As the engine draws it, among the venues a market has."""
        return View(
            window_ms=1,
            cadence_ms=1,
            venues=tuple(venue for venue in self.venues if venue in known) or None,
            brackets=self.brackets or None,
            ages=tuple(AGE_WINDOWS[age] for age in self.ages) or None,
            reference=reference,
        )


def selection_of(
    venues: Iterable[str] = (), brackets: Iterable[int] = (), ages: Iterable[int] = ()
) -> Selection:
    """The selection of what was ticked; ticking all is ticking none."""
    chosen_brackets, chosen_ages = sorted(set(brackets)), sorted(set(ages))
    return Selection(
        tuple(sorted(set(venues))),
        () if len(chosen_brackets) == BRACKETS else tuple(chosen_brackets),
        () if len(chosen_ages) == len(AGE_WINDOWS) else tuple(chosen_ages),
    )


def selection_from_key(key: str) -> Selection:
    """What ``Selection.key`` named."""
    parts = dict(part.split("-", 1) for part in key.split(".") if part)
    return Selection(
        tuple(parts["v"].split("_")) if "v" in parts else (),
        tuple(map(int, parts["l"].split("_"))) if "l" in parts else (),
        tuple(map(int, parts["a"].split("_"))) if "a" in parts else (),
    )
