"""What the mirror of a window says, row by row: the matter that runs, the question for a rating, the thanks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hallterm.locale import N_, _
from hallterm.rules.day import clock_text
from hallterm.rules.ratings import SCALES
from hallterm.rules.timers import elapsed_ms, pause_rule, running_counted_ms
from hallterm.screens.counter_words import hh_mm, limit_text, matter_text, running, used
from hallterm.screens.mirror_check import KEYS as CHECK_KEYS
from hallterm.screens.mirror_check import check_rows, waits
from hallterm.widgets.cells import cut, fit, folded, width
from hallterm.widgets.lines import Row
from hallterm.workflows.mirror import RUNS, MirrorView
from storage.facts import Moment, PauseReason, WindowState
from storage.views import ServiceRow

SHOWN_MS = 20_000
"""For how long a person reads how it ended."""
LABEL_CELLS = 15
RESTARTS = N_("The counter's program is coming back. Your matter is safe")
PAUSED_FREE = N_("Paused: {reason} (since {time}). Not counted; you need not queue again")
PAUSED_COUNTED = N_("Paused: {reason} (since {time}). You need not queue again")
ASK = N_("Please rate if you like. The counter does not see your choice; none is preset")
ONCE = N_("One press of a digit is enough. {limit} s in all, {gone} s gone")
NAMELESS = N_("Your name is not shown to whom you rate")
KEYS = N_("Keys: {digits} = rate   0 = no rating   other keys do nothing")
ONLY_SHOWS = N_("This screen only shows: its keyboard is that of the counter. Please rate on the pad")
THANKS = N_("Thank you for rating. Noted at {time}")
UNRATED = N_("Number {number} was not rated. Thank you for coming")
UNRATED_NO_NUMBER = N_("Your matter was not rated. Thank you for coming")
NOT_RECORDED = N_("Not noted. Please press again, or ask for a rating card at the guide's desk")


def mirror_rows(view: MirrorView, now: Moment, cells: int, *, roomy: bool = False) -> list[Row]:
    """The rows below the rule; nothing while nobody is served here. ``roomy``: wide letters, more air."""
    rows = _ROWS[view.window.state](view, now, cells, roomy) if view.window.state in _ROWS else []
    return list(rows)


def last_row(view: MirrorView) -> str:
    """Row 24: which keys count, while any does."""
    if view.window.state in RUNS and view.service is not None and waits(view):
        return " " + _(CHECK_KEYS)
    if view.window.state is not WindowState.AWAITING_RATING or view.service is None:
        return ""
    if not view.rates:
        return " " + _(ONLY_SHOWS)
    return " " + _(KEYS).format(digits=" ".join(str(one.level) for one in SCALES[view.scale]))


def ticks(view: MirrorView, now: Moment) -> bool:
    """Whether something that is shown depends on the second."""
    if view.window.state in (WindowState.SERVING, WindowState.PAUSED, WindowState.AWAITING_RATING):
        return view.service is not None
    return _is_news(view, now)


def _is_news(view: MirrorView, now: Moment) -> bool:
    return bool(view.outcome) and 0 <= now.t - view.outcome_t < SHOWN_MS


def _loud(text: str, roomy: bool) -> str:
    """From further away: a space behind each letter."""
    return " ".join(text) if roomy else text


def _label(word: str, cells: int) -> str:
    return fit(f"  {word}", max(cells, width(word) + 4))


def _matter_rows(view: MirrorView, service: ServiceRow, cells: int, times: list[str]) -> list[Row]:
    label = _label(_("Your matter"), LABEL_CELLS)
    number = _("Number {number}").format(number=view.ticket) if view.ticket else _("Without a number")
    started = _("began {time}").format(time=hh_mm(service.start_t))
    return [
        label + matter_text(view.matter, cells - width(label) - 1),
        "  " + "   ".join([number, started, *times]),
    ]


def _serving(view: MirrorView, now: Moment, cells: int, roomy: bool) -> list[Row]:
    service = view.service
    if service is None:
        return []
    clock = f"{running(running_counted_ms(service, now) // 1000)} / {running(service.limit_s)}"
    rows = _matter_rows(view, service, cells, [clock, _pause_word(view)])
    rows += check_rows(view, cells)
    sentence = _(RESTARTS) if view.away else _paused(service)
    if sentence:
        rows += [f"  {line}" for line in folded(sentence, cells - 3, 2)]
    return _aired(rows) if roomy else rows


def _pause_word(view: MirrorView) -> str:
    return _("paused") if view.window.state is WindowState.PAUSED else _("being served")


def _paused(service: ServiceRow) -> str:
    if service.pause_reason not in tuple(PauseReason):
        return ""
    rule = pause_rule(PauseReason(service.pause_reason))
    words = PAUSED_FREE if service.pause_excluded else PAUSED_COUNTED
    return _(words).format(reason=_(rule.label), time=hh_mm(service.pause_t))


def _aired(rows: list[Row]) -> list[Row]:
    """A blank row behind each."""
    return [one for row in rows for one in (row, "")]


def _rating(view: MirrorView, now: Moment, cells: int, roomy: bool) -> list[Row]:
    service = view.service
    if service is None:
        return []
    times = [
        _("done {time}").format(time=hh_mm(service.end_t)),
        _("took {time}").format(time=used(service.counted_s)),
        _("limit {time}").format(time=limit_text(service.limit_s)),
    ]
    gap: list[Row] = ["", ""] if roomy else [""]
    rows = [*_matter_rows(view, service, cells, times), *gap, "  " + cut(_(ASK), cells - 3), *gap, ""]
    if not view.rates:
        return rows
    for level in SCALES[view.scale]:
        rows += [f"      {level.level}     {_loud(_(level.label), roomy)}", *gap]
    rows += [*gap, f"      0     {_loud(_('No rating'), roomy)}", *gap]
    counted = _(ONCE).format(limit=view.timeout_s, gone=min(asked_s(view, now), view.timeout_s))
    return [*rows, "  " + counted, "  " + _(NAMELESS)]


def asked_s(view: MirrorView, now: Moment) -> int:
    """Whole seconds since the person was asked."""
    ask = view.ask
    if ask is None or ask.state != "open":
        return max(0, now.t - view.window.since_t) // 1000
    return elapsed_ms(ask.asked_t, ask.asked_m, ask.asked_boot, now) // 1000


def _ended(view: MirrorView, now: Moment, cells: int, roomy: bool) -> list[Row]:
    if not _is_news(view, now):
        return []
    if view.outcome == "rated":
        text = _(THANKS).format(time=clock_text(view.outcome_t))
    else:
        text = _(UNRATED).format(number=view.ticket) if view.ticket else _(UNRATED_NO_NUMBER)
    return [*[""] * (6 if roomy else 3), "  " + cut(text, cells - 3)]


_ROWS: Mapping[WindowState, Callable[[MirrorView, Moment, int, bool], list[Row]]] = {
    WindowState.SERVING: _serving,
    WindowState.PAUSED: _serving,
    WindowState.AWAITING_RATING: _rating,
    WindowState.IDLE: _ended,
}
