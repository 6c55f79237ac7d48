"""Addresses of the map."""

from django.urls import path

from apps.heatmaps import coverage_page, plan_views, views
from apps.heatmaps.consumers import HeatmapConsumer

urlpatterns = [
    path("", views.heatmap, name="home"),
    path("m/<slug:market>/", views.heatmap, name="heatmap"),
    path("m/<slug:market>/frame", views.frame, name="frame"),
    path("m/<slug:market>/overlay", views.overlay, name="overlay"),
    path("m/<slug:market>/levels/", views.levels, name="levels"),
    path("m/<slug:market>/outlook/", plan_views.outlook, name="outlook"),
    path("m/<slug:market>/plan/", plan_views.plan, name="plan"),
    path("m/<slug:market>/map/", views.level_map, name="level-map"),
    path("m/<slug:market>/coverage/", coverage_page.coverage, name="coverage"),
    path("watch/", views.watch, name="watch"),
]

websocket_urlpatterns = [
    path("ws/m/<slug:market>/", HeatmapConsumer.as_asgi(), name="heatmap-socket"),
]
