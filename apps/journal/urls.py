"""Addresses below ``/journal/``."""

from django.urls import include, path

from apps.journal import change_views, filter_views, transfer_views, views
from apps.markets.tables import CONTENT_TYPES

urlpatterns = [
    path("", views.journal, name="journal"),
    path("new/", views.read_new, name="journal-new"),
    path("patterns/", views.patterns, name="journal-patterns"),
    path("filters/", filter_views.filter_save, name="filter-save"),
    path("filters/<uuid:kept>/delete/", filter_views.filter_delete, name="filter-delete"),
    path("files/", transfer_views.files, name="journal-files"),
    *(
        path(
            f"reads.{ending}",
            transfer_views.reads_file,
            {"ending": ending},
            name=f"journal-{ending}",
        )
        for ending in CONTENT_TYPES
    ),
    path("trades/", include("apps.journal.trades.urls")),
    path("<uuid:read>/", views.read_page, name="read"),
    path("<uuid:read>/outcome/", views.read_outcome, name="read-outcome"),
    path("<uuid:read>/note/", change_views.read_note, name="read-note"),
    path("<uuid:read>/amend/", change_views.read_amend, name="read-amend"),
    path("<uuid:read>/say/", change_views.read_say, name="read-say"),
    path("<uuid:read>/delete/", change_views.read_delete, name="read-delete"),
]
