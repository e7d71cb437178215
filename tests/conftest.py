"""peewee must find psycopg when it is imported, and any test may be the first to import it."""

from contextlib import suppress

from storage.postgresql import allow_postgresql

with suppress(ImportError):
    allow_postgresql()
