"""Reasons of ratings, and entries that were shown to be checked."""

from storage.migrating import complete


def up(migrator, db):
    complete(db)
