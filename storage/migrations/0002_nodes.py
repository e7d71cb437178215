"""Nodes that enrol, offers, and the columns that came with the devices."""

from storage.migrating import complete


def up(migrator, db):
    complete(db)
