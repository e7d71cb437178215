"""Columns with a default in the schema, because a fact may arrive before the one that opens its entity."""

from __future__ import annotations

from typing import Any

from peewee import SQL, BigIntegerField, TextField


def words(default: str = "", **options: Any) -> TextField:
    return TextField(constraints=[SQL(f"DEFAULT '{default}'")], **options)


def integer(**options: Any) -> BigIntegerField:
    return BigIntegerField(constraints=[SQL("DEFAULT 0")], **options)
