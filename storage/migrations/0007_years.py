"""Sums of years beside those of months; what is kept of months, under counts of what it hangs on."""

from storage.backfill import backfill_years
from storage.database import Database
from storage.migrating import complete


def up(migrator, db):
    complete(db)
    db.execute_sql("DROP TABLE IF EXISTS kept_half_days")
    backfill_years(Database(db, "migration", sqlite="sqlite" in type(db).__name__.lower()))
