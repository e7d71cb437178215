"""Pages of a hall at a centre: first the halls with what waits in each, then the page of the chosen one. Esc leads back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, TypeVar

from hallterm.locale import N_, _
from hallterm.reports.model import Missing
from hallterm.reports.nothing import why_missing
from hallterm.rules.day import day_clock_text
from hallterm.screens.attendance import AttendanceScreen
from hallterm.screens.cases import CasesScreen
from hallterm.screens.outage_faults import FaultsPane, PausesPane
from hallterm.screens.outages import OutageScreen
from hallterm.screens.panes import Pane, PaneScreen, moved, window_of
from hallterm.widgets.cells import fit, folded, right
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.desk import Desk
from hallterm.workflows.of_a_hall import (
    Counted,
    HallsToDecide,
    HallToDecide,
    cases_open,
    halls_to_decide,
    in_hall,
    leaves_waiting,
)
from hallterm.workflows.outage_look import OutageLook, faults_waiting, outage_look, pauses_waiting
from storage.access import CASES_ACTIONS, Action
from storage.facts import Moment

T = TypeVar("T")
PAGE = 10
OLD_MS = 3_600_000
"""What is known is told as old after so long without a contact."""
NAME, COUNT, TIME = 30, 12, 14
WAITS: Sequence[tuple[str, Counted]] = ((N_("Leave waits"), leaves_waiting), (N_("Cases open"), cases_open))
HINT = N_("Enter opens a hall; decisions reach it with its next exchange")


class HallsPane(Pane):
    """The halls; Enter opens the page of one."""

    screen: OfAHall

    def __init__(self, screen: OfAHall) -> None:
        super().__init__(screen)
        self.look: HallsToDecide | None = None
        self._at = self._top = 0

    def read(self) -> None:
        counted = [count for _head, count in self.screen.waits]
        work = partial(halls_to_decide, actions=self.screen.opens, counted=counted)
        self.screen.ask_store(work, self._show, writes=False, refused=self.screen.refused)

    def _show(self, look: HallsToDecide) -> None:
        if self.screen.is_current and self.screen.pane is self:
            self.look = look
            self._at = max(0, min(self._at, len(look.halls) - 1))
            self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.look is not None

    def rows(self, cells: int, height: int) -> list[Row]:
        halls = self.look.halls if self.look is not None else ()
        if not halls:
            return [" " + _("No hall of yours is known here yet")]
        room = max(1, height - 2)
        self._top = window_of(self._at, self._top, len(halls), room)
        seen = list(enumerate(halls))[self._top : self._top + room]
        return [self._heading(), "-" * cells, *(_line(one, cells, chosen=n == self._at) for n, one in seen)]

    def _heading(self) -> str:
        counts = "".join(right(_(head), COUNT) for head, _count in self.screen.waits)
        return "  " + fit(_("Hall"), NAME) + counts + right(_("Known as of"), TIME)

    def hint(self) -> str:
        return _(HINT)

    def arrow(self, key: str) -> None:
        if self.look is not None and self.look.halls:
            self._at = moved(self._at, key, len(self.look.halls), PAGE)

    def enter(self) -> None:
        if self.look is not None and self.look.halls:
            self.screen.open_hall(self.look.halls[self._at])


def _line(one: HallToDecide, cells: int, *, chosen: bool) -> Row:
    known = day_clock_text(one.contact_t) if one.contact_t else "--"
    counts = "".join(right(str(count), COUNT) for count in one.waits)
    text = fit(f"{one.code} {one.name}", NAME) + counts + right(known, TIME)
    return ((fit(f"> {text}", cells), Ink.REVERSE),) if chosen else f"  {text}"


class OfAHall(PaneScreen):
    """Mix it in before the page of a hall; everything it asks is then asked about the chosen hall."""

    opens: ClassVar[frozenset[Action]]
    waits: ClassVar[Sequence[tuple[str, Counted]]] = WAITS
    """The columns of the list of halls, with what each counts."""
    at = ""
    _opened: HallToDecide | None = None

    def first_pane(self) -> Pane:
        self.at = ""
        self._page = super().first_pane()
        self._halls = HallsPane(self)
        return self._halls

    def place(self) -> tuple[str, str]:
        if self.pane is self._halls:
            return "", self._halls.look.viewer if self._halls.look is not None else ""
        return super().place()

    def why_nothing(self, cells: int) -> list[Row]:
        """Nothing ever came from the hall, or nothing for a while: said under an empty list."""
        hall = self._opened
        if hall is None or self.host.now().t - hall.contact_t <= OLD_MS:
            return []
        why = why_missing([Missing(hall.code, hall.name, hall.last_day)])
        return [f" {text}" for text in folded(reason_text(self, why), cells - 2, 2)]

    def open_hall(self, hall: HallToDecide) -> None:
        self.at, self._opened = hall.code, hall
        self.turn_to(self._page)

    def ask_store(
        self,
        work: Callable[[Desk, Moment], T],
        then: Callable[[T], None],
        *,
        writes: bool = True,
        refused: Callable[[str], None] | None = None,
    ) -> bool:
        """Whatever is asked is asked at the desk of the chosen hall."""
        at = self.at
        return super().ask_store(lambda desk, now: work(in_hall(desk, at), now), then, writes=writes, refused=refused)

    def _back(self) -> None:
        nothing_open = self.field is None and not self.helping and self.choice is None
        if self.at and nothing_open and not self.pane.back():
            self.pane = self.first_pane()
            self.say("")
            self.pane.read()
            self.repaint()
            return
        super()._back()


class CentreCasesScreen(OfAHall, CasesScreen):
    """Page 5 at a centre."""

    in_mode = "centre_cases"
    opens = CASES_ACTIONS


class CentreAttendanceScreen(OfAHall, AttendanceScreen):
    """Page 2 at a centre."""

    in_mode = "centre_attendance"
    opens = frozenset({Action.SEE_ATTENDANCE})


class CentreOutagesScreen(OfAHall, OutageScreen):
    """Faults of a hall, declared or confirmed at its centre; slips and cards are entered in the hall."""

    in_mode = "centre_outages"
    opens = frozenset({Action.DECLARE_FAULT})
    waits = ((N_("Faults open"), faults_waiting), (N_("Pauses wait"), pauses_waiting))
    kinds = (FaultsPane, PausesPane)

    def read_look(self) -> None:
        """What comes after another hall was opened is not shown."""
        at = self.at

        def show(look: OutageLook) -> None:
            if self.at == at:
                self._show(look)

        self.ask_store(outage_look, show, writes=False, refused=self.refused)
