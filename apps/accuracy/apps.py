from django.apps import AppConfig


class AccuracyConfig(AppConfig):
    name = "apps.accuracy"
    label = "accuracy"

    def ready(self) -> None:
        """Let the pages of the map say where it scores below a baseline."""
        from apps.accuracy.caveats import told_caveats
        from apps.heatmaps.caveats import offer_caveats

        offer_caveats(told_caveats)
