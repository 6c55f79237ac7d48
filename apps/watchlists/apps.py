from django.apps import AppConfig


class WatchlistsConfig(AppConfig):
    name = "apps.watchlists"
    label = "watchlists"

    def ready(self) -> None:
        from apps.accounts.belongings import add_part
        from apps.watchlists.services import told_watchlists

        add_part("watchlists", told_watchlists)
