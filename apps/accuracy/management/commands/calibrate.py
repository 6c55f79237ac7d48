"""``manage.py calibrate``: fit leverage weights, adopt a set, or go back."""

import json as json_module
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from apps.accuracy.calibration import services
from apps.accuracy.calibration.fitting import Refused, fit_venue, fits_of, venues_traded
from apps.accuracy.calibration.told import as_lines, as_plain
from apps.markets.models import LeverageFit, Market


class Command(BaseCommand):
    help = _(
        "Fit the leverage of each venue to its complete liquidation feed, judge the result on "
        "later days, and keep it. Nothing changes on the map until a set is adopted. With --json: "
        '{"venues": [{"venue", "refused"} | {"venue", "version", "state", "groups": [{"name", '
        '"prior", "fitted", "low", "high"}], "standing", "scores", "evidence"}]}.'
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--venue", help=_("only this one, e.g. bybit"))
        action = parser.add_mutually_exclusive_group()
        action.add_argument("--adopt", metavar="VERSION", help=_("let this set stand"))
        action.add_argument(
            "--roll-back",
            action="store_true",
            help=_("to what stood before; needs --venue"),
        )
        parser.add_argument("--json", action="store_true", help=_("for programs"))

    def handle(
        self,
        *args: Any,
        venue: str | None,
        adopt: str | None,
        roll_back: bool,
        json: bool,
        **options: Any,
    ) -> None:
        known = venues_traded()
        if venue and venue not in known:
            raise CommandError(f"There is no venue {venue[:40]!r}; there are {', '.join(known)}.")
        try:
            told = self._told(venue, adopt, roll_back, known)
        except Refused as why:
            raise CommandError(str(why)) from None
        if json:
            self.stdout.write(json_module.dumps({"venues": told}, indent=1, allow_nan=False))
        else:
            self.stdout.write("\n\n".join(as_lines(one) for one in told))

    def _told(
        self, venue: str | None, adopt: str | None, is_back: bool, known: list[str]
    ) -> list[dict[str, Any]]:
        by = LeverageFit.By.COMMAND
        if adopt:
            fit = LeverageFit.objects.filter(version=adopt).first()
            if fit is None:
                raise CommandError(f"There is no set {adopt[:60]!r}.")
            services.adopt_fit(fit=fit, by=by)
            return [as_plain(fit)]
        if is_back:
            if not venue:
                raise CommandError("Say with --venue whose set to go back from.")
            before = services.roll_back(venue=venue, by=by)
            return [as_plain(before) if before else {"venue": venue, "version": "as shipped"}]
        for market in Market.objects.all():
            services.gather_evidence(market=market)
        return [_fitted(one) for one in ([venue] if venue else known)]


def _fitted(venue: str) -> dict[str, Any]:
    try:
        return as_plain(fit_venue(venue))
    except Refused as why:
        return {"venue": venue, "refused": str(why), "kept": fits_of(venue).count()}
