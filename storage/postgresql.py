"""Letting a process use PostgreSQL: imports nothing of the house, because it must run before peewee is imported."""

from __future__ import annotations

import sys


def allow_postgresql() -> None:
    """Load psycopg before peewee is; call it before anything that imports :mod:`storage.database`.

    Raises ImportError when psycopg is not installed, RuntimeError when peewee was imported without it already.
    """
    import psycopg  # noqa: F401

    peewee = sys.modules.get("peewee")
    if peewee is not None and getattr(peewee, "psycopg", None) is None:
        raise RuntimeError("peewee was imported before psycopg")
