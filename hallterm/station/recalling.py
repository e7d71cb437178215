"""The second and third call by themselves, where the hall has it so (setting ``auto_recall``). Business rules T3, T4."""

from __future__ import annotations

from hallterm.rules.queue import recall_allowed
from hallterm.workflows.calling import recall_by_time
from hallterm.workflows.case import since_s
from hallterm.workflows.hall_settings import AUTO_RECALL, is_on
from storage import views
from storage.facts import Moment, WindowState
from storage.journal import Journal


def recall_due(journal: Journal, now: Moment) -> None:
    """Call again what has stood called for twenty seconds; looked at each second, recorded once.

    Only calls made on this PC since it was switched on: another PC's station has its own.
    """
    db, hall = journal.database, journal.identity.hall
    called = [one for one in views.windows(db, hall) if one.state is WindowState.CALLED]
    if not called or not is_on(db, AUTO_RECALL, hall, views.last_day(db, hall)):
        return
    for window in called:
        row = views.ticket(db, window.ticket)
        if row is None or row.last_called_boot != now.boot:
            continue
        if recall_allowed(row.calls, since_s(row.last_called_t, row.last_called_m, row.last_called_boot, now)):
            recall_by_time(journal, window.code, now)
