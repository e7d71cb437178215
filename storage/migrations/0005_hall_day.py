"""The hall director's day: sums of timed services for reports, and whatever else the tables have by now."""

from storage.backfill import backfill_lines, backfill_services
from storage.database import Database
from storage.migrating import complete


def up(migrator, db):
    complete(db)
    database = Database(db, "migration", sqlite="sqlite" in type(db).__name__.lower())
    backfill_services(database)
    backfill_lines(database)
