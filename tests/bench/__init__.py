"""Benchmarks: ``python -m tests.bench`` prints a table and writes JSON. Nothing here is ever asserted by a test."""

from contextlib import suppress

from storage.postgresql import allow_postgresql

with suppress(ImportError):
    allow_postgresql()  # before anything imports peewee
