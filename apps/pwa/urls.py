"""Addresses of what makes the site an app."""

from django.urls import path

from apps.pwa import views

urlpatterns = [
    path("manifest.webmanifest", views.manifest_file, name="manifest"),
    path("sw.js", views.worker_file, name="service-worker"),
    path("offline/", views.offline, name="offline"),
    path("share/", views.share, name="share"),
    path("devices/", views.device_list, name="devices"),
    path("devices/key", views.push_key, name="push-key"),
    path("devices/add", views.device_add, name="device-add"),
    path("devices/forget", views.device_forget, name="device-forget"),
    path("devices/moved", views.device_moved, name="device-moved"),
    path("devices/<int:device>/remove", views.device_remove, name="device-remove"),
    path("devices/<int:device>/test", views.device_test, name="device-test"),
]
