"""One's own requests for leave: what became of them; withdraw, explain, ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.attendance_words import days, half_day_text, short_leave, state_text
from hallterm.screens.panes import Pane, moved
from hallterm.screens.technician_page import Key, listed
from hallterm.widgets.cells import cut, fit
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.leave import explain_leave, void_leave
from storage.facts import LeaveState
from storage.views.attendance import LeaveRow

if TYPE_CHECKING:
    from hallterm.screens.my_leave import MyLeaveScreen


class OwnRequestsPane(Pane):
    """One's own requests, the newest first: withdraw, explain, ask again."""

    screen: MyLeaveScreen

    def __init__(self, screen: MyLeaveScreen) -> None:
        super().__init__(screen)
        self._at = 0

    def read(self) -> None:
        self.screen.read_own()

    @property
    def is_read(self) -> bool:
        return self.screen.look is not None

    @property
    def chosen(self) -> LeaveRow | None:
        rows = self.screen.look.requests if self.screen.look else ()
        return rows[min(self._at, len(rows) - 1)] if rows else None

    def head(self, cells: int) -> Row:
        return self.screen.head()

    def rows(self, cells: int, height: int) -> list[Row]:
        found = self.screen.look.requests if self.screen.look else ()
        rows: list[Row] = [((" " + _("My requests, the newest first"), Ink.BOLD),)]
        if not found:
            return [*rows, " " + _("Nothing was asked for yet")]
        top = max(0, self._at - height + 2)
        for place, row in enumerate(found[top : top + height - 1], top):
            span = f"{half_day_text(row.from_day, row.from_half)} - {half_day_text(row.to_day, row.to_half)}"
            text = f"{fit(short_leave(row.leave_type), 8)}{fit(span, 30)}{days(row.half_days):>5}  {state_text(row)}"
            rows.append(listed(text, Ink.PLAIN, chosen=place == self._at))
        return rows

    def foot(self, cells: int) -> Row:
        row = self.chosen
        if row is None:
            return ""
        parts = [part for part in (row.reason, row.explanation) if part]
        if row.afterwards and not row.explained_t:
            parts.append(_("an explanation is missing"))
        if row.certificate and not row.certified_t:
            parts.append(_("the certificate was not seen yet"))
        return cut(" " + "  ".join(parts), cells)

    def hint(self) -> str:
        return _("arrows choose, F7 goes back to asking")

    def bar(self) -> list[Key]:
        row = self.chosen
        none = "" if row else _("nothing was asked for")
        rejected = row is not None and row.state is LeaveState.REJECTED
        explain = "" if row is not None and row.afterwards else _("it was asked for in time")
        return [
            Key(Slot.F6, _("Anew"), self._again, none or ("" if rejected else _("only a rejected one"))),
            Key(Slot.F7, _("Ask"), self.screen.next_view),
            Key(Slot.F9, _("Void"), self._void, none),
            Key(Slot.CTRL_R, _("Why"), self._explain, none or explain),
        ]

    def arrow(self, key: str) -> None:
        rows = self.screen.look.requests if self.screen.look else ()
        if rows:
            self._at = moved(self._at, key, len(rows), 9)

    def _again(self) -> None:
        if self.chosen is not None:
            self.screen.asking_pane.again_from(self.chosen)
            self.screen.next_view()

    def _void(self) -> None:
        row = self.chosen
        if row is not None:
            self.screen.ask_again(
                _("Withdraw it?"),
                lambda: self.screen.write(lambda desk, now: void_leave(desk, row.id, now).words),
                Slot.F9,
            )

    def _explain(self) -> None:
        row = self.chosen
        if row is not None:
            self.screen.ask_text(
                _("Explanation"),
                "",
                50,
                lambda text: self.screen.write(lambda desk, now: explain_leave(desk, row.id, text, now).words),
            )
