"""Additive migrations: columns and tables that are not there yet; every column has a default, so rows stay true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from peewee import SQL

from storage.partitions import PARTED
from storage.tables import DERIVED_MODELS, JOURNAL_MODELS

if TYPE_CHECKING:
    from peewee import Model


_completed: ContextVar[list[bool] | None] = ContextVar("completed", default=None)


@contextmanager
def one_run() -> Iterator[None]:
    """Several migrations after one another: what the first one completed is complete for the others."""
    token = _completed.set([])
    try:
        yield
    finally:
        _completed.reset(token)


def complete(db: Any) -> None:
    """Bring all tables to what the models say; indexes last, for they may name new columns."""
    done = _completed.get()
    if done:
        return
    there = set(db.get_tables())
    models = [*JOURNAL_MODELS, *DERIVED_MODELS]
    for model in models:
        if _name(model) in there:
            _add_columns(db, model)
    db.create_tables(models)
    if done is not None:
        done.append(True)


def key_anew(db: Any) -> list[str]:
    """Give tables the primary key of their model where it is another; returns which."""
    there = set(db.get_tables())
    changed = [
        model
        for model in (*JOURNAL_MODELS, *DERIVED_MODELS)
        if _name(model) in there
        and _name(model) not in PARTED
        and set(db.get_primary_keys(_name(model))) != _key(model)
    ]
    for model in changed:
        table = _name(model)
        for index in db.get_indexes(table):
            if index.sql and "PRIMARY KEY" not in index.sql and not index.name.endswith("_pkey"):
                db.execute_sql(f'DROP INDEX "{index.name}"')
        db.execute_sql(f'ALTER TABLE "{table}" RENAME TO "{table}_before"')
        db.create_tables([model])
        columns = ", ".join(f'"{field.column_name}"' for field in model._meta.sorted_fields)
        db.execute_sql(f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "{table}_before"')
        db.execute_sql(f'DROP TABLE "{table}_before"')
    return [_name(model) for model in changed]


def _key(model: type[Model]) -> set[str]:
    meta: Any = model._meta
    return {field.column_name for field in meta.get_primary_keys()}


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
