from django.apps import AppConfig


class PWAConfig(AppConfig):
    name = "apps.pwa"
    label = "pwa"

    def ready(self) -> None:
        from apps.pwa import checks  # noqa: F401  (registers itself)
