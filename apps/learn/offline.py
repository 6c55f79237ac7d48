"""What must be kept so that the scenarios play without a connection."""

from django.urls import reverse

from apps.learn.stories import STORIES


def offline_addresses() -> list[str]:
    """Addresses of the scenarios' pages and frames; all public and the same for everybody."""
    pages = [reverse(story.page_name) for story in STORIES]
    frames = [reverse(story.frame_name) for story in STORIES]
    return [reverse("learn"), *pages, *frames]
