"""Additive migrations: columns and tables that are not there yet; every column has a default, so rows stay true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from peewee import SQL

from storage.tables import DERIVED_MODELS, JOURNAL_MODELS

if TYPE_CHECKING:
    from peewee import Model


def complete(db: Any) -> None:
    """Bring all tables to what the models say; indexes last, for they may name new columns."""
    there = set(db.get_tables())
    models = [*JOURNAL_MODELS, *DERIVED_MODELS]
    for model in models:
        if _name(model) in there:
            _add_columns(db, model)
    db.create_tables(models)


def _name(model: type[Model]) -> str:
    return str(model._meta.table_name)


def _add_columns(db: Any, model: type[Model]) -> None:
    table = _name(model)
    present = {column.name for column in db.get_columns(table)}
    for field in model._meta.sorted_fields:
        if field.column_name not in present:
            default = next((one.sql for one in field.constraints or () if isinstance(one, SQL)), "")
            needed = "" if field.null else " NOT NULL"
            db.execute_sql(
                f'ALTER TABLE "{table}" ADD COLUMN "{field.column_name}" {field.field_type}{needed} {default}'
            )
