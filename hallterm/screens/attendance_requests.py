"""Leave that waits for a decision: each row with its checks in words; F6 marks what is clean, F8 approves, F9 rejects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.attendance_words import days, half_day_text, short_leave
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut, fit, right, width
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.leave_deciding import (
    Decided,
    Waiting,
    approve_leaves,
    certify_leave,
    reject_leave,
    undo_decision,
)
from storage.facts import Moment

if TYPE_CHECKING:
    from hallterm.screens.attendance import AttendanceScreen
    from hallterm.workflows.desk import Desk


class RequestsPane(Pane):
    """The list; the cursor stays with its request."""

    screen: AttendanceScreen

    def __init__(self, screen: AttendanceScreen) -> None:
        super().__init__(screen)
        self.marked: set[str] = set()
        self._chosen = ""
        self._top = 0

    def read(self) -> None:
        self.screen.read_month()

    @property
    def is_read(self) -> bool:
        return self.screen.look is not None

    @property
    def waiting(self) -> Sequence[Waiting]:
        return self.screen.look.waiting if self.screen.look else ()

    @property
    def chosen(self) -> Waiting | None:
        """The row under the cursor."""
        return next((one for one in self.waiting if one.row.id == self._chosen), next(iter(self.waiting), None))

    def head(self, cells: int) -> Row:
        return self.screen.head()

    # drawn

    def rows(self, cells: int, height: int) -> list[Row]:
        start = [
            (" " + _("Requests waiting: {count}").format(count=len(self.waiting)), Ink.BOLD),
            ("    " + _("Ins marks, F6 the clean ones, F8 grants, F9 rejects"), Ink.PLAIN),
        ]
        rows: list[Row] = [tuple(start), self._columns()]
        chosen, room = self.chosen, height - 2
        if chosen is None:
            return [*rows, " " + _("Nothing waits for a decision")]
        at = list(self.waiting).index(chosen)
        self._top = window_of(at, self._top, len(self.waiting), room)
        seen = self.waiting[self._top : self._top + room]
        return [*rows, *(self._row(one, cells, chosen=one is chosen) for one in seen)]

    @staticmethod
    def _columns() -> str:
        heads = (_("Name"), _("Kind"), _("From half"), _("To half"))
        text = "".join(fit(head, cells) for head, cells in zip(heads, (10, 9, 13, 13), strict=True))
        return f"    {text}{right(_('Days'), 5)}  {fit(_('Stands in'), 10)}{_('Checks')}"

    def _row(self, one: Waiting, cells: int, *, chosen: bool) -> Row:
        row = one.row
        mark = "x" if row.id in self.marked else "-" if one.refusal else " "
        text = (
            f"{'>' if chosen else ' '}{mark}  {fit(one.name, 10)}{fit(short_leave(row.leave_type), 9)}"
            f"{fit(half_day_text(row.from_day, row.from_half), 13)}{fit(half_day_text(row.to_day, row.to_half), 13)}"
            f"{right(days(row.half_days), 5)}  {fit(f'B {one.stands_in}' if one.stands_in else '--', 10)}"
        )
        refusal = [reason_text(self.screen, one.refusal)] if one.refusal else []
        checks = "  ".join([*refusal, *(reason_text(self.screen, check) for check in one.checks)])
        ink = Ink.REVERSE if chosen else Ink.DIM if one.refusal else Ink.PLAIN if one.clean else Ink.YELLOW
        return ((text + cut(checks, cells - width(text)), ink),)

    def foot(self, cells: int) -> Row:
        one = self.chosen
        if one is None:
            return ""
        checks = "  ".join(reason_text(self.screen, check) for check in one.checks)
        return cut(f" {one.name} {one.row.staff}  {one.row.reason or _('no reason given')}  {checks}", cells)

    def hint(self) -> str:
        return _("digits change the page, arrows the row, Esc leaves")

    # keys

    def bar(self) -> list[Key]:
        none = "" if self.chosen else _("nothing waits")
        approve = none or self._cannot_decide()
        reject = approve or (_("first take the marks away with Esc") if self.marked else "")
        paper = none or ("" if self.chosen and self.chosen.row.certificate else _("needs no certificate"))
        return [
            Key(Slot.F5, _("Next"), self._next, none),
            Key(Slot.F6, _("Clean"), self._mark_clean, none),
            Key(Slot.F7, _("View"), self.screen.next_view),
            Key(Slot.F8, _("Okay"), self._approve, approve),
            Key(Slot.F9, _("Veto"), self._reject, reject),
            Key(Slot.INSERT, _("Mark"), self._mark, approve),
            Key(Slot.CTRL_R, _("Doc"), self._certify, paper),
        ]

    def _cannot_decide(self) -> str:
        chosen = self.chosen
        if self.marked or chosen is None or chosen.refusal is None:
            return ""
        return reason_text(self.screen, chosen.refusal)

    def arrow(self, key: str) -> None:
        chosen = self.chosen
        if chosen is not None:
            listed = list(self.waiting)
            self._chosen = listed[moved(listed.index(chosen), key, len(listed), 9)].row.id

    def back(self) -> bool:
        if self.marked:
            self.marked.clear()
            return True
        return False

    def enter(self) -> None:
        if self.chosen is not None:
            self.screen.open_person(self.chosen.row.staff)

    def _next(self) -> None:
        listed = list(self.waiting)
        if self.chosen is not None:
            self._chosen = listed[(listed.index(self.chosen) + 1) % len(listed)].row.id

    def _mark_clean(self) -> None:
        self.marked = {one.row.id for one in self.waiting if one.clean and one.refusal is None}
        if not self.marked:
            self.screen.say(_("No request is without objection: look at each"))

    def _mark(self) -> None:
        if self.chosen is not None and self.chosen.refusal is None:
            self.marked ^= {self.chosen.row.id}

    def _approve(self) -> None:
        found = [one for one in self.waiting if one.row.id in self.marked] or [one for one in (self.chosen,) if one]
        ids = [one.row.id for one in found]
        who = ", ".join(f"{one.name} {days(one.row.half_days)}" for one in found)
        self.screen.sure(
            _("Approve {count}: {who} days?").format(count=len(found), who=who),
            lambda: self._write(lambda desk, now: approve_leaves(desk, ids, now)),
        )

    def _reject(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        id, name = chosen.row.id, chosen.name

        def entered(reason: str) -> None:
            self.screen.ask_again(
                _("Reject the leave of {name}?").format(name=name),
                lambda: self._write(lambda desk, now: reject_leave(desk, id, reason, now)),
                Slot.F9,
            )

        self.screen.ask_text(_("Why it is rejected"), "", 40, entered)

    def _certify(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        id = chosen.row.id

        def entered(note: str) -> None:
            self.screen.sure(
                _("Note the certificate?"),
                lambda: self.screen.write(lambda desk, now: certify_leave(desk, id, note, now).words),
            )

        self.screen.ask_text(_("Paper"), _("its name, not the illness"), 40, entered)

    def _write(self, work: Callable[[Desk, Moment], Decided]) -> None:
        self.screen.ask_store(work, self._decided)

    def _decided(self, done: Decided) -> None:
        self.marked.clear()
        last = done.undo
        if last is None:
            self.screen.wrote(done.words)
        else:
            self.screen.wrote(done.words, lambda desk, now: undo_decision(desk, last, now).words)
