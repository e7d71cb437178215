"""The rows behind one part of a person's assessment: services, or half-days, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hallterm.locale import N_, _
from hallterm.own_assessment import PartRows
from hallterm.reports.lists import reason_words
from hallterm.reports.writing import duration
from hallterm.rules.attendance import HalfDayRecord
from hallterm.rules.day import clock_text
from hallterm.rules.reconciliation import is_credited
from hallterm.screens.assessment_look import Ask, AssessmentLook
from hallterm.screens.assessment_words import ABSENT, PART_NAMES, minutes, points
from hallterm.screens.attendance_words import DUTIES, half_day_text, outcome
from hallterm.screens.panes import Pane, moved, window_of
from hallterm.screens.technician_page import Key, listed
from hallterm.services_behind import remark
from hallterm.widgets.cells import fit, middle, right, spread
from hallterm.widgets.lines import Ink, Row
from storage.facts import Part, Verified
from storage.views.assessment import ErrorRow, ServiceLine

if TYPE_CHECKING:
    from hallterm.screens.assessment import AssessmentScreen

MATTER_CELLS = 22
MATTER_MOST = 46
"""Cells of a matter, and on a wide screen."""
NARROW = 80
TICKET_CELLS = 7
TIME_CELLS = 7
RATED = -1
"""Somebody rated it; how is not told to the person himself."""
HEADS = {
    Part.RATING: (N_("Qty"), N_("Rating")),
    Part.BUSINESS: (N_("Qty"), N_("Limit"), N_("Used"), N_("Credit"), N_("Check")),
    Part.EFFICIENCY: (N_("Qty"), N_("Limit"), N_("Used"), N_("Over"), N_("Excl.")),
}


class PartPane(Pane):
    """``ask`` names the person and the part."""

    screen: AssessmentScreen

    def __init__(self, screen: AssessmentScreen, ask: Ask, before: Pane) -> None:
        super().__init__(screen)
        self.ask, self.before = ask, before
        self.look: AssessmentLook | None = None
        self._at = self._top = 0
        self._cells = MATTER_CELLS

    def read(self) -> None:
        self.screen.read(self.ask, self._show)

    def _show(self, look: AssessmentLook) -> None:
        self.look = look

    @property
    def is_read(self) -> bool:
        return self.look is not None

    @property
    def found(self) -> PartRows:
        """What was read; only asked where :attr:`is_read`."""
        assert self.look is not None
        assert self.look.part is not None
        return self.look.part

    @property
    def _texts(self) -> list[str]:
        found = self.found
        if found.part is Part.ATTENDANCE:
            return [half_day(one) for one in found.half_days]
        names = self.screen.matters
        lines = [LINES[found.part](one, self._matter(one, names)) for one in found.services]
        return [*(error(one) for one in found.errors), *lines]

    def _matter(self, one: ServiceLine, names: Mapping[str, str]) -> str:
        return fit(middle(f"{one.code} {names.get(one.code, '')}", self._cells - 1), self._cells)

    # drawn

    def head(self, cells: int) -> Row:
        look = self.look
        if look is None or look.person is None:
            return ""
        person = look.person
        text = f"{person.name} {person.staff}  {person.period.code}  {_(PART_NAMES[self.found.part])}"
        end = _("points {points}").format(points=points(person.one.score.parts[self.found.part]))
        return self.screen.net(look.health, text, end)

    def rows(self, cells: int, height: int) -> list[Row]:
        self._cells = max(MATTER_CELLS, min(MATTER_MOST, MATTER_CELLS + cells - NARROW))
        texts, room = self._texts, max(1, height - 1)
        rows: list[Row] = [columns(self.found.part, self._cells)]
        if not texts:
            return [*rows, " " + _("nothing stands behind this part in this time")]
        self._at = min(self._at, len(texts) - 1)
        self._top = window_of(self._at, self._top, len(texts), room)
        for place, text in enumerate(texts[self._top : self._top + room], self._top):
            rows.append(listed(text, Ink.PLAIN, chosen=place == self._at))
        return rows

    def foot(self, cells: int) -> Row:
        found, count = self.found, len(self._texts)
        text = _("{count} rows").format(count=count)
        if found.part is Part.BUSINESS:
            credited = sum(one.std_milliminutes for one in found.services if counts(one))
            text = _("{count} services, {minutes} standard minutes").format(
                count=len(found.services), minutes=minutes(credited)
            )
        last = min(self._top + max(1, self.screen.size.height - 8), count)
        return spread(f" {text}", f"{self._top + 1 if count else 0}-{last}/{count} ", cells)

    def hint(self) -> str:
        return _("arrows and PgDn move, Esc goes back to the parts")

    def bar(self) -> list[Key]:
        return []

    def arrow(self, key: str) -> None:
        self._at = moved(self._at, key, max(1, len(self._texts)), max(1, self.screen.size.height - 8))

    def back(self) -> bool:
        self.screen.turn_to(self.before)
        return True


def columns(part: Part, cells: int) -> str:
    """The headings of a list."""
    if part is Part.ATTENDANCE:
        return f" {fit(_('Day'), 14)}{fit(_('Plan'), 12)}{_('Outcome')}"
    head = f" {fit(_('Day'), 6)}{fit(_('Time'), 6)}{fit(_('Ticket'), TICKET_CELLS)}{fit(_('Matter'), cells)}"
    names = [_(name) for name in HEADS[part]]
    if part is Part.RATING:
        return f"{head}{right(names[0], 5)}  {names[1]}"
    tail = f"  {names[4]}" if part is Part.BUSINESS else right(names[4], TIME_CELLS)
    return f"{head}{right(names[0], 5)}{''.join(right(name, TIME_CELLS) for name in names[1:4])}{tail}"


def _start(one: ServiceLine, matter: str) -> str:
    head = f"{fit(one.day[5:], 6)}{fit(clock_text(one.end_t)[:5], 6)}{fit(one.number or ABSENT, TICKET_CELLS)}"
    return f"{head}{matter}{right(str(one.quantity), 5)}"


def _rated(one: ServiceLine, matter: str) -> str:
    if one.level == RATED:
        said = _("rated")
    elif one.level:
        said = _("level {level}").format(level=one.level)
    else:
        said = reason_words(one.unrated) + (f"  {_('exempt')}" if one.exempt else "")
    return f"{_start(one, matter)}  {said}"


def _credited(one: ServiceLine, matter: str) -> str:
    back = one.entry_mode == "back_entry"
    limit, used = (ABSENT, ABSENT) if back else (duration(one.limit_s), duration(one.counted_s))
    credit = points_of(one.std_milliminutes) if counts(one) else ABSENT
    note = remark(Verified(one.verified), suspicious=one.suspicious, back_entry=back)
    return (
        f"{_start(one, matter)}{right(limit, TIME_CELLS)}{right(used, TIME_CELLS)}{right(credit, TIME_CELLS)}  {note}"
    )


def counts(one: ServiceLine) -> bool:
    """Whether it has its standard minutes."""
    return is_credited(Verified(one.verified), suspicious=one.suspicious)


def _timed(one: ServiceLine, matter: str) -> str:
    over = f"+{duration(one.counted_s - one.limit_s)}" if one.overtime else ""
    times = (duration(one.limit_s), duration(one.counted_s), over, duration(one.excluded_s))
    return _start(one, matter) + "".join(right(text, TIME_CELLS) for text in times)


LINES = {Part.RATING: _rated, Part.BUSINESS: _credited, Part.EFFICIENCY: _timed}


def points_of(milli: int) -> str:
    """Thousandths of a standard minute, as minutes with two decimals."""
    return f"{milli / 1000:.2f}"


def half_day(one: HalfDayRecord) -> str:
    """One half-day."""
    return f"{fit(half_day_text(one.day, one.half), 14)}{fit(_(DUTIES[one.duty]), 12)}{outcome(one)}"


def error(one: ErrorRow) -> str:
    """A verified error; one that was withdrawn says so."""
    state = _("withdrawn") if one.withdrawn_t else _("error")
    return f"{fit(one.day[5:], 6)}{fit(state, 14)}{one.code}  {one.note}"
