"""A break with many people waiting: the clerk asks, the duty leader answers on the hall board. Business rule 7.2 (T24)."""

from __future__ import annotations

from hallterm.workflows.desk import Desk
from storage.facts import BreakAsked, BreakReason
from storage.journal import Write
from storage.views.dispatch import BreakAskRow, break_asks

ALLOWED_FOR_MS = 15 * 60_000
"""So long after the answer the break may begin."""


def _last_ask(tx: Write, desk: Desk, day: str) -> BreakAskRow | None:
    mine = [one for one in break_asks(tx.database, desk.hall, day) if one.staff == desk.staff]
    return mine[-1] if mine else None


def may_rest(tx: Write, desk: Desk, day: str) -> bool:
    """The leader has just allowed it."""
    last = _last_ask(tx, desk, day)
    return last is not None and last.allowed and tx.now.t - last.answered_t < ALLOWED_FOR_MS


def ask_leader(tx: Write, desk: Desk, day: str, reason: BreakReason, waiting: int) -> None:
    """Ask, unless the question waits already."""
    last = _last_ask(tx, desk, day)
    if last is None or last.answered_t:
        tx.record(BreakAsked(desk.window, desk.staff, day, reason, waiting))
