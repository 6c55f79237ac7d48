"""Addresses below ``/accuracy/calibration/``."""

from django.urls import path

from apps.accuracy.calibration import views

urlpatterns = [
    path("", views.calibration, name="calibration"),
    path("adopt/", views.adopt, name="calibration-adopt"),
    path("roll-back/", views.roll_back, name="calibration-roll-back"),
]
