"""Addresses of the pages that teach."""

from django.urls import path

from apps.learn import views
from apps.learn.stories import STORIES
from apps.learn.topics import TOPICS

urlpatterns = [
    path("", views.contents, name="learn"),
    path("offline.json", views.offline, name="learn-offline"),
    *(path(f"{one.slug}/", views.topic, {"slug": one.slug}, name=one.page_name) for one in TOPICS),
    *(
        path(f"{one.slug}/", views.scenario, {"slug": one.slug}, name=one.page_name)
        for one in STORIES
    ),
    *(
        path(f"{one.slug}/frame", views.scenario_frame, {"slug": one.slug}, name=one.frame_name)
        for one in STORIES
    ),
]
