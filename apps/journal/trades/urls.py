"""Addresses below ``/journal/trades/``."""

from django.urls import path

from apps.journal.trades import import_views, transfer_views, views

urlpatterns = [
    path("", views.trade_list, name="trades"),
    path("new/", views.trade_new, name="trade-new"),
    path("statistics/", views.trade_statistics, name="trades-statistics"),
    path("calendar/", views.trade_calendar, name="trades-calendar"),
    path("import/", import_views.upload, name="trades-import"),
    path("import/forget/", import_views.forget, name="trades-forget"),
    path("import/<uuid:draft>/", import_views.draft, name="trade-draft"),
    path("import/<uuid:draft>/confirm/", import_views.confirm, name="trade-draft-confirm"),
    path("trades.csv", transfer_views.csv_file, name="trades-csv"),
    path("trades.json", transfer_views.json_file, name="trades-json"),
    path("trades.parquet", transfer_views.parquet_file, name="trades-parquet"),
    path("<uuid:trade>/", views.trade_page, name="trade"),
    path("<uuid:trade>/delete/", views.trade_delete, name="trade-delete"),
]
