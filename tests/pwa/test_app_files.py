"""What a phone asks for to install the site, and what the worker keeps."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from apps.pwa import worker

STATIC = Path(settings.STATICFILES_DIRS[0])


@pytest.fixture
def manifest(client: Client) -> dict:
    response = client.get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    return response.json()


def test_the_manifest_has_all_that_installing_needs(manifest: dict) -> None:
    assert (manifest["id"], manifest["scope"], manifest["start_url"]) == ("/", "/", "/")
    assert manifest["display"] == "standalone"
    assert manifest["categories"] == ["finance"]
    icons = {(icon["sizes"], icon["purpose"]) for icon in manifest["icons"]}
    assert icons == {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    forms = sorted(one["form_factor"] for one in manifest["screenshots"])
    assert forms == ["narrow", "narrow", "wide"]
    assert manifest["shortcuts"][0]["url"] == "/"


def test_every_picture_of_the_manifest_is_there_in_the_size_it_claims(manifest: dict) -> None:
    for picture in [*manifest["icons"], *manifest["screenshots"]]:
        path = finders.find(picture["src"].removeprefix("/static/"))
        data = Path(path).read_bytes()
        width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        assert data.startswith(b"\x89PNG")
        assert picture["sizes"] == f"{width}x{height}"


def test_the_worker_may_serve_the_whole_site_and_is_asked_for_again(client: Client) -> None:
    response = client.get("/sw.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Service-Worker-Allowed"] == "/"
    assert "no-cache" in response["Cache-Control"]
    assert "worker-src 'self'" in response["Content-Security-Policy"]


def test_the_worker_keeps_every_script_and_style_and_no_page(client: Client) -> None:
    text = client.get("/sw.js").content.decode()
    build = json.loads(re.match(r"const BUILD = (\{.*\});", text).group(1))
    ours = [path for path in STATIC.rglob("*") if path.suffix in (".js", ".css", ".mjs")]
    assert len(build["assets"]) >= len(ours) > 50
    assert all(path.startswith("/static/") for path in build["assets"])


def test_a_new_script_makes_a_new_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = worker.worker_script()
    assert worker.worker_script() == before
    monkeypatch.setattr(worker, "shell_files", lambda: ["js/app.js"])
    assert worker.worker_script() != before


def test_the_offline_page_is_the_same_for_everybody(client: Client) -> None:
    response = client.get("/offline/")
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.django_db
def test_shared_text_leads_to_a_page_of_this_site(client: Client) -> None:
    response = client.get("/share/", {"text": "https://evil.example/", "title": "x" * 5000})
    assert response.status_code == 302
    assert response["Location"].startswith("/")
    assert not response["Location"].startswith("//")
    assert len(response["Location"]) < 3000
