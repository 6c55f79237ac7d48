"""Who may open which address. A view without a line here fails the tests.

``OPEN`` is for everybody. ``DOORS`` are allauth's own ways in. ``PERSONAL`` needs a person and
shows only what is theirs. ``OWNED`` names one row of a person in its path. ``SECRET`` has its
permission in the path. The administration has its own tests.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.urls import URLPattern, URLResolver, get_resolver
from push_notifications.models import WebPushDevice

from apps.accounts.models import User
from apps.alerts.models import AlertRule, Firing, Kind, Webhook
from apps.journal.models import Read, SavedFilter
from apps.journal.trades.importing import keep_draft
from apps.journal.trades.models import Draft, Intake, Trade
from apps.learn.stories import STORIES
from apps.learn.topics import TOPICS
from apps.markets.models import Market
from apps.pwa.models import DeviceHealth
from apps.watchlists.models import Watchlist
from apps.watchlists.services import make_watchlist, watch_market

OPEN = {
    "healthz", "readyz", "metrics", "late", "settings", "home", "heatmap", "frame", "overlay",
    "levels", "outlook", "plan", "level-map", "coverage", "watch", "manifest", "service-worker",
    "offline", "share", "push-key", "learn", "learn-offline", "device-moved", "accuracy",
    "accuracy-hours-csv", "accuracy-hours-json", "accuracy-zones-csv", "accuracy-zones-json",
}  # fmt: skip
OPEN |= {"calibration"}
OPEN |= {topic.page_name for topic in TOPICS}
OPEN |= {name for one in STORIES for name in (one.page_name, one.frame_name)}
DOORS = {
    "account_login", "account_logout", "account_inactive", "account_signup",
    "account_email_verification_sent", "account_reset_password", "account_confirm_login_code",
    "account_reset_password_from_key_done", "account_reset_password_done", "mfa_authenticate",
    "mfa_login_webauthn",
}  # fmt: skip
PERSONAL = {
    "account_reauthenticate", "account_email", "account_change_password", "account_set_password",
    "mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "usersessions_list",
    "export", "delete-account", "watchlists", "watchlist-new", "alerts", "alert-badge",
    "alerts-read", "alert-test", "alert-new", "alert-preview", "alert-rules", "alert-delivery",
    "webhook-add", "devices", "device-add", "device-forget", "journal", "journal-new",
    "journal-patterns", "journal-files", "journal-csv", "journal-json", "journal-parquet",
    "trades", "trade-new", "trades-statistics", "trades-calendar", "trades-import",
    "trades-forget", "trades-csv", "trades-json", "trades-parquet",
    "filter-save",
}  # fmt: skip
PERSONAL |= {"calibration-adopt", "calibration-roll-back"}  # of staff; nobody else gets past 404

FILLS = b"""Date(UTC),Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit
2026-03-01 10:00:00,BTCUSDT,BUY,60000,0.1,6000,2.4,0
"""
SECRET = {
    "account_confirm_email": {"key": "a-guess"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "set-password"},
    "first-administrator": {"token": "a-guess"},
    "alert-mute-token": {"token": "a-guess"},
}
LISTS = {f"watchlist-{verb}" for verb in ("rename", "delete", "order", "add")}
ENTRIES = {f"watchlist-{verb}" for verb in ("move", "note", "remove")}
RULES = {f"alert-{verb}" for verb in ("edit", "switch", "delete", "mute")}
READS = {"read", "read-outcome", "read-note", "read-amend", "read-say", "read-delete"}
TRADES = {"trade", "trade-delete"}
DRAFTS = {"trade-draft", "trade-draft-confirm"}
DEVICES = {"device-remove", "device-test"}
KEYS = {"mfa_remove_webauthn", "mfa_edit_webauthn"}


@dataclass(frozen=True)
class Belongings:
    """One row of every kind that a person can own and an address can name."""

    user: User
    watchlist: Watchlist
    rule: AlertRule
    firing: Firing
    read: Read
    trade: Trade
    draft: Draft
    intake: Intake
    kept: SavedFilter
    webhook: Webhook
    device: WebPushDevice
    key: Authenticator


Arguments = Callable[[Belongings], dict[str, Any]]

OWNED: dict[str, Arguments] = {
    **dict.fromkeys(LISTS, lambda mine: {"watchlist": mine.watchlist.public_id}),
    **dict.fromkeys(ENTRIES, lambda mine: {"watchlist": mine.watchlist.public_id, "market": "btc"}),
    **dict.fromkeys(RULES, lambda mine: {"rule": mine.rule.public}),
    **dict.fromkeys(READS, lambda mine: {"read": mine.read.public}),
    **dict.fromkeys(TRADES, lambda mine: {"trade": mine.trade.public}),
    **dict.fromkeys(DRAFTS, lambda mine: {"draft": mine.draft.public}),
    "trade-intake-undo": lambda mine: {"intake": mine.intake.public},
    "filter-delete": lambda mine: {"kept": mine.kept.public},
    **dict.fromkeys(DEVICES, lambda mine: {"device": mine.device.pk}),
    **dict.fromkeys(KEYS, lambda mine: {"pk": mine.key.pk}),
    "webhook-remove": lambda mine: {"hook": mine.webhook.public},
    "alert-open": lambda mine: {"firing": mine.firing.public},
}


@dataclass(frozen=True)
class Address:
    """Its route as written, and the kinds of its placeholders by their names."""

    route: str
    placeholders: dict[str, str]


def addresses() -> dict[str, Address]:
    """Every address outside the administration by its name; one without a name is called so."""
    return dict(_walk(get_resolver(), "", Address("", {})))


def arguments_of(name: str, mine: Belongings | None = None) -> dict[str, Any]:
    """What to put into the address's path so that it leads somewhere."""
    if name in OWNED and mine is not None:
        return OWNED[name](mine)
    if name in SECRET:
        return SECRET[name]
    return {"market": "btc"} if "market" in addresses()[name].placeholders else {}


