from typing import Any

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "apps.alerts"
    label = "alerts"

    def ready(self) -> None:
        """Judge the rules of every snapshot, inside the transaction that stores it."""
        from apps.accounts.belongings import add_part
        from apps.alerts.belongings import told_alerts
        from apps.alerts.evaluation import judge_look
        from apps.heatmaps.signals import snapshot_published

        def on_snapshot(*, look: Any, **_: Any) -> None:
            judge_look(look)

        snapshot_published.connect(on_snapshot, dispatch_uid="alerts.judge", weak=False)
        add_part("alerts", told_alerts)
