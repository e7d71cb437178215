"""One's own attendance (menu 23): each half-day of the month, what it takes off, and who corrected it. Read only."""

from __future__ import annotations

from hallterm.locale import N_
from hallterm.screens.attendance_person import PersonPane
from hallterm.screens.panes import Pane, PaneScreen
from hallterm.widgets.seconds import LONGEST_REST_S
from storage.facts import Moment


class MyAttendanceScreen(PaneScreen):
    """Esc and the menu lead back."""

    in_mode = "my_attendance"
    heading = N_("My attendance")

    def __init__(self) -> None:
        super().__init__(id="my-attendance")

    def first_pane(self) -> Pane:
        return PersonPane(self)

    def place(self) -> tuple[str, str]:
        look = self.pane.look if isinstance(self.pane, PersonPane) else None
        return (look.hall_name, f"{look.name} {look.staff}") if look is not None else ("", "")

    def rest_s(self, now: Moment) -> float:
        return LONGEST_REST_S