def furnish(user: User) -> Belongings:
    """Give a person one of everything."""
    market = Market.objects.get_or_create(slug="btc", base="BTC", name="Bitcoin")[0]
    watchlist = make_watchlist(user=user, name="Morning")
    watch_market(watchlist=watchlist, market=market)
    rule = AlertRule.objects.create(user=user, kind=Kind.values[0], market=market)
    device = WebPushDevice.objects.create(
        user=user,
        registration_id=f"https://push.example.org/{user.pk}",
        p256dh="k",
        auth="a",
        active=False,
    )
    DeviceHealth.objects.create(device=device)
    return Belongings(
        user=user,
        watchlist=watchlist,
        rule=rule,
        firing=Firing.objects.create(
            user=user, rule=rule, market=market, kind=rule.kind, episode=1, at_ms=0
        ),
        read=Read.objects.create(
            user=user,
            at_ms=0,
            market="btc",
            base="BTC",
            kind="magnet",
            side="long",
            low=1.0,
            high=2.0,
            price=3.0,
        ),
        trade=Trade.objects.create(
            user=user, base="BTC", quote="USDT", side="long", opened_ms=0, entry=1, size=2
        ),
        draft=keep_draft(user=user, name="fills.csv", data=FILLS),
        intake=Intake.objects.create(user=user, name="fills.csv"),
        kept=SavedFilter.objects.create(user=user, name="Mine", query="kind=magnet"),
        webhook=Webhook.objects.create(user=user, url="https://hooks.example.org/1"),
        device=device,
        key=Authenticator.objects.create(
            user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}}
        ),
    )


def _walk(resolver: URLResolver, namespace: str, above: Address) -> Iterator[tuple[str, Address]]:
    for entry in resolver.url_patterns:
        kinds = {name: type(one).__name__ for name, one in entry.pattern.converters.items()}
        here = Address(above.route + str(entry.pattern), above.placeholders | kinds)
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or f"nameless {here.route}"), here
        elif entry.namespace != "admin":
            inner = f"{entry.namespace}:" if entry.namespace else ""
            yield from _walk(entry, namespace + inner, here)
