from django.apps import AppConfig


class PWAConfig(AppConfig):
    name = "apps.pwa"
    label = "pwa"
