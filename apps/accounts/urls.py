"""Addresses below ``/settings/``."""

from django.urls import path

from apps.accounts import views

urlpatterns = [
    path("", views.settings_page, name="settings"),
    path("export/", views.export, name="export"),
    path("delete/", views.delete_account, name="delete-account"),
    path("first/<str:token>/", views.first_administrator, name="first-administrator"),
]
