"""Pages that teach reading, and three trades to play."""

from hashlib import sha256

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import condition, require_safe

from apps.heatmaps.pages import market_context
from apps.heatmaps.services import get_reading
from apps.heatmaps.spec import DEFAULT_SPEC
from apps.learn import stories, topics
from apps.learn.examples import long_examples
from apps.learn.offline import offline_addresses
from apps.learn.scenarios import SGD_PER_USD
from apps.learn.staging import frame_of
from apps.learn.words import player_words
from apps.markets.models import Market

DAY_S = 86_400


@never_cache
@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """The table of contents."""
    context = {"page": "learn", "topics": topics.TOPICS, "stories": stories.STORIES}
    return render(request, "learn/contents.html", context)


@never_cache
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One short page beside the live map of the first market."""
    found = topics.topic_of(slug)
    market = Market.objects.first()
    context = {
        "page": "learn",
        "topic": found,
        "next": topics.after(found),
        "reading": get_reading(market, DEFAULT_SPEC) if market else None,
        "stories": stories.STORIES,
        "examples": long_examples(),
    }
    if market:
        context = market_context(request, market) | context
    return render(request, found.template, context)


@cache_control(public=True, max_age=0, must_revalidate=True)
@require_safe
def scenario(request: HttpRequest, slug: str) -> HttpResponse:
    """A trade to play; the page needs nothing but its frame, and works without a connection."""
    story = stories.story_of(slug)
    context = {
        "page": "learn",
        "story": story,
        "next": stories.after(story),
        "fx": SGD_PER_USD,
        "words": player_words(),
    }
    return render(request, "learn/scenario.html", context)


def _etag(_request: HttpRequest, slug: str) -> str:
    return f'"{sha256(frame_of(stories.story_of(slug).scenario)).hexdigest()[:20]}"'


@cache_control(public=True, max_age=DAY_S)
@condition(etag_func=_etag)
@require_safe
def scenario_frame(_request: HttpRequest, slug: str) -> HttpResponse:
    """The bytes that a scenario plays, the same for everybody."""
    data = frame_of(stories.story_of(slug).scenario)
    return HttpResponse(data, content_type="application/octet-stream")


@cache_control(public=True, max_age=0, must_revalidate=True)
@require_safe
def offline(_request: HttpRequest) -> JsonResponse:
    """What a service worker keeps so that the scenarios play without a connection."""
    return JsonResponse({"addresses": offline_addresses()})
