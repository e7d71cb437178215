"""The plan of a week: a row a person, three signs a day (morning, noon, afternoon); a digit of a list plans it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.rules.calendar import later
from hallterm.rules.numbers import window_number
from hallterm.screens.attendance_calendar import calendar_options
from hallterm.screens.attendance_words import DUTIES, DUTY_CODES, coded, day_text, short_day, slots_code
from hallterm.screens.panes import Pane, moved, void, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, rule
from hallterm.widgets.cells import cut, fit, spread
from hallterm.widgets.lines import Ink, Piece, Row
from hallterm.workflows.attendance_look import WeekLook, monday_of, span_of_month, week_look
from hallterm.workflows.schedule import Planned, copy_week, plan_slots, plan_usual, rota_lunch
from hallterm.workflows.schedule import Slot as PlannedSlot
from storage.facts import DaySlot, Duty, Half

if TYPE_CHECKING:
    from hallterm.screens.attendance import AttendanceScreen
    from hallterm.workflows.desk import Desk
    from storage.facts import Moment

NAME, CELL = 15, 9
BELOW = 3
AM, NOON, PM = DaySlot.AM, DaySlot.NOON, DaySlot.PM
DAY_PLANS: Sequence[tuple[str, Mapping[DaySlot, Duty]]] = (
    (N_("window, all day"), {AM: Duty.WINDOW, PM: Duty.WINDOW}),
    (N_("window, morning only"), {AM: Duty.WINDOW, PM: Duty.OFF}),
    (N_("window, afternoon only"), {AM: Duty.OFF, PM: Duty.WINDOW}),
    (N_("guide, all day"), {AM: Duty.GUIDE, PM: Duty.GUIDE}),
    (N_("duty leader, all day"), {AM: Duty.LEADER, PM: Duty.LEADER}),
    (N_("off, all day"), {AM: Duty.OFF, NOON: Duty.OFF, PM: Duty.OFF}),
    (N_("lunch duty"), {NOON: Duty.LUNCH}),
    (N_("no lunch duty"), {NOON: Duty.OFF}),
)
"""What a digit plans for one person on one day; slots that are not named stay."""


def days_row(look: WeekLook) -> Row:
    """The days of a week above their columns; those without work dim."""
    pieces: list[Piece] = [(" " * NAME, Ink.PLAIN)]
    for day in look.days:
        pieces.append((fit(short_day(day), CELL), Ink.DIM if day in look.closed else Ink.PLAIN))
    return tuple(pieces)


def day_cell(look: WeekLook, number: str, day: str) -> str:
    """The plan of one person on one day, and a sign for each half-day of leave."""
    slots = (AM, NOON, PM)
    duties = {slot: look.plans[number, day, slot].duty for slot in slots if (number, day, slot) in look.plans}
    away = [half for half in Half if (number, day, half) in look.leaves]
    return slots_code(duties) + (_("v") * len(away) if away else "")


def rota_rows(look: WeekLook, room: int) -> list[Row]:
    """A week as it is planned, for a page that has room for it: who has a plan or leave."""
    title = _("Plan of the week {first} to {last}").format(first=look.days[0], last=look.days[-1][5:])
    busy = {number for number, _day, _slot in look.plans} | {number for number, _day, _half in look.leaves}
    rows: list[Row] = [f" {title}", days_row(look)]
    for number, name in [one for one in look.people if one[0] in busy][: room - 2]:
        cells = "".join(fit(day_cell(look, number, day), CELL) for day in look.days)
        rows.append(fit(f" {number} {name}", NAME) + cells)
    return rows


class WeekPane(Pane):
    """Arrows choose person and day, PgUp and PgDn the week."""

    screen: AttendanceScreen

    def __init__(self, screen: AttendanceScreen, day: str = "") -> None:
        super().__init__(screen)
        self.day = day
        self.look: WeekLook | None = None
        self._at = self._top = self._column = 0

    def read(self) -> None:
        day = self.day
        self.screen.ask_store(
            lambda desk, now: week_look(desk, now, day), self._show, writes=False, refused=self.screen.refused
        )

    def _show(self, look: WeekLook) -> None:
        if self.screen.is_current and self.screen.pane is self:
            if self.look is None and look.today in look.days:
                self._column = look.days.index(look.today)
            self.look = look
            self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.look is not None

    def head(self, cells: int) -> Row:
        return self.screen.head()

    # drawn

    def rows(self, cells: int, height: int) -> list[Row]:
        look, room = self.look, max(1, height - 2 - BELOW)
        if look is None:
            return []
        note = f"  {_('~ holidays not announced')}" if look.provisional else ""
        title = _("Plan of the week {first} to {last}").format(first=look.days[0], last=look.days[-1][5:])
        self._at = min(self._at, len(look.people) - 1)
        self._top = window_of(self._at, self._top, len(look.people), room)
        last = min(self._top + room, len(look.people))
        rows: list[Row] = [
            spread(f" {title}{note}", f"{self._top + 1}-{last}/{len(look.people)} ", cells),
            days_row(look),
        ]
        rows += [self._row(look, place) for place in range(self._top, last)]
        rows += [""] * (2 + room - len(rows))
        return [*rows, rule(cells), self._legend(), self._about(look, cells)]

    def _row(self, look: WeekLook, place: int) -> Row:
        number, name = look.people[place]
        chosen = place == self._at
        pieces: list[Piece] = [(fit(f"{'>' if chosen else ' '}{number} {name}", NAME), Ink.PLAIN)]
        for column, day in enumerate(look.days):
            text = day_cell(look, number, day)
            ink = Ink.REVERSE if chosen and column == self._column else Ink.DIM if day in look.closed else Ink.PLAIN
            pieces += [(fit(text, CELL - 1), ink), (" ", Ink.PLAIN)]
        return tuple(pieces)

    @staticmethod
    def _legend() -> str:
        duties = "  ".join(f"{coded(code)} {_(DUTIES[duty])}" for duty, code in DUTY_CODES.items())
        return " " + _("morning, noon, afternoon:  {duties}  v half a day of leave").format(duties=duties)

    def _about(self, look: WeekLook, cells: int) -> str:
        number, name = look.people[self._at]
        day = look.days[self._column]
        parts = [f"{name} {number}  {day_text(day)}"]
        for slot in (AM, NOON, PM):
            plan = look.plans.get((number, day, slot))
            if plan is not None:
                window = f" {window_number(plan.window)}" if plan.window else ""
                parts.append(f"{_(DUTIES[plan.duty])}{window}")
        if day in look.closed:
            parts.append(_("no working day"))
        return cut(" " + "  ".join(parts), cells)

    def hint(self) -> str:
        return _("arrows person and day, PgUp and PgDn the week, Esc back")

    # keys

    def bar(self) -> list[Key]:
        may = "" if self.look and self.look.rights.schedule else _("the duty leader and the hall director plan")
        return [
            Key(Slot.F4, _("Today"), lambda: self._go("")),
            Key(Slot.F6, _("Plan"), self._choose_day, may),
            Key(Slot.F7, _("View"), self.screen.next_view),
            Key(Slot.INSERT, _("Many"), self._choose_many, may),
        ]

    def arrow(self, key: str) -> None:
        look = self.look
        if look is None:
            return
        if key in ("left", "right"):
            self._column = max(0, min(6, self._column + (1 if key == "right" else -1)))
        elif key in ("pageup", "pagedown"):
            self._go(later(look.days[0], 7 if key == "pagedown" else -7))
        else:
            self._at = moved(self._at, key, len(look.people), 9)

    def _go(self, day: str) -> None:
        self.day = day
        self.read()

    def _choose_day(self) -> None:
        look = self.look
        if look is None:
            return
        (number, name), day = look.people[self._at], look.days[self._column]
        options = [
            Option(_(words), lambda duties=duties: self._plan_day(number, day, duties))  # type: ignore[misc]
            for words, duties in DAY_PLANS
        ]
        other = Option(_("at a window, its number typed"), lambda: self._ask_window(number, day))
        self.screen.choice = Choice(f"{name} {number}  {day_text(day)}", options, other)

    def _plan_day(self, staff: str, day: str, duties: Mapping[DaySlot, Duty], window: str = "") -> None:
        slots = [PlannedSlot(staff, day, slot, duty, window) for slot, duty in duties.items()]
        self._sure(_("Plan it?"), lambda desk, now: plan_slots(desk, slots, now))

    def _ask_window(self, staff: str, day: str) -> None:
        def entered(typed: str) -> None:
            def work(desk: Desk, now: Moment) -> Planned:
                window = f"{desk.hall}-{typed.zfill(2)}"
                return plan_slots(desk, [PlannedSlot(staff, day, one, Duty.WINDOW, window) for one in (AM, PM)], now)

            self._sure(_("Plan it?"), work)

        self.screen.ask_text(_("Window"), _("its number; all day"), 4, entered)

    def _choose_many(self) -> None:
        look = self.look
        if look is None:
            return
        first, last = max(look.days[0], look.today), look.days[-1]
        month = span_of_month(first[:7])
        serving = [number for number, _name in look.people if any((number, day, AM) in look.plans for day in look.days)]
        options = [
            Option(
                _("everybody who serves: window duty this week, where nothing is planned"),
                lambda: self._sure(_("Plan the week?"), lambda desk, now: plan_usual(desk, first, last, now)),
            ),
            Option(
                _("the same until the end of the month"),
                lambda: self._sure(_("Plan the month?"), lambda desk, now: plan_usual(desk, first, month[1], now)),
            ),
            Option(
                _("this week as the week before"),
                lambda: self._sure(_("Copy the week?"), lambda desk, now: copy_week(desk, monday_of(first), now)),
            ),
            Option(
                _("lunch duty by turns this week, among who is planned"),
                lambda: self._sure(
                    _("Plan lunch duty?"), lambda desk, now: rota_lunch(desk, first, last, serving, now)
                ),
            ),
        ]
        self.screen.choice = Choice(_("What is planned?"), [*options, *calendar_options(self, look.days[self._column])])

    def _sure(self, question: str, work: Callable[[Desk, Moment], Planned]) -> None:
        self.screen.sure(
            question, lambda: void(self.screen.ask_store(work, lambda done: self.screen.wrote(done.words))), Slot.F6
        )
