"""Nodes that enrol, offers, and the columns that came with the devices."""

from peewee import SQL

from storage.tables import DERIVED_MODELS, JOURNAL_MODELS


def up(migrator, db):
    """Tables and columns that are not there yet; every column has a default, so rows stay true."""
    models = [*JOURNAL_MODELS, *DERIVED_MODELS]
    db.create_tables(models)
    for model in models:
        table = model._meta.table_name
        present = {column.name for column in db.get_columns(table)}
        for field in model._meta.sorted_fields:
            if field.column_name not in present:
                kind = field.field_type
                default = next((one.sql for one in field.constraints or () if isinstance(one, SQL)), "")
                db.execute_sql(f'ALTER TABLE "{table}" ADD COLUMN "{field.column_name}" {kind} NOT NULL {default}')
