"""Addresses of the whole site."""

from django.contrib import admin
from django.urls import include, path

from heatmap_site import health, metrics, monitoring

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("late/", monitoring.late, name="late"),
    path("admin/", admin.site.urls),
    path("account/", include("allauth.account.urls")),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("settings/", include("apps.accounts.urls")),
    path("watchlists/", include("apps.watchlists.urls")),
    path("learn/", include("apps.learn.urls")),
    path("alerts/", include("apps.alerts.urls")),
    path("journal/", include("apps.journal.urls")),
    path("accuracy/calibration/", include("apps.accuracy.calibration.urls")),
    path("accuracy/", include("apps.accuracy.urls")),
    path("", include("apps.pwa.urls")),
    path("", include("apps.heatmaps.urls")),
]
