"""Addresses of the map."""

urlpatterns: list = []
websocket_urlpatterns: list = []
