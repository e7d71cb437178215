"""Rows of a query as frozen structs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from storage.database import Database

S = TypeVar("S", bound=Struct)


@cache
def columns(kind: type[Struct], prefix: str = "") -> str:
    """The columns of a struct as a select list."""
    return ", ".join(f'{prefix}"{field.encode_name}"' for field in msgspec.structs.fields(kind))


@cache
def _names(kind: type[Struct]) -> tuple[str, ...]:
    return tuple(field.encode_name for field in msgspec.structs.fields(kind))


def structs(database: Database, kind: type[S], sql: str, params: Sequence[object] = ()) -> list[S]:
    """All rows of ``SELECT {columns(kind)} …`` as structs."""
    names = _names(kind)
    rows: list[Any] = [dict(zip(names, row, strict=True)) for row in database.rows(sql, params)]
    return msgspec.convert(rows, list[kind], strict=False)  # type: ignore[valid-type]


def one(database: Database, kind: type[S], sql: str, params: Sequence[object] = ()) -> S | None:
    """The first row as a struct, or None."""
    rows = structs(database, kind, sql, params)
    return rows[0] if rows else None
