"""What a person chose: the row belongs to the person, the cookies to this browser.

The row is what a new device starts with. From then on a device's cookies win, so that a tap on
the price or the theme needs no account and no request.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.accounts.models import Preferences, User

YEAR_S = 31_536_000


def get_preferences_for(user: User) -> Preferences:
    """The user's row, made with the site's defaults when it is first asked for."""
    preferences, _made = Preferences.objects.get_or_create(
        user=user, defaults={"currency": settings.CURRENCY}
    )
    return preferences


def preferences_of_device(request: HttpRequest) -> Preferences:
    """What this browser's cookies say, for somebody without an account; never to be saved."""
    told = {
        "currency": request.COOKIES.get("currency"),
        "theme": request.COOKIES.get("theme"),
        "palette": request.COOKIES.get("palette"),
        "default_market": request.COOKIES.get("market"),
        "time_zone": request.COOKIES.get("zone"),
        "language": request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME),
    }
    given = {name: value for name, value in told.items() if value}
    return Preferences(**({"currency": settings.CURRENCY} | given))


def remember_on_device(response: HttpResponse, preferences: Preferences) -> None:
    """Let this browser show what the person prefers; ``auto`` is the absence of a cookie."""
    chosen = {
        "currency": preferences.currency,
        "theme": preferences.theme,
        "palette": preferences.palette,
        "market": preferences.default_market,
        "zone": preferences.time_zone,
        settings.LANGUAGE_COOKIE_NAME: preferences.language,
    }
    for name, value in chosen.items():
        if value in ("", "auto"):
            response.delete_cookie(name, samesite="Lax")
        else:
            response.set_cookie(
                name,
                value,
                max_age=YEAR_S,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
