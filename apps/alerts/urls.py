"""Addresses below ``/alerts/``."""

from django.urls import path

from apps.alerts.views import delivery, editor, inbox

urlpatterns = [
    path("", inbox.inbox, name="alerts"),
    path("badge/", inbox.badge, name="alert-badge"),
    path("read/", inbox.all_read, name="alerts-read"),
    path("test/", delivery.test, name="alert-test"),
    path("new/", editor.rule_new, name="alert-new"),
    path("preview/", editor.preview, name="alert-preview"),
    path("rules/", editor.rule_list, name="alert-rules"),
    path("rules/<uuid:rule>/", editor.rule_edit, name="alert-edit"),
    path("rules/<uuid:rule>/switch/", editor.rule_switch, name="alert-switch"),
    path("rules/<uuid:rule>/delete/", editor.rule_delete, name="alert-delete"),
    path("rules/<uuid:rule>/mute/", editor.rule_mute, name="alert-mute"),
    path("mute/<str:token>/", editor.mute_by_token, name="alert-mute-token"),
    path("delivery/", delivery.delivery, name="alert-delivery"),
    path("delivery/webhooks/", delivery.webhook_add, name="webhook-add"),
    path("delivery/webhooks/<uuid:hook>/remove/", delivery.webhook_remove, name="webhook-remove"),
    path("<uuid:firing>/", inbox.firing_open, name="alert-open"),
]
