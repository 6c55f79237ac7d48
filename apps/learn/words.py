"""The sentences that a scenario's script shows."""

from django.utils.translation import gettext as _


def player_words() -> dict[str, str]:
    """Sentences by name; braces are filled in by ``#learn/sentences``."""
    return {
        "stop_of_long": _("A long's stop lies below the price."),
        "target_of_long": _("A long's target lies above the price."),
        "stop_of_short": _("A short's stop lies above the price."),
        "target_of_short": _("A short's target lies below the price."),
        "not_a_price": _("Stop and target must be prices."),
        "entry": _("entry"),
        "stop": _("stop"),
        "target": _("target"),
        "you_decided": _("you decided here"),
        "forced": _("Forced so far {amount}"),
        "spot_bought": _("spot bought {amount} in an hour"),
        "spot_sold": _("spot sold {amount} in an hour"),
        "spot_even": _("spot even"),
        "hit_target": _("Target at {time}: {r} R."),
        "hit_stop": _("Stopped at {time}: {r} R."),
        "still_open": _("Still open at {time}: {r} R."),
        "no_trade": _("No trade. The price went as far as {price}."),
        "running": _("{r} R"),
        "unreadable": _("This story could not be loaded. Go back and open it again."),
    }
