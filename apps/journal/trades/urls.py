"""Addresses below ``/journal/trades/``."""

from django.urls import path

from apps.journal.trades import import_views, transfer_views, views
from apps.markets.tables import CONTENT_TYPES

urlpatterns = [
    path("", views.trade_list, name="trades"),
    path("new/", views.trade_new, name="trade-new"),
    path("statistics/", views.trade_statistics, name="trades-statistics"),
    path("calendar/", views.trade_calendar, name="trades-calendar"),
    path("import/", import_views.upload, name="trades-import"),
    path("import/forget/", import_views.forget, name="trades-forget"),
    path("import/<uuid:intake>/undo/", import_views.undo, name="trade-intake-undo"),
    path("import/<uuid:draft>/", import_views.draft, name="trade-draft"),
    path("import/<uuid:draft>/confirm/", import_views.confirm, name="trade-draft-confirm"),
    *(
        path(
            f"trades.{ending}",
            transfer_views.trades_file,
            {"ending": ending},
            name=f"trades-{ending}",
        )
        for ending in CONTENT_TYPES
    ),
    path("<uuid:trade>/", views.trade_page, name="trade"),
    path("<uuid:trade>/delete/", views.trade_delete, name="trade-delete"),
]
