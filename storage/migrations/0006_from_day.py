"""Versions of a matter that hold from a day on; complaints; decisions that go down: the feed reads its journal once more."""

from storage.migrating import complete


def up(migrator, db):
    complete(db)
    db.execute_sql("DELETE FROM meta WHERE name = 'feed_pos'")
