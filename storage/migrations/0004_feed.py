"""The feed, what nodes say of themselves, and items that lower places may override."""

from storage.migrating import complete


def up(migrator, db):
    complete(db)
