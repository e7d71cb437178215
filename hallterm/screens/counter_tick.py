"""What runs by the second at the counter: the tick field of row 8, its word, and the bar of row 9."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import N_, _
from hallterm.rules.lamp import LABELS, Lamp, lamp
from hallterm.rules.queue import CALL_GAP_S, MAX_CALLS
from hallterm.rules.timers import running_counted_ms, running_pause_ms
from hallterm.screens.counter_words import asked_s, called_s, running
from hallterm.widgets.lines import Ink, Piece, Row
from hallterm.workflows.seen import CounterView
from storage.facts import Moment, WindowState
from storage.views import ServiceRow

BAR_CELLS = 20
_INKS: Mapping[Lamp, Ink] = {
    Lamp.GREEN: Ink.GREEN,
    Lamp.YELLOW: Ink.YELLOW,
    Lamp.RED: Ink.RED,
    Lamp.ESCALATE: Ink.ALARM,
}
RECALL_IN = N_("Called {seconds} s  again in {left} s")
RECALL_NOW = N_("Called {seconds} s  may call again")
NO_SHOW_IN = N_("Called {seconds} s  gone in {left} s")
NO_SHOW_NOW = N_("Called {seconds} s  may be gone")


def tick_row(view: CounterView, now: Moment) -> Row:
    """The tick field: a clock before its limit, the length of a pause, the age of a call, the wait for a rating."""
    state, service = view.window.state, view.service
    if state is WindowState.CALLED:
        return f" {_call_text(view, now)}"
    if state is WindowState.AWAITING_RATING:
        text = _("Asked for {seconds} s  of {limit} s")
        return " " + text.format(seconds=min(asked_s(view, now), view.rating_timeout_s), limit=view.rating_timeout_s)
    if service is not None and state in (WindowState.SERVING, WindowState.PAUSED):
        return _clock(view, service, now)
    return ""


def _clock(view: CounterView, service: ServiceRow, now: Moment) -> Row:
    counted_s = running_counted_ms(service, now) // 1000
    left_s = service.limit_s - counted_s
    burns = lamp(counted_s, service.limit_s, view.lamps)
    if view.window.state is WindowState.PAUSED:
        rest = _("stop {time}").format(time=running(running_pause_ms(service, now) // 1000))
    elif left_s >= 0:
        rest = _("left {time}").format(time=running(left_s))
    else:
        rest = _("over {time}").format(time=running(-left_s))
    pieces: tuple[Piece, ...] = (
        (" ", Ink.PLAIN),
        (f"[{burns.value}]", _INKS[burns]),
        (f" {running(counted_s)} / {running(service.limit_s)}  {rest}", Ink.PLAIN),
    )
    return pieces


def _call_text(view: CounterView, now: Moment) -> str:
    seconds = called_s(view, now)
    often = view.ticket is not None and view.ticket.calls >= MAX_CALLS
    left = CALL_GAP_S - seconds
    if left > 0:
        return _(NO_SHOW_IN if often else RECALL_IN).format(seconds=seconds, left=left)
    return _(NO_SHOW_NOW if often else RECALL_NOW).format(seconds=seconds)


def tick_word(view: CounterView, now: Moment) -> str:
    """The word behind a running clock: the alarm that needs no colour."""
    if view.service is None or view.window.state is not WindowState.SERVING:
        return ""
    return _(LABELS[lamp(running_counted_ms(view.service, now) // 1000, view.service.limit_s, view.lamps)])


def bar_text(view: CounterView, now: Moment) -> str:
    """Row 9: the part of the limit that is used."""
    if view.service is None or view.window.state not in (WindowState.SERVING, WindowState.PAUSED):
        return ""
    counted_ms = running_counted_ms(view.service, now)
    filled = min(BAR_CELLS, counted_ms * BAR_CELLS // max(1, view.service.limit_s * 1000))
    return f"     [{'#' * filled}{'.' * (BAR_CELLS - filled)}]"


def to_next_second_s(view: CounterView, now: Moment) -> float:
    """How long the tick field stays as it is."""
    service = view.service
    if view.window.state is WindowState.SERVING and service is not None:
        gone_ms = running_counted_ms(service, now)
    elif view.window.state is WindowState.PAUSED and service is not None:
        gone_ms = running_pause_ms(service, now)
    else:
        gone_ms = now.t
    return (1000 - gone_ms % 1000) / 1000
