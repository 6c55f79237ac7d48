"""Addresses below ``/watchlists/``."""

from django.urls import path

from apps.watchlists import views

urlpatterns = [
    path("", views.lists, name="watchlists"),
    path("new/", views.new, name="watchlist-new"),
    path("<uuid:watchlist>/rename/", views.rename, name="watchlist-rename"),
    path("<uuid:watchlist>/delete/", views.delete, name="watchlist-delete"),
    path("<uuid:watchlist>/order/", views.order, name="watchlist-order"),
    path("<uuid:watchlist>/add/", views.add, name="watchlist-add"),
    path("<uuid:watchlist>/<slug:market>/move/", views.move, name="watchlist-move"),
    path("<uuid:watchlist>/<slug:market>/note/", views.note, name="watchlist-note"),
    path("<uuid:watchlist>/<slug:market>/remove/", views.remove, name="watchlist-remove"),
]
