from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "apps.journal"
    label = "journal"

    def ready(self) -> None:
        """Offer a person's reads and trades to the export of everything."""
        from apps.accounts.belongings import add_part
        from apps.journal.belongings import told_reads
        from apps.journal.trades.belongings import told_trades

        add_part("journal", told_reads)
        add_part("trades", told_trades)
