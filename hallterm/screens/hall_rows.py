"""Rows of the hall board's window list. Each row has three parts: what changes seldom, its clock, its groups.

The clocks hold whole minutes and stand in a widget of their own (columns 55-64): a tick repaints ten cells.
"""

from __future__ import annotations

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.rules.lamp import Lamp, LampShares, lamp
from hallterm.rules.numbers import window_number
from hallterm.rules.timers import running_counted_ms, running_pause_ms
from hallterm.screens.counter_words import matter_text as name_of_matter
from hallterm.screens.hall_words import ABSENT, hh_mm, matter_text, pause_word, state_word
from hallterm.widgets.cells import fit, right, width
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.hall_look import WindowLine
from storage.facts import Moment, WindowState

CLOCK_CELLS = 10
RIGHT_CELLS = 16
NAME, STATE, NUMBER = 11, 7, 6
BEFORE_MATTER = 4 + NAME + STATE + NUMBER
MINUTE_MS = 60_000
LAMP_INKS = {Lamp.GREEN: Ink.GREEN, Lamp.YELLOW: Ink.YELLOW, Lamp.RED: Ink.RED, Lamp.ESCALATE: Ink.ALARM}


def header(cells: int) -> str:
    """Row 4."""
    left = f" {fit(_('W'), 3)}{fit(_('Person'), NAME)}{fit(_('State'), STATE)}{fit(_('Tkt'), NUMBER)}{_('Matter')}"
    return fit(left, cells - CLOCK_CELLS - RIGHT_CELLS) + _(" time/of L Groups  Break  ")


def left_row(line: WindowLine, cells: int, *, chosen: bool, doubtful: bool) -> Row:
    """Window, person, state, ticket, matter. ``doubtful``: the number host is away, the state is the last one known."""
    state = state_word(line) + ("?" if doubtful and line.row.state is not WindowState.CLOSED else "")
    head = f"{'>' if chosen else ' '}{window_number(line.row.code):>2} {fit(line.staff_name or ABSENT, NAME - 1)} "
    ticket = line.number or ABSENT
    if line.silent_t:
        head += fit(state, STATE + NUMBER - 1) + " "
    else:
        head += fit(state, STATE - 1) + " " + fit(ticket, max(NUMBER, width(ticket) + 1))
    room = cells - width(head) - 1
    why = pause_word(line)
    short = room - width(why) - 2 if why else room
    matter = name_of_matter(line.matter, short) if line.matter is not None else matter_text(line)
    matter += f"  {why}" if why else ""
    ink = Ink.REVERSE if chosen else Ink.RED if line.post or line.silent_t else Ink.PLAIN
    return ((fit(head + fit(matter, room), cells), ink),)


def right_row(line: WindowLine) -> Row:
    """Groups and the last break, ``!`` where somebody works too long without one."""
    groups = " ".join((*line.row.primary_groups, *line.row.secondary_groups)) or ABSENT
    mark = "!" if line.long_work else " "
    text = f" {fit(groups, 8)}{right(hh_mm(line.break_t), 5)}{mark} "
    return ((text, Ink.YELLOW),) if line.long_work else text


class ClockCell(Struct, frozen=True):
    """What a clock shows now, and in how many ms it will show something else (0: never by itself)."""

    row: Row
    changes_in_ms: int = 0


def clock_cell(line: WindowLine, now: Moment) -> ClockCell:
    """Minutes used of the limit with the lamp's letter, or how long the window has been free, paused or on a break."""
    service, state = line.service, line.row.state
    if service is not None and state is WindowState.SERVING:
        return _serving(line, now)
    if state is WindowState.AWAITING_RATING:
        return ClockCell(f"  {_('rate')}")
    paused = service is not None and state is WindowState.PAUSED
    word = _SINCE.get(state)
    if word is None:
        return ClockCell(right(ABSENT, 5))
    past_ms = running_pause_ms(service, now) if service is not None and paused else max(0, now.t - line.row.since_t)
    minutes = str(past_ms // MINUTE_MS)
    text = f"  {_(word)}{right(minutes, max(3, len(minutes) + 1))}"
    return ClockCell(fit(text, CLOCK_CELLS), MINUTE_MS - past_ms % MINUTE_MS)


_SINCE = {
    WindowState.IDLE: N_("idle"),
    WindowState.PAUSED: N_("stop"),
    WindowState.BREAK: N_("rest"),
    WindowState.CALLED: N_("call"),
}


def _serving(line: WindowLine, now: Moment) -> ClockCell:
    service = line.service
    assert service is not None
    counted_ms = running_counted_ms(service, now)
    letter = lamp(counted_ms // 1000, service.limit_s, line.lamps)
    used = f"{right(str(counted_ms // MINUTE_MS), 4)}/{fit(str(service.limit_s // 60), 4)}"
    return ClockCell(
        ((used, Ink.PLAIN), (letter.value, LAMP_INKS[letter])), _next_change_ms(counted_ms, service.limit_s, line.lamps)
    )


def _next_change_ms(counted_ms: int, limit_s: int, lamps: LampShares) -> int:
    """Until the next whole minute, or until the lamp changes, whichever is first."""
    later = [
        at - counted_ms
        for at in (*lamps.changes_ms(limit_s), (counted_ms // MINUTE_MS + 1) * MINUTE_MS)
        if at > counted_ms
    ]
    return min(later)
