"""Addresses below ``/alerts/``."""

from django.urls import path

from apps.alerts import views

urlpatterns = [
    path("", views.inbox, name="alerts"),
    path("badge/", views.badge, name="alert-badge"),
    path("read/", views.all_read, name="alerts-read"),
    path("test/", views.test, name="alert-test"),
    path("new/", views.rule_new, name="alert-new"),
    path("preview/", views.preview, name="alert-preview"),
    path("rules/", views.rule_list, name="alert-rules"),
    path("rules/<uuid:rule>/", views.rule_edit, name="alert-edit"),
    path("rules/<uuid:rule>/switch/", views.rule_switch, name="alert-switch"),
    path("rules/<uuid:rule>/delete/", views.rule_delete, name="alert-delete"),
    path("rules/<uuid:rule>/mute/", views.rule_mute, name="alert-mute"),
    path("mute/<str:token>/", views.mute_by_token, name="alert-mute-token"),
    path("delivery/", views.delivery, name="alert-delivery"),
    path("delivery/webhooks/", views.webhook_add, name="webhook-add"),
    path("delivery/webhooks/<uuid:hook>/remove/", views.webhook_remove, name="webhook-remove"),
    path("<uuid:firing>/", views.firing_open, name="alert-open"),
]
