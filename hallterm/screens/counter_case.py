"""Rows 4-10 at the left: the case at the window, or the next one. The same fields in each state, so nothing jumps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hallterm.locale import _, language
from hallterm.rules.counter import WALK_UP_LABELS
from hallterm.rules.day import clock_text
from hallterm.rules.labels import BREAK_REASONS, WINDOW_STATES
from hallterm.rules.queue import class_rule
from hallterm.rules.ratings import unrated_rule
from hallterm.rules.slots import Slot
from hallterm.rules.timers import pause_rule
from hallterm.screens.counter_panel import LEFT_CELLS
from hallterm.screens.counter_words import (
    ABSENT,
    hh_mm,
    limit_text,
    matter_text,
    ordinal,
    subject,
    used,
)
from hallterm.widgets.cells import cut, fit, width
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.seen import CounterView, LastLine
from hallterm.workflows.ticketing import GROUPS
from storage.facts import CounterAction, PauseReason, UnratedReason, WalkUpReason, WindowState

Keys = Mapping[Slot, str]
OPEN_CASE = (WindowState.CALLED, WindowState.SERVING, WindowState.PAUSED, WindowState.AWAITING_RATING)


def group_name(prefix: str) -> str:
    """``B 发票``."""
    names = GROUPS.get(prefix)
    return f"{prefix} {_(names[0])}" if names else prefix


def top_rows(view: CounterView, keys: Keys, cells: int) -> list[Row]:
    """Rows 4-7, and, while nothing ticks, rows 8 and 9 as well: six rows."""
    if view.window.state in OPEN_CASE:
        return [*_case_rows(view, cells), "", ""]
    if view.window.state is WindowState.IDLE:
        return _idle_rows(view, keys, cells)
    return [_status(view), "", _away_text(view, keys), "", last_row(view.last, cells), ""]


def _status(view: CounterView) -> Row:
    """Row 4: the state, what it is about, since when."""
    state = _(WINDOW_STATES[view.window.state]).upper()
    detail = _DETAILS[view.window.state](view) if view.window.state in _DETAILS else _since(view)
    return ((f" {state}", Ink.BOLD), (f"  {detail}", Ink.PLAIN))


def _since(view: CounterView) -> str:
    return _("since {time}").format(time=hh_mm(view.window.since_t)) if view.window.since_t else ""


def _serving(view: CounterView) -> str:
    return _("{nth} matter").format(nth=ordinal(view.leg or 1))


def _called(view: CounterView) -> str:
    ticket = view.ticket
    if ticket is None:
        return ""
    text = _("{nth} call {time}").format(nth=ordinal(ticket.calls), time=clock_text(ticket.last_called_t))
    shown = any(one.role == "window_display" and one.state == "ready" for one in view.health.devices)
    return f"{text}   {_('on the display')}" if shown else text


def _paused(view: CounterView) -> str:
    service = view.service
    if service is None or not service.pause_reason:
        return ""
    rule = pause_rule(PauseReason(service.pause_reason))
    text = _(rule.label)
    if rule.by_program:
        text += " " + _("from {time}").format(time=clock_text(service.pause_t))
    counts = _("not counted") if service.pause_excluded else _("counted")
    room = LEFT_CELLS - width(f" {_(WINDOW_STATES[WindowState.PAUSED])}  ") - width(f"   {counts} ")
    return f"{cut(text, room)}   {counts}"


def _awaiting(view: CounterView) -> str:
    service = view.service
    if service is None:
        return ""
    about = service.code if view.ticket is None else view.ticket.number
    if view.ticket is not None and language() != "en":  # its words are longer; the code stands on row 6
        about += f" {service.code}"
    finished = _("{subject} done").format(subject=about)
    spent = _("took {time}").format(time=used(service.counted_s))
    return f"{finished}  {clock_text(service.end_t)}   {spent}"


def _break(view: CounterView) -> str:
    reasons = {reason.value: label for reason, label in BREAK_REASONS.items()}
    label = reasons.get(view.window.reason, "")
    return f"{_(label)}  {_since(view)}" if label else _since(view)


_DETAILS: Mapping[WindowState, Callable[[CounterView], str]] = {
    WindowState.SERVING: _serving,
    WindowState.CALLED: _called,
    WindowState.PAUSED: _paused,
    WindowState.AWAITING_RATING: _awaiting,
    WindowState.BREAK: _break,
}


def _case_rows(view: CounterView, cells: int) -> list[Row]:
    label = _label(_("Matter"))
    named = matter_text(view.matter, cells - width(label) - 1)
    matter = label + (named if view.matter else _("not named on the ticket: choose it by its digit"))
    return [_status(view), _ticket_text(view), matter, _count_text(view)]


def _label(word: str) -> str:
    """`` 票号  `` or `` Ticket  ``: the fields of a case begin in one column."""
    return fit(f" {word}", max(7, width(_("Ticket")) + 3))


def _ticket_text(view: CounterView) -> str:
    ticket = view.ticket
    if ticket is None:
        text = _("without a number: {reason}").format(reason=_walk_up_reason(view))
        return f"{_label(_('Ticket'))}{ABSENT}    {text}"
    issued = _("issued {time}").format(time=hh_mm(ticket.issued_t))
    waited = ABSENT if ticket.wait_s is None else _("{minutes} min waited").format(minutes=ticket.wait_s // 60)
    gap = "  " if width(issued) > 10 else "   "
    return f"{_label(_('Ticket'))}{ticket.number}  {_(class_rule(ticket.cls).label)}{gap}{issued}  {waited}"


def _walk_up_reason(view: CounterView) -> str:
    reason = view.service.walk_up_reason if view.service else ""
    return _(WALK_UP_LABELS[WalkUpReason(reason)]) if reason in tuple(WalkUpReason) else ABSENT


def _count_text(view: CounterView) -> str:
    service, matter = view.service, view.matter
    if service is None:
        quantity, limit_s = 1, matter.limit_min * 60 if matter else 0
    else:
        quantity, limit_s = service.quantity, service.limit_s
    limit = _("Limit {time}").format(time=limit_text(limit_s)) if limit_s else _("Limit {time}").format(time=ABSENT)
    text = f"{_label(_('Count'))}{fit(str(quantity), 4 if width(limit) > 11 else 5)}{limit}"
    if service is not None and view.first_inquiry:
        text += "    " if width(limit) <= 11 else "   "
        text += _("First asked {name}").format(name=view.first_inquiry)
    return text


def _idle_rows(view: CounterView, keys: Keys, cells: int) -> list[Row]:
    rows: list[Row] = [_status(view)]
    following = view.next
    if following is None:
        rows += [f"{_label(_('Next up'))}{ABSENT}   {_('nobody is waiting')}", ""]
    else:
        issued = _("issued {time}").format(time=hh_mm(following.issued_t))
        kind = _(class_rule(following.cls).label)
        group = group_name(following.prefix)
        rows.append(f"{_label(_('Next up'))}{following.number}  {kind}   {issued}   {group}")
        rows.append(_label("") + following.why.text(keys))
    more = view.last is not None and view.refusals.get(CounterAction.NEXT_SERVICE) is None
    again = _("another matter of the same person: {key}").format(key=keys[Slot.TAKE_UP])
    return [*rows, "", last_row(view.last, cells), _label("") + again if more else ""]


def _away_text(view: CounterView, keys: Keys) -> str:
    """Break, or another person at this window."""
    del view
    return " " + _("This window is not called. {key} comes back").format(key=keys[Slot.PAUSE])


def last_row(last: LastLine | None, cells: int) -> Row:
    """The service finished last, and whether it was rated; never how."""
    if last is None:
        return ""
    start = f"{_label(_('Last'))}{last.number or ABSENT}  "
    end = f"   {used(last.counted_s)}  {_rated_word(last)}"
    return start + matter_text(last.matter, cells - 1 - width(start) - width(end)) + end


def _rated_word(last: LastLine) -> str:
    if last.rating == "rated":
        return _("rated")
    if last.rating == "with_visit":
        return _("with the visit")
    if last.rating == "unrated":
        reason = last.unrated_reason
        label = _(unrated_rule(UnratedReason(reason)).label) if reason in tuple(UnratedReason) else ""
        return _("unrated ({reason})").format(reason=label) if label else _("unrated")
    return ""


def row_ten(view: CounterView, keys: Keys) -> Row:
    """Row 10: what the matter promises, or what to press."""
    state, matter = view.window.state, view.matter
    if state is WindowState.CALLED:
        if matter is None:
            return " " + _("Somebody came: start a matter by its digit:")
        here = _("Here: {key} starts {code}; another by its digit:")
        return " " + here.format(key=keys[Slot.TAKE_UP], code=matter.code)
    taxpayer = f" {_('Taxpayer')}  {view.taxpayer}" if view.taxpayer else ""
    if state in (WindowState.SERVING, WindowState.PAUSED) and matter is not None and matter.completion_workdays:
        deferred = _("Deferred: due in {days} working days, accepted here").format(days=matter.completion_workdays)
        return cut(f"{taxpayer}  {deferred}" if taxpayer else f" {deferred}", LEFT_CELLS - 1)
    return taxpayer


def advice_rows(view: CounterView, keys: Keys) -> list[Row]:
    """Three sentences at the foot of the lower area: what may come next."""
    state = view.window.state
    if state is WindowState.SERVING:
        missing = _("Papers missing: {key} holds it, with a notice").format(key=keys[Slot.HOLD])
        wrong = _("Another matter than {code}: {key}, the clock goes on")
        return [
            " " + missing,
            " " + wrong.format(code=view.matter.code if view.matter else subject(view), key=keys[Slot.TAKE_UP]),
            "",
            " " + _("{key} stops the clock; the pad asks for the rating").format(key=keys[Slot.FINISH]),
        ]
    if state is WindowState.PAUSED:
        back = _("{key} lets the clock go on, {finish} finishes as it is")
        return [" " + back.format(key=keys[Slot.PAUSE], finish=keys[Slot.FINISH])]
    return []


def call_to_action(view: CounterView, keys: Keys) -> Row:
    """Row 11 between tickets."""
    if view.next is not None:
        return " " + _("{key} calls {number}").format(key=keys[Slot.CALL], number=view.next.number)
    return " " + _("Tickets show up here. Somebody without one: {key}").format(key=keys[Slot.WALK_UP])
