"""Rows of facts are named by id and hall, so that a large centre can place them by hall.

What was a stub had no hall yet: where there is one, the tables are made from the journal again. On PostgreSQL the tables
that grow without end are parted by month.
"""

from storage.database import Database
from storage.migrating import complete, key_anew
from storage.partitions import part
from storage.rebuild import project_again
from storage.statements import BY_HALL


def up(migrator, db):
    complete(db)
    changed = key_anew(db)
    database = Database(db, "migration", sqlite="sqlite" in type(db).__name__.lower())
    part(database)
    if any(database.value(f"SELECT 1 FROM \"{table}\" WHERE hall = '' LIMIT 1") for table in BY_HALL & set(changed)):
        project_again(database)
