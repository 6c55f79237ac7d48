from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "apps.journal"
    label = "journal"

    def ready(self) -> None:
        """Offer a person's reads to the export of everything."""
        from apps.accounts.belongings import add_part
        from apps.journal.belongings import told_reads

        add_part("journal", told_reads)
