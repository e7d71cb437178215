"""Several logs a node, carried lines, clock samples, snapshots; and whatever else the tables have by now."""

from storage.migrating import complete


def up(migrator, db):
    complete(db)
