"""What peewee writes to create a table, written once in a run of the tests.

Each new file gets the same eighty tables, and hundreds of tests begin with a new file: without this a good part of all
their work is putting the same words together again. The statements themselves run as they always do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_tables: dict[object, Any] = {}
_indexes: dict[object, Any] = {}


def remember_statements() -> None:
    """For the whole process; the first to import peewee decides whether it knows PostgreSQL."""
    import peewee

    schema: Any = peewee.SchemaManager
    create_table, create_indexes = schema._create_table, schema._create_indexes

    def table(manager: Any, safe: bool = True, **options: Any) -> Any:
        if options:
            return create_table(manager, safe=safe, **options)
        return _once(_tables, manager, safe, lambda: create_table(manager, safe=safe))

    def indexes(manager: Any, safe: bool = True) -> Any:
        return _once(_indexes, manager, safe, lambda: create_indexes(manager, safe=safe))

    schema._create_table = table
    schema._create_indexes = indexes


def _once(written: dict[object, Any], manager: Any, safe: bool, write: Callable[[], Any]) -> Any:
    """By everything the words depend on: a test may hide a column, and PostgreSQL has words of its own."""
    meta = manager.model._meta
    columns = tuple(field.column_name for field in meta.sorted_fields)
    key = (manager.model, meta.table_name, meta.schema, columns, safe, type(manager.database))
    if key not in written:
        written[key] = write()
    return written[key]
