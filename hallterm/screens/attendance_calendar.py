"""From the plan of a week: a day on which the hall is closed, an announced year from a file, and posts of two people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.attendance_words import day_text
from hallterm.screens.sync_choice import Option
from hallterm.workflows.centre_calendar import import_calendar, set_closing_day
from hallterm.workflows.posts import set_post

if TYPE_CHECKING:
    from hallterm.rules.words import Reason
    from hallterm.screens.attendance_week import WeekPane
    from hallterm.workflows.desk import Desk
    from storage.facts import Moment


def calendar_options(pane: WeekPane, day: str) -> list[Option]:
    """The lines of the list; the workflows say who may."""
    return [
        Option(_("this day: the hall is closed"), lambda: _close(pane, day, closed=True)),
        Option(_("this day: the hall works as usual"), lambda: _close(pane, day, closed=False)),
        Option(_("an announced year, from a CSV file"), lambda: _ask_file(pane)),
        Option(_("the post of a window: who stands there, who stands in"), lambda: _ask_post(pane)),
    ]


def _close(pane: WeekPane, day: str, *, closed: bool) -> None:
    question = _("Close the hall on {day}?") if closed else _("The hall works on {day}?")
    _sure(
        pane,
        question.format(day=day_text(day)),
        lambda desk, now: set_closing_day(desk.journal, desk.hall, day, now, closed=closed, by=desk.staff),
    )


def _ask_file(pane: WeekPane) -> None:
    def entered(path: str) -> None:
        _sure(
            pane,
            _("Import it?"),
            lambda desk, now: import_calendar(desk.journal, Path(path).expanduser(), desk.hall, now, by=desk.staff),
        )

    pane.screen.ask_text(_("File"), _("its path; columns day, kind, name"), 40, entered)


def _ask_post(pane: WeekPane) -> None:
    def entered(typed: str) -> None:
        window, a, b = (*typed.upper().split(), "", "", "")[:3]
        _sure(
            pane,
            _("Set the post of window {window}?").format(window=window),
            lambda desk, now: set_post(desk, f"{desk.hall}-{window.zfill(2)}", a, b, now).words,
        )

    pane.screen.ask_text(_("Post"), _("window, A and B: 3 0317 0318; the window alone: nobody's"), 18, entered)


def _sure(pane: WeekPane, question: str, work: Callable[[Desk, Moment], Reason]) -> None:
    pane.screen.sure(question, lambda: pane.screen.write(work), Slot.INSERT)
