"""``hallterm mirror``: which window is shown to the person in front of it, and whether that can be."""

from __future__ import annotations

import sys

from msgspec.structs import replace

from hallterm.config import Settings
from hallterm.locale import _
from hallterm.rules.numbers import window_number
from storage import views
from storage.claims import is_here
from storage.journal import Journal

BAD_INPUT = 2


def main(settings: Settings, window: str) -> int:
    """Show it until somebody leaves. ``window``: its painted number or its code, empty for that of the settings."""
    journal = Journal.open(settings.data.path / "hall.db")
    try:
        code, fault = _window(journal, window or settings.window.code)
    finally:
        journal.close()
    if fault:
        print(fault, file=sys.stderr)
        return BAD_INPUT
    from hallterm.run import mirror

    return mirror(replace(settings, window=replace(settings.window, code=code)))


def _window(journal: Journal, asked: str) -> tuple[str, str]:
    """The window's code, or why it cannot be mirrored here."""
    if not journal.is_set_up or not journal.identity.hall:
        return "", _("mirror: there is no hall on this PC yet; set it up first (hallterm setup)")
    hall = journal.identity.hall
    code = f"{hall}-{int(asked):02d}" if asked.isdecimal() and len(asked) <= 2 else asked
    known = [one.code for one in views.windows(journal.database, hall) if one.active]
    if code not in known:
        numbers = ", ".join(str(window_number(one)) for one in known)
        what = _("mirror: --window says whose; the windows of this hall are {numbers}")
        return "", what.format(numbers=numbers)
    if not is_here(journal.database, journal.identity.node, code):
        return "", _("mirror: the counter of this window is another PC; run the mirror there")
    return code, ""
