"""Addresses below ``/accuracy/``."""

from django.urls import path

from apps.accuracy import views

urlpatterns = [
    path("", views.accuracy, name="accuracy"),
    *(
        path(
            f"{kind}.{ending}",
            views.rows_file,
            {"kind": kind, "ending": ending},
            name=f"accuracy-{kind}-{ending}",
        )
        for kind in views.ROWS
        for ending in ("csv", "json")
    ),
]
