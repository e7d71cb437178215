"""The services behind a line of a report, and one of them with its pauses. They are read only."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from hallterm.locale import _
from hallterm.reports.model import Drill, Report
from hallterm.reports.nothing import why_nothing
from hallterm.reports.writing import duration
from hallterm.rules.day import clock_text
from hallterm.rules.numbers import window_number
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.technician_page import rule
from hallterm.services_behind import Behind, BehindLine, Opened, read_behind, read_service
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import fit, folded, middle, right, spread
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row

if TYPE_CHECKING:
    from hallterm.screens.reports import ReportsScreen

ROOM = (5, 6, 8, 23, 4, 7, 7, 8)
"""Cells of day, time, number, matter, quantity, limit, used and credit."""
WIDER = 20


class DeeperPane(Pane):
    """What a report was opened to; Esc leads back to what was shown before, and so does a refusal."""

    screen: ReportsScreen

    def __init__(self, screen: ReportsScreen, before: Pane, report: Report) -> None:
        super().__init__(screen)
        self.before, self.report = before, report

    def _refused(self, sentence: str) -> None:
        self.back()
        self.screen.tell(sentence, NOT_DONE)

    def back(self) -> bool:
        self.screen.turn_to(self.before)
        return True


class BehindPane(DeeperPane):
    """The list; Enter opens one service."""

    def __init__(self, screen: ReportsScreen, before: Pane, report: Report, drill: Drill) -> None:
        super().__init__(screen, before, report)
        self.drill = drill
        self.behind: Behind | None = None
        self._at = self._top = 0

    def read(self) -> None:
        report, drill = self.report, self.drill
        self.screen.ask_store(
            lambda desk, now: read_behind(desk, now, report, drill), self._show, writes=False, refused=self._refused
        )

    def _show(self, behind: Behind) -> None:
        self.behind = behind
        self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.behind is not None

    @property
    def lines(self) -> Sequence[BehindLine]:
        """The services; none before they are read."""
        return self.behind.lines if self.behind is not None else ()

    # drawn

    def head(self, cells: int) -> Row:
        return fit(f" {self.behind.title}" if self.behind else "", cells)

    def rows(self, cells: int, height: int) -> list[Row]:
        room = max(1, height - 3)
        self._top = window_of(self._at, self._top, len(self.lines), room)
        rows: list[Row] = [_heading(cells)]
        for place, one in enumerate(self.lines[self._top : self._top + room], self._top):
            text = _row(one, cells)
            rows.append(((f">{text[1:]}", Ink.REVERSE),) if place == self._at else text)
        if not self.lines:
            rows += [f" {text}" for text in folded(why_nothing(self.report).text(), cells - 2, 2)]
        rows += [""] * (1 + room - len(rows))
        return [*rows, rule(cells), self._sum(cells)]

    def _sum(self, cells: int) -> str:
        if self.behind is None:
            return ""
        text = _("{count} services   credit {minutes} min   not credited {without}").format(
            count=self.behind.services,
            minutes=minutes(self.behind.std_milliminutes),
            without=self.behind.not_credited,
        )
        return fit(f" {text}", cells)

    def foot(self, cells: int) -> Row:
        count = len(self.lines)
        where = f" {min(self._at + 1, count)}/{count}"
        cut = self.behind is not None and self.behind.services > count
        more = _("only the first {count} are listed").format(count=count) if cut else ""
        return spread(f"{where}   {more}", "", cells)

    def hint(self) -> str:
        return _("Enter shows the pauses of one, Esc leads back")

    # keys

    def arrow(self, key: str) -> None:
        if self.lines:
            self._at = moved(self._at, key, len(self.lines), 10)

    def enter(self) -> None:
        if self.lines:
            self.screen.turn_to(ServicePane(self.screen, self, self.report, self.lines[self._at].service.id))


class ServicePane(DeeperPane):
    """One service: its times, what it is worth, and each stretch in which its clock stood still."""

    def __init__(self, screen: ReportsScreen, before: Pane, report: Report, service: str) -> None:
        super().__init__(screen, before, report)
        self.service = service
        self.opened: Opened | None = None

    def read(self) -> None:
        report, service = self.report, self.service
        self.screen.ask_store(
            lambda desk, now: read_service(desk, now, report, service), self._show, writes=False, refused=self._refused
        )

    def _show(self, opened: Opened) -> None:
        self.opened = opened
        self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.opened is not None

    def rows(self, cells: int, height: int) -> list[Row]:
        if self.opened is None:
            return []
        line, one = self.opened.line, self.opened.line.service
        credit = "--" if line.std_milliminutes is None else minutes(line.std_milliminutes)
        facts = (
            (_("Matter"), f"{line.matter}  x {one.quantity}"),
            (_("Clerk"), f"{line.clerk} {one.staff}   {_('window {number}').format(number=window_number(one.window))}"),
            (_("Time"), f"{one.day} {clock_text(one.start_t)} - {clock_text(one.end_t)}"),
            (_("Ticket"), one.number or "--"),
            (_("Used"), f"{duration(one.counted_s)} / {duration(one.limit_s)}{_over(line)}"),
            (_("Excluded"), duration(one.excluded_s)),
            (_("Credit"), f"{credit}  {line.remark}"),
            (_("In the tax software"), one.tax_core_no or "--"),
        )
        rows: list[Row] = [f" {fit(name, 20)} {text}" for name, text in facts]
        rows += [rule(cells), " " + _("When the clock stood still")]
        for words, stretch in self.opened.stretches:
            counts = _("excluded") if stretch.excluded else _("counts")
            length = duration(stretch.length_ms // 1000)
            rows.append(f" {clock_text(stretch.from_t)}  {right(length, 7)}  {fit(counts, 9)} {words}")
        return rows if self.opened.stretches else [*rows, "  " + _("it was never stopped")]

    def hint(self) -> str:
        return _("Esc leads back")


def minutes(std_milliminutes: int) -> str:
    """Standard minutes with two decimals."""
    return str((Decimal(std_milliminutes) / 1000).quantize(Decimal("0.01")))


def _over(line: BehindLine) -> str:
    one = line.service
    return f"   {_('over by')} {duration(one.counted_s - one.limit_s)}" if one.overtime else ""


def _rooms(cells: int) -> tuple[int, ...]:
    return (*ROOM[:3], ROOM[3] + WIDER, *ROOM[4:]) if cells >= WIDE_FROM else ROOM


def _cells(texts: Sequence[str], cells: int) -> str:
    rooms = _rooms(cells)
    start = "".join(f" {fit(text, room - 1)}" for text, room in zip(texts[:3], (6, *rooms[1:3]), strict=True))
    matter = f" {fit(middle(texts[3], rooms[3] - 1), rooms[3] - 1)}"
    numbers = "".join(right(text, room) for text, room in zip(texts[4:8], rooms[4:], strict=True))
    return fit(f"{start}{matter}{numbers}  {texts[8]}", cells)


def _heading(cells: int) -> str:
    heads = (_("Day"), _("Time"), _("Ticket"), _("Matter"), _("Qty"), _("Limit"), _("Used"), _("Credit"), _("Check"))
    return _cells(heads, cells)


def _row(line: BehindLine, cells: int) -> str:
    one = line.service
    credit = "--" if line.std_milliminutes is None else minutes(line.std_milliminutes)
    times = (duration(one.limit_s), duration(one.counted_s))
    who = (one.day[5:], clock_text(one.end_t)[:5], one.number or "--", line.matter, str(one.quantity))
    return _cells((*who, *times, credit, line.remark), cells)
