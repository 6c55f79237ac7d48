from django.apps import AppConfig


class PWAConfig(AppConfig):
    name = "apps.pwa"
    label = "pwa"

    def ready(self) -> None:
        from apps.accounts.belongings import add_part
        from apps.pwa import checks  # noqa: F401  (registers itself)
        from apps.pwa.belongings import told_devices

        add_part("devices", told_devices)
