"""One's own leave (menu 22): when, what kind, F8. Half a day needs no dates; everything is worked out before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.rules.leave import HalfDay, Span, leave_rule
from hallterm.screens.attendance_words import (
    day_text,
    days,
    half_day_text,
    half_text,
    off_text,
    with_case,
)
from hallterm.screens.my_requests import OwnRequestsPane
from hallterm.screens.panes import Pane, PaneScreen
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut, fit
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.seconds import LONGEST_REST_S
from hallterm.widgets.writing import reason_text
from hallterm.workflows.leave import (
    LeaveDone,
    LeaveDraft,
    Weighed,
    ask_leave,
    span_text,
    weighed,
)
from hallterm.workflows.leave_looking import OwnLeave, own_leave_look
from storage.facts import Half, LeaveType, Moment
from storage.views.attendance import LeaveRow

if TYPE_CHECKING:
    from hallterm.rules.words import Reason
    from hallterm.workflows.desk import Desk

T = LeaveType
KINDS: Sequence[tuple[str, tuple[LeaveType, ...]]] = (
    (N_("Annual leave"), (T.ANNUAL,)),
    (N_("Personal leave"), (T.PERSONAL,)),
    (N_("Sick leave"), (T.SICK,)),
    (N_("Compensatory leave"), (T.COMPENSATORY,)),
    (N_("Marriage, bereavement, birth"), (T.MARRIAGE, T.BEREAVEMENT, T.MATERNITY, T.PATERNITY)),
    (N_("Work injury"), (T.WORK_INJURY,)),
    (N_("Trip, meeting"), (T.OFFICIAL_TRIP, T.MEETING)),
    (N_("Study or training"), (T.STUDY,)),
)
"""The list at the right: a digit takes a kind, or opens the few behind it."""
LEFT = 40


class RequestPane(Pane):
    """Two lists, one after the other: the digits go to the one that is not answered."""

    screen: MyLeaveScreen

    def __init__(self, screen: MyLeaveScreen) -> None:
        super().__init__(screen)
        self._forget()

    def _forget(self) -> None:
        self.first: HalfDay | None = None
        self.last: HalfDay | None = None
        self.kind: LeaveType | None = None
        self.few: tuple[LeaveType, ...] = ()
        self.to_the_end = False
        self.seen: Weighed | None = None
        self.reason = self.again = ""

    def again_from(self, row: LeaveRow) -> None:
        """A rejected request is filled in anew."""
        self._forget()
        self.again, self.reason = row.id, row.reason

    def read(self) -> None:
        self.screen.read_own()

    @property
    def is_read(self) -> bool:
        return self.screen.look is not None

    @property
    def look(self) -> OwnLeave:
        """What was read; only asked where :attr:`is_read`."""
        look = self.screen.look
        assert look is not None
        return look

    def head(self, cells: int) -> Row:
        return self.screen.head()

    # drawn

    def rows(self, cells: int, height: int) -> list[Row]:
        whens, kinds = self._whens(), self._kinds()
        rows: list[Row] = [
            (
                (fit(f"    {_('Until when?') if self.to_the_end else _('When?')}", LEFT), Ink.BOLD),
                (_("What kind?"), Ink.BOLD if self.first else Ink.DIM),
            )
        ]
        for place in range(max(len(whens), len(kinds))):
            left = whens[place] if place < len(whens) else ("", Ink.PLAIN)
            right = kinds[place] if place < len(kinds) else ("", Ink.PLAIN)
            rows.append(((fit(left[0], LEFT), left[1]), right))
        rows += ["", *self._weighed(cells)]
        return rows

    def _whens(self) -> list[tuple[str, Ink]]:
        numbered = self.first is None or self.to_the_end
        found: list[tuple[str, Ink]] = []
        for number, one in enumerate(self.look.choices, 1):
            mark = ">" if one in (self.first, self.last) else " "
            today = "   " + _("today") if one[0] == self.look.today else ""
            text = f"{mark} {number if numbered else ' '}  {day_text(one[0])}  {half_text(one[1])}{today}"
            found.append((text, Ink.REVERSE if mark == ">" else Ink.PLAIN))
        typed = [one for one in (self.first, self.last) if one and one not in self.look.choices]
        other = "  ".join(half_day_text(*one) for one in typed) or _("another day")
        return [*found, (f"{'>' if typed else ' '} {9 if numbered else ' '}  {other}", Ink.PLAIN)]

    def _kinds(self) -> list[tuple[str, Ink]]:
        numbered = self.first is not None and not self.to_the_end
        few = [(leave_rule(kind).label, (kind,)) for kind in self.few]
        options: Sequence[tuple[str, tuple[LeaveType, ...]]] = few or KINDS
        found: list[tuple[str, Ink]] = []
        for number, (words, kinds) in enumerate(options, 1):
            chosen = self.kind in kinds
            text = f"{'>' if chosen else ' '} {number if numbered else ' '}  {fit(_(words), 22)}{self._costs(kinds)}"
            found.append((text, Ink.REVERSE if chosen else Ink.PLAIN))
        if numbered:
            key = self.screen.key_name(Slot.F6)
            found.append((f"    {_('{key} until another half-day').format(key=key)}", Ink.PLAIN))
        return found

    def _costs(self, kinds: Sequence[LeaveType]) -> str:
        milli = self.look.costs_milli.get(kinds[0], 0)
        return _("{points} a half-day").format(points=off_text(milli)) if milli else _("costs nothing")

    def _weighed(self, cells: int) -> list[Row]:
        seen = self.seen
        if seen is None:
            return []
        if seen.refusal is not None:
            return [((cut(f" X {reason_text(self.screen, seen.refusal)}", cells), Ink.RED),)]
        parts = [reason_text(self.screen, span_text(seen.leave_type, seen.span))]
        parts.append(
            _("{points} points off").format(points=off_text(seen.points_milli))
            if seen.points_milli
            else _("costs nothing")
        )
        if seen.certificate:
            parts.append(_("needs a certificate"))
        if seen.afterwards:
            parts.append(_("asked for afterwards: explain it by the end of the next working day"))
        if seen.span.provisional:
            parts.append(_("~ holidays not announced"))
        if seen.stands_in:
            parts.append(_("B {staff} stands in").format(staff=seen.stands_in))
        parts.append(_("no overlap"))
        return [cut(f" {_(', ').join(parts)}", cells), *([f" {_('Reason')}: {self.reason}"] if self.reason else [])]

    def foot(self, cells: int) -> Row:
        if self.again:
            return " " + _("the rejected request comes again with what is chosen now")
        return ""

    def hint(self) -> str:
        return _("digits choose, Esc takes the last answer back")

    # keys

    def bar(self) -> list[Key]:
        when = "" if self.first else _("first when")
        kind = when or ("" if self.kind else _("no kind is chosen yet"))
        send = kind or (_("see the line above") if self.seen is None or self.seen.refusal else "")
        return [
            Key(Slot.F6, _("Until"), self._until, when),
            Key(Slot.F7, _("Mine"), self.screen.next_view),
            Key(Slot.F8, _("Send"), self._send, send),
            Key(Slot.CTRL_R, _("Why"), self._ask_reason),
        ]

    def digit(self, digit: int) -> bool:
        if self.first is None or self.to_the_end:
            self._when(digit)
        elif digit:
            self._kind(digit)
        return True

    def back(self) -> bool:
        if self.first is None:
            return False
        if self.to_the_end:
            self.to_the_end = False
        elif self.few or self.kind:
            self.few, self.kind = (), None
        elif self.last:
            self.last = None
        else:
            self.first = None
        self._weigh()
        return True

    def _when(self, digit: int) -> None:
        if digit == 9:
            hint = _("a day and 1 morning or 2 afternoon: 12-03 1")
            self.screen.ask_text(_("To half") if self.to_the_end else _("From half"), hint, 12, self._typed)
        elif 0 < digit <= len(self.look.choices):
            self._answered(self.look.choices[digit - 1])

    def _typed(self, text: str) -> None:
        typed, _blank, half = text.replace("/", "-").partition(" ")
        day = nearest_day(typed, self.look.today)
        if not day or half.strip() not in ("1", "2"):
            wrong = _("{text} is no half-day: write 12-03 1 for the morning, 12-03 2 for the afternoon")
            self.screen.say(wrong.format(text=text), NOT_DONE)
            return
        self._answered((day, Half.AM if half.strip() == "1" else Half.PM))

    def _answered(self, one: HalfDay) -> None:
        if self.to_the_end:
            self.last, self.to_the_end = one, False
        else:
            self.first = one
        self._weigh()

    def _kind(self, digit: int) -> None:
        if self.few:
            if digit <= len(self.few):
                self.kind = self.few[digit - 1]
        elif digit <= len(KINDS):
            kinds = KINDS[digit - 1][1]
            self.kind, self.few = (kinds[0], ()) if len(kinds) == 1 else (None, kinds)
        self._weigh()

    def _until(self) -> None:
        self.to_the_end = True

    def _ask_reason(self) -> None:
        def entered(text: str) -> None:
            self.reason = text

        self.screen.ask_text(_("Reason"), _("may stay empty"), 40, entered)

    @property
    def _draft(self) -> LeaveDraft | None:
        if self.first is None or self.kind is None:
            return None
        return LeaveDraft(self.kind, Span(self.first, self.last or self.first), self.reason, self.again)

    def _weigh(self) -> None:
        self.seen, draft = None, self._draft
        if draft is not None:
            self.screen.ask_store(
                lambda desk, now: weighed(desk.journal.database, desk.hall, desk.staff, draft, now),
                self._weighs,
                writes=False,
            )

    def _weighs(self, seen: Weighed) -> None:
        self.seen = seen
        self.screen.repaint()

    def _send(self) -> None:
        draft = self._draft
        if draft is not None:
            self.screen.ask_store(lambda desk, now: ask_leave(desk, draft, now), self._sent)

    def _sent(self, done: LeaveDone) -> None:
        self._forget()
        self.screen.wrote(done.words)


class MyLeaveScreen(PaneScreen):
    """F7 goes between asking and what was asked for; Esc and the menu lead back."""

    in_mode = "my_leave"
    heading = N_("Leave")

    def __init__(self) -> None:
        self.look: OwnLeave | None = None
        super().__init__(id="my-leave")

    def first_pane(self) -> Pane:
        self.look = None
        self.asking_pane, self.own = RequestPane(self), OwnRequestsPane(self)
        return self.asking_pane

    def place(self) -> tuple[str, str]:
        look = self.look
        if look is None:
            return "", ""
        return look.hall_name, f"{look.name} {look.staff}"

    def read_own(self) -> None:
        """Ask for the choices and one's requests."""
        self.ask_store(own_leave_look, self._show, writes=False, refused=self.refused)

    def _show(self, look: OwnLeave) -> None:
        if self.is_current:
            self.look = look
            self.repaint()

    def rest_s(self, now: Moment) -> float:
        return LONGEST_REST_S

    def head(self) -> Row:
        """Row 2: what was asked for so far."""
        look = self.look
        if look is None:
            return ""
        text = _("asked for this month {month} days   annual leave this year {annual} days")
        said = " " + text.format(month=days(look.month_halves), annual=days(look.annual_halves))
        return with_case(said, look.serving, self.size.width)

    def next_view(self) -> None:
        """The other pane."""
        self.turn_to(self.own if self.pane is self.asking_pane else self.asking_pane)

    def write(self, work: Callable[[Desk, Moment], Reason]) -> None:
        """Record something."""
        self.ask_store(work, self.wrote)


def nearest_day(text: str, today: str) -> str:
    """``2026-12-03`` of itself or of ``12-03``: the one nearest to today; empty for what is no day."""
    padded = "-".join(part.zfill(2) for part in text.split("-"))
    years = [""] if len(padded) == 10 else [f"{int(today[:4]) + by}-" for by in (-1, 0, 1)]
    found = []
    for year in years:
        try:
            found.append(date.fromisoformat(year + padded))
        except ValueError:
            continue
    here = date.fromisoformat(today)
    return min(found, key=lambda one: abs((one - here).days)).isoformat() if found else ""
