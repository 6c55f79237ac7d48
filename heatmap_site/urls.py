"""Addresses of the whole site."""

from django.urls import include, path

from heatmap_site import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("apps.heatmaps.urls")),
]
