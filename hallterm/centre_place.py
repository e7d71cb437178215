"""Whether a terminal of this PC is one of a centre, and how it opens the centre's journal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hallterm.config import Settings
    from storage.journal import Journal

CENTRE_FILE: Final = "centre.db"
HALL_FILE: Final = "hall.db"
REOPEN: Final = 75
"""With this code an app ends to be opened anew on other files; the program never ends with it."""
DATABASE: Final = "HALLTERM_DATABASE"
"""Environment: PostgreSQL URL of the centre whose screens this terminal shows, as ``--database`` of ``hallterm serve``."""


def is_centre(folder: Path, environ: Mapping[str, str] = os.environ) -> bool:
    """A centre's data folder holds its journal and no hall; a PC that has both is a hall's."""
    if environ.get(DATABASE):
        return True
    return (folder / CENTRE_FILE).exists() and not has_hall(folder)


def has_hall(folder: Path) -> bool:
    """Whether this is the data folder of a hall that is set up; raises StorageError."""
    from storage.journal import Journal

    if not (folder / HALL_FILE).exists():
        return False
    journal = Journal.open(folder / HALL_FILE)
    try:
        return journal.is_set_up
    finally:
        journal.close()


def opener_of(settings: Settings, environ: Mapping[str, str] = os.environ) -> Callable[[], Journal]:
    """How a thread opens the journal of this PC: the centre's at a centre, else the hall's."""
    folder, url = settings.data.path, environ.get(DATABASE, "")
    if url:
        from storage.postgresql import allow_postgresql

        allow_postgresql()
    name = CENTRE_FILE if is_centre(folder, environ) else HALL_FILE

    def opened() -> Journal:
        from storage.journal import Journal

        return Journal.open(url or folder / name)

    return opened
