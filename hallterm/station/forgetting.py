"""Identities in visits are forgotten after a time; the keyed hash in their facts stays. Business rule 18.

Once a day before the backup, so that no later backup has them either. Repeating it changes nothing.
"""

from __future__ import annotations

import logging
from datetime import date, timedelta
from pathlib import Path

from hallterm.rules.day import business_day
from hallterm.rules.settings_table import SettingName
from hallterm.workflows.hall_settings import setting
from storage.errors import StorageError
from storage.facts import Moment
from storage.journal import Journal
from storage.vault import Vault
from storage.views.identities import old_refs

CASE_KEEPS_MS = 365 * 86_400_000
"""Who gave a bad rating is known to its case for a year after it was closed."""

log = logging.getLogger(__name__)


def forget_identities(journal: Journal, folder: Path, now: Moment) -> int:
    """Delete what is old enough from the vault of this PC; how many. A failure is logged and tried again the next day."""
    db, hall, today = journal.database, journal.identity.hall, business_day(now.t)
    kept_days = setting(db, SettingName.FORGET_IDENTITY_DAYS, hall, today)
    before = (date.fromisoformat(today) - timedelta(days=kept_days)).isoformat()
    try:
        refs = old_refs(db, hall, before, now.t - CASE_KEEPS_MS)
        count = _forget(folder, refs) if refs else 0
    except StorageError as error:
        log.error("identities not forgotten: %s", type(error).__name__)
        return 0
    if count:
        log.info("%s identities of visits before %s are forgotten", count, before)
    return count


def _forget(folder: Path, refs: set[str]) -> int:
    vault = Vault.open(folder)
    try:
        return vault.forget_all(refs)
    finally:
        vault.close()
