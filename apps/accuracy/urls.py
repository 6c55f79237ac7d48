"""Addresses below ``/accuracy/``."""

from django.urls import path

from apps.accuracy import views

urlpatterns = [
    path("", views.accuracy, name="accuracy"),
    path("hours.csv", views.hours_file, {"ending": "csv"}, name="accuracy-hours-csv"),
    path("hours.json", views.hours_file, {"ending": "json"}, name="accuracy-hours-json"),
    path("zones.csv", views.zones_file, {"ending": "csv"}, name="accuracy-zones-csv"),
    path("zones.json", views.zones_file, {"ending": "json"}, name="accuracy-zones-json"),
]
