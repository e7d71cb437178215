"""The first schema: journal and tables."""

from storage.tables import DERIVED_MODELS, JOURNAL_MODELS


def up(migrator, db):
    db.create_tables([*JOURNAL_MODELS, *DERIVED_MODELS])
