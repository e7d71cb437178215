"""The cases and the one that is chosen: the list above the line, the case below it. Digits answer the step that waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import day_clock_text, local
from hallterm.rules.lamp import Lamp
from hallterm.rules.numbers import window_number
from hallterm.rules.periods import month_before
from hallterm.rules.reminders import WORDS
from hallterm.screens.cases_detail import ROWS, detail_rows, number_text
from hallterm.screens.cases_steps import CaseSteps
from hallterm.screens.cases_words import (
    LAMP_INK,
    SHORT,
    level_text,
    result_text,
    term_text,
)
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, rule
from hallterm.widgets.cells import fit, middle, right
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.writing import reason_text
from hallterm.workflows.cases_look import CaseDetail, CaseLine, CasesLook, case_detail, cases_look

if TYPE_CHECKING:
    from hallterm.rules.words import Reason
    from hallterm.screens.cases import CasesScreen

MATTER = 13
MONTHS = 9
COURSE = 3
TOLD_LONGEST = 40


class CasesPane(Pane):
    """The cursor stays with its case, whatever the order becomes."""

    screen: CasesScreen

    def __init__(self, screen: CasesScreen) -> None:
        super().__init__(screen)
        self.look: CasesLook | None = None
        self.detail: CaseDetail | None = None
        self.month = ""
        self.steps = CaseSteps(self)
        self._chosen = ""
        self._top = 0

    # what is known

    def read(self) -> None:
        month = self.month
        self.screen.ask_store(
            lambda desk, now: cases_look(desk, now, month),
            self._show,
            writes=False,
            refused=lambda sentence: self.screen.not_for_you(self, sentence),
        )

    def _show(self, look: CasesLook) -> None:
        if self.screen.is_current and self.screen.pane is self:
            self.look = look
            self._chosen = self.chosen.row.id if self.chosen else ""
            self._read_detail()
            self.screen.repaint()

    def _read_detail(self) -> None:
        chosen = self.chosen
        if chosen is None:
            self.detail = None
            return
        id = chosen.row.id
        self.screen.ask_store(lambda desk, now: case_detail(desk, now, id), self._show_detail, writes=False)

    def _show_detail(self, detail: CaseDetail) -> None:
        if self.screen.is_current and self.screen.pane is self:
            self.detail = detail
            self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.look is not None

    @property
    def lines(self) -> Sequence[CaseLine]:
        return self.look.lines if self.look else ()

    @property
    def chosen(self) -> CaseLine | None:
        return next((one for one in self.lines if one.row.id == self._chosen), next(iter(self.lines), None))

    @property
    def known(self) -> CaseDetail | None:
        """The detail of the chosen case, once it is here."""
        chosen, detail = self.chosen, self.detail
        return detail if chosen and detail and detail.line.row.id == chosen.row.id else None

    # drawn

    def head(self, cells: int) -> Row:
        look = self.look
        if look is None:
            return ""
        text = _("bad ratings {month}: {bad}  open {open}  called in time {in_time}/{named}").format(
            month=look.month, bad=look.loop.bad, open=look.open, in_time=look.in_time, named=look.called
        )
        counts = _("due {today}  overdue {overdue}").format(today=look.due_today, overdue=look.overdue)
        ink = Ink.RED if look.overdue else Ink.YELLOW if look.due_today else Ink.PLAIN
        return ((fit(f" {text}", cells - len(counts) - 6), Ink.PLAIN), (f" {counts}", ink))

    def rows(self, cells: int, height: int) -> list[Row]:
        chosen = self.chosen
        heads = [_("Case"), _("Rating"), _("Clerk"), _("Matter"), _("Rater"), _("Term")]
        rows: list[Row] = [
            " " + "".join(fit(head, size) for head, size in zip(heads, self._widths(cells), strict=True))
        ]
        if chosen is None:
            return [
                *rows,
                " " + _("No bad rating in {month}, and nothing open").format(month=self.month or self._month),
                *self.screen.why_nothing(cells),
            ]
        room = max(1, height - 2 - ROWS)
        at = list(self.lines).index(chosen)
        self._top = window_of(at, self._top, len(self.lines), room)
        seen = self.lines[self._top : self._top + room]
        rows += [self._row(one, cells, chosen=one is chosen) for one in seen]
        rows += [""] * (room + 1 - len(rows))
        detail = self.known
        rows.append(rule(cells))
        if detail is not None:
            course = max(COURSE, height - len(rows) - 8)
            rows += detail_rows(detail, self.screen.host.now(), self._today, cells, course, self._reminder(detail))
        return rows

    def _reminder(self, detail: CaseDetail) -> str:
        """The last reminder of what the case waits for."""
        reminded = self.look.reminded if self.look else ()
        found = next((one.reminder for one in reminded if one.number == detail.line.row.number), None)
        return f"{day_clock_text(found.at_t)}  {_(WORDS[found.kind])}" if found else ""

    @property
    def _today(self) -> str:
        return self.look.today if self.look else ""

    @property
    def _month(self) -> str:
        return self.look.month if self.look else ""

    @staticmethod
    def _widths(cells: int) -> tuple[int, ...]:
        return (16, 11, 11, MATTER + cells - 80, 7, 21)

    def _row(self, one: CaseLine, cells: int, *, chosen: bool) -> Row:
        row, widths = one.row, self._widths(cells)
        who = f"{right(str(window_number(row.window)), 2)} {one.staff_name}"
        texts = (
            *(number_text(row.number), level_text(row.scale, row.level), who),
            middle(f"{row.code} {one.matter}", widths[3] - 1),
            _("named") if row.real_name else _("anon."),
        )
        text = ("> " if chosen else "  ")[:1] + "".join(fit(t, n) for t, n in zip(texts, widths, strict=False))
        if one.is_open:
            term = f"{fit(term_text(one.lamp, one.due_t, self._today), 16)}{_(SHORT[one.todo])}"
        else:
            term = fit(_("done {day}").format(day=f"{local(row.closed_t):%m-%d}"), 11) + result_text(one)
        if chosen:
            return ((fit(text + term, cells), Ink.REVERSE),)
        ink = LAMP_INK[one.lamp] if one.lamp is not None else Ink.PLAIN
        return ((text, Ink.PLAIN), (term, Ink.PLAIN if one.lamp is Lamp.GREEN else ink))

    def foot(self, cells: int) -> Row:
        chosen = self.chosen
        place = f"{list(self.lines).index(chosen) + 1}/{len(self.lines)}" if chosen else ""
        rules = _(
            "Every real-name rater is called back; nobody handles his own case; complex ones have 15 working days"
        )
        return fit(" " + rules, cells - 8) + right(place, 7)

    def hint(self) -> str:
        return _("arrows choose a case, digits answer the step that waits, F7 shows the other lists")

    # keys

    def bar(self) -> list[Key]:
        detail = self.known
        none = "" if detail else _("there is no case")
        todo = detail.line.todo if detail else ""
        handle = none or self._reason(detail.handle_refused if detail else None)
        return [
            Key(Slot.F4, _("Month"), self._choose_month),
            Key(Slot.F5, _("Next"), self._next, none),
            Key(Slot.F6, _(SHORT[todo]) if todo else _("2nd"), self.steps.take_up, none or self._cannot_take_up(todo)),
            Key(Slot.F7, _("View"), self.screen.next_view),
            Key(Slot.F8, _("Done"), self.steps.close, handle or self._cannot_close(todo)),
            Key(Slot.F9, _("Pass"), self.steps.appeal, none or self._cannot_appeal(todo)),
            Key(Slot.CTRL_Y, _("Fwd"), self._next, _("only one hall handles it")),
            Key(
                Slot.CTRL_R,
                _("Why"),
                self.steps.reveal,
                none or self._reason(detail.rater_refused if detail else None),
            ),
        ]

    def _reason(self, reason: Reason | None) -> str:
        return reason_text(self.screen, reason) if reason is not None else ""

    def _cannot_take_up(self, todo: str) -> str:
        detail = self.known
        if detail is None:
            return ""
        by = {"forward": detail.forward_refused, "decide": detail.decide_refused}
        return self._reason(by.get(todo, detail.handle_refused))

    def _cannot_close(self, todo: str) -> str:
        words = {
            "call": _("first the result of the call-back"),
            "classify": _("first what it turned out to be"),
            "measure": _("first the measure"),
            "forward": _("an appeal is open"),
            "decide": _("an appeal is open"),
            "": _("it is closed"),
        }
        return words.get(todo, "")

    def _cannot_appeal(self, todo: str) -> str:
        if todo not in ("forward", "decide"):
            return _("there is no appeal")
        return self._cannot_take_up(todo)

    def digit(self, digit: int) -> bool:
        """The list of the step that waits; where none does, digits change the page."""
        return self.steps.digit(digit)

    def arrow(self, key: str) -> None:
        chosen = self.chosen
        if chosen is not None:
            self.screen.say("")
            lines = list(self.lines)
            self._chosen = lines[moved(lines.index(chosen), key, len(lines), 4)].row.id
            self._read_detail()

    def _next(self) -> None:
        """The open case that is due next after this one."""
        open_ = [one.row.id for one in self.lines if one.is_open] or [one.row.id for one in self.lines]
        at = open_.index(self.chosen.row.id) + 1 if self.chosen and self.chosen.row.id in open_ else 0
        self._chosen = open_[at % len(open_)]
        self._read_detail()

    def _choose_month(self) -> None:
        def take(month: str) -> Callable[[], None]:
            def read() -> None:
                self.month, self._chosen = month, ""
                self.read()

            return read

        months = [month_before(self._today[:7], by) for by in range(MONTHS)]
        self.screen.choice = Choice(_("Cases of which month"), [Option(month, take(month)) for month in months])
