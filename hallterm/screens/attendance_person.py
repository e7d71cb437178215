"""The half-days of one person: planned, there, what it came to, and what was corrected by whom. Corrections are made here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import day_clock_text, local
from hallterm.rules.periods import month_before
from hallterm.screens.attendance_words import (
    ABSENT,
    DUTIES,
    PUNCHES,
    days,
    half_day_text,
    off_text,
    outcome,
    points,
    state_text,
    there_text,
    with_case,
)
from hallterm.screens.panes import Pane, PaneScreen, moved, window_of
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key, listed, rule
from hallterm.widgets.cells import cut, fit, right
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.attendance import CorrectionDraft, correct_attendance, note_off_post
from hallterm.workflows.attendance_look import HalfLine, PersonLook, person_look
from storage.facts import Half, PunchKind

if TYPE_CHECKING:
    from hallterm.workflows.desk import Desk, Done
    from storage.facts import Moment

BELOW = 5
NOON, MIDNIGHT = 13 * 60, 24 * 60


class PersonPane(Pane):
    """``staff`` empty: the person at the desk himself, who can only look."""

    def __init__(self, screen: PaneScreen, staff: str = "", month: str = "", before: Pane | None = None) -> None:
        super().__init__(screen)
        self.staff, self.month, self.before = staff, month, before
        self.look: PersonLook | None = None
        self._at = self._top = 0

    def read(self) -> None:
        staff, month = self.staff, self.month
        self.screen.ask_store(
            lambda desk, now: person_look(desk, now, staff, month),
            self._show,
            writes=False,
            refused=self.screen.refused,
        )

    def _show(self, look: PersonLook) -> None:
        if self.screen.is_current:
            if self.look is None or self.look.month != look.month:
                self._at = next((place for place, one in enumerate(look.lines) if one.day <= look.today), 0)
            self.look = look
            self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.look is not None

    @property
    def chosen(self) -> HalfLine | None:
        """The half-day under the cursor."""
        lines = self.look.lines if self.look else ()
        return lines[min(self._at, len(lines) - 1)] if lines else None

    def head(self, cells: int) -> Row:
        look = self.look
        if look is None:
            return ""
        text = _("{name} {staff}   {month}   planned {planned}   attended {attended} days   off {off}   A {points}")
        mark = "~" if look.sums.pending else ""
        said = " " + text.format(
            name=look.name,
            staff=look.staff,
            month=look.month,
            planned=days(look.sums.scheduled),
            attended=days(look.sums.attended),
            off=off_text(look.deducted_milli),
            points=points(look.points_milli) + mark,
        )
        return with_case(said, look.serving, cells)

    # drawn

    def rows(self, cells: int, height: int) -> list[Row]:
        look, room = self.look, max(1, height - 1 - BELOW)
        if look is None:
            return []
        rows: list[Row] = [_columns()]
        if not look.lines:
            return [*rows, " " + _("Nothing is planned and nobody signed on in this month")]
        self._top = window_of(self._at, self._top, len(look.lines), room)
        for place, line in enumerate(look.lines[self._top : self._top + room], self._top):
            ink = Ink.RED if line.record and line.record.absent else Ink.PLAIN
            rows.append(listed(_line(line), ink, chosen=place == self._at))
        rows += [""] * (1 + room - len(rows))
        return [*rows, rule(cells), *(cut(f" {one}", cells) for one in self._about())]

    def _about(self) -> list[str]:
        """What was said of the chosen half-day, the newest first; the old entry stays below it."""
        line = self.chosen
        if line is None:
            return []
        said = [
            (one.made_t, _("{when} {by} corrected: {what} {clock}, {reason}").format(
                when=day_clock_text(one.made_t), by=one.by, what=_(PUNCHES[one.what]),
                clock=_("never happened") if one.withdrawn else f"{local(one.at_t):%H:%M}", reason=one.reason,
            ))
            for one in line.corrections
        ]  # fmt: skip
        said += [
            (one.made_t, _("{when} {by} noted: away {since}-{until} {note}").format(
                when=day_clock_text(one.made_t), by=one.by, since=f"{local(one.from_t):%H:%M}",
                until=f"{local(one.to_t):%H:%M}", note=one.note,
            ))
            for one in line.notes
        ]  # fmt: skip
        texts = [text for _t, text in sorted(said, reverse=True)]
        if line.leave is not None:
            texts.insert(0, f"{_('Leave')} {state_text(line.leave)}  {line.leave.reason}")
        return texts[: BELOW - 1]

    def hint(self) -> str:
        return _("arrows the half-day, Esc back")

    # keys

    def bar(self) -> list[Key]:
        look = self.look
        if look is None:
            return []
        own = look.own
        none = "" if self.chosen else _("nothing is planned")
        correct = (
            _("not one's own")
            if own
            else ""
            if look.rights.correct
            else _("the hall director and the assessor correct")
        )
        note = _("not one's own") if own else "" if look.rights.schedule else _("the duty leader notes it")
        return [
            Key(Slot.F4, _("Month"), self._choose_month),
            Key(Slot.F6, _("Fix"), self._correct, none or correct),
            Key(Slot.INSERT, _("Away"), self._note, none or note),
        ]

    def arrow(self, key: str) -> None:
        if self.look is not None and self.look.lines:
            self._at = moved(self._at, key, len(self.look.lines), 11)

    def back(self) -> bool:
        if self.before is None:
            return False
        self.screen.turn_to(self.before)
        return True

    def _choose_month(self) -> None:
        look = self.look
        if look is None:
            return
        months = [look.today[:7], *(month_before(look.today[:7], n) for n in range(1, 9))]

        def of(month: str) -> None:
            self.month = month
            self.read()

        options = [Option(month, lambda month=month: of(month)) for month in months]  # type: ignore[misc]
        self.screen.choice = Choice(_("Which month?"), options)

    def _correct(self) -> None:
        line = self.chosen
        if line is None:
            return
        options = [
            Option(_("{what} at .., typed").format(what=_(words)), lambda kind=kind: self._ask_clock(line, kind))  # type: ignore[misc]
            for kind, words in PUNCHES.items()
        ]
        title = _("What really happened on {half}?").format(half=half_day_text(line.day, line.half))
        self.screen.choice = Choice(title, options)

    def _ask_clock(self, line: HalfLine, kind: PunchKind) -> None:
        def entered(typed: str) -> None:
            clock, _blank, reason = typed.partition(" ")
            clock = clock.replace("：", ":")
            clock = clock if ":" in clock else f"{clock[:-2]}:{clock[-2:]}"
            draft = CorrectionDraft(self.staff, line.day, line.half, kind, clock, reason.strip())
            question = _("{what} {clock} on {half}, {reason}?").format(
                what=_(PUNCHES[kind]), clock=clock, half=half_day_text(line.day, line.half), reason=draft.reason
            )
            self.screen.sure(
                question, lambda: self._write(lambda desk, now: correct_attendance(desk, draft, now)), Slot.F6
            )

        self.screen.ask_text(_(PUNCHES[kind]), _("time and reason: 08:25 the terminal was down"), 34, entered)

    def _note(self) -> None:
        line = self.chosen
        if line is None:
            return

        def entered(typed: str) -> None:
            times, _blank, note = typed.partition(" ")
            since, _dash, until = times.partition("-")
            self.screen.sure(
                _("Away from {since} to {until}?").format(since=since, until=until),
                lambda: self._write(
                    lambda desk, now: note_off_post(
                        desk, self.staff, since, until, now, day=line.day, note=note.strip()
                    )
                ),
                Slot.INSERT,
            )

        self.screen.ask_text(
            _("Away from the post"), _("from-to and a note: 10:05-10:20 not at the window"), 34, entered
        )

    def _write(self, work: Callable[[Desk, Moment], Done]) -> None:
        self.screen.ask_store(work, lambda done: self.screen.wrote(done.words))


def _columns() -> str:
    heads = (_("Day"), _("Plan"), _("There"), _("Outcome"))
    return (
        " "
        + "".join(fit(head, cells) for head, cells in zip(heads, (13, 10, 24, 24), strict=True))
        + right(_("Minus"), 6)
    )


def _line(line: HalfLine) -> str:
    start, end = (0, NOON) if line.half is Half.AM else (NOON, MIDNIGHT)
    marks = ("~" if line.record and line.record.pending else " ") + ("!" if line.corrections or line.notes else " ")
    return "".join(
        (
            fit(half_day_text(line.day, line.half), 13),
            fit(_(DUTIES[line.plan.duty]) if line.plan else ABSENT, 10),
            fit((there_text(line.there, start, end) if line.record else "") or ABSENT, 24),
            fit(outcome(line.record), 24),
            right(off_text(line.deducted_milli), 6),
            marks,
        )
    )
