"""The first schema: journal and tables."""

from storage.migrating import complete


def up(migrator, db):
    complete(db)
