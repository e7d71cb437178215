"""The numbered lists of the counter, made of the view: each row, its digit, and the workflow that the digit runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from hallterm.locale import _
from hallterm.rules.counter import WALK_UP_LABELS
from hallterm.rules.labels import BREAK_REASONS, HOLD_REASONS, HOLD_WORDS, WINDOW_STATES
from hallterm.rules.ratings import unrated_choices
from hallterm.rules.slots import Slot
from hallterm.rules.timers import pause_choices
from hallterm.screens.counter_case import group_name
from hallterm.screens.counter_panel import Choice, Kind, Panel, Work, choice_row, head_row
from hallterm.screens.counter_words import hh_mm, matter_name, matter_text, subject
from hallterm.widgets.cells import cut, fit, middle, right, width
from hallterm.widgets.lines import Row
from hallterm.workflows import counter as work
from hallterm.workflows.seen import WELL, CounterView, HeldLine, Target
from storage.facts import CounterAction, HoldReason, Moment, UnratedReason, WalkUpReason, WindowState
from storage.views import Matter

Keys = Mapping[Slot, str]
Start = Callable[[str, int], Work]


def start_of(action: CounterAction, number: str = "") -> Start:
    """The workflow that takes up a matter: of a called ticket, a walk-up, a change, the next one. ``number`` is what a
    walk-up shows whose ticket cannot be called.
    """
    if number:
        return lambda code, quantity: partial(work.walk_up, code=code, quantity=quantity or 1, number=number)
    return _STARTS[action]


_STARTS: Mapping[CounterAction, Start] = {
    CounterAction.START: lambda code, quantity: partial(work.start, code=code, quantity=quantity or 1),
    CounterAction.WALK_UP: lambda code, quantity: partial(work.walk_up, code=code, quantity=quantity or 1),
    CounterAction.NEXT_SERVICE: lambda code, quantity: partial(work.next_service, code=code, quantity=quantity or 1),
    CounterAction.CHANGE_SERVICE: lambda code, quantity: partial(work.change_service, code=code, quantity=quantity),
}


def matters_shown(view: CounterView, action: CounterAction) -> tuple[Matter, ...]:
    """The nine matters offered; walk-ups get only what jumps no queue."""
    only = view.walk_up_only
    if action is not CounterAction.WALK_UP or not only:
        return view.most[:9]
    usual = [matter for matter in view.most if matter.code[0] in only]
    rest = [matter for matter in view.matters if matter.code[0] in only and matter not in usual]
    return tuple([*usual, *rest][:9])


def matters_panel(view: CounterView, action: CounterAction, cells: int, number: str = "") -> Panel:
    """Rows 11-21: the nine matters this clerk starts most here; 0 is any other. ``number`` as of :func:`start_of`."""
    matters = matters_shown(view, action)
    start = start_of(action, number)
    rows: list[Row] = [_matters_head(view, action, cells), *matter_rows(matters, cells)]
    rows += [""] * (10 - len(rows))
    rows.append(choice_row(0, _("other: code, pinyin initials or Chinese"), "", cells))
    choices = {digit: Choice(one.code, start(one.code, 0)) for digit, one in enumerate(matters, start=1)}
    kind = Kind.WALK_UP if action is CounterAction.WALK_UP else Kind.MATTERS
    return Panel(kind, tuple(rows), {**choices, 0: Choice("", field=True)})


def matter_rows(matters: Sequence[Matter], cells: int) -> list[Row]:
    """``  1  B02  发票领用          2 分  ``."""
    rows = []
    for digit, one in enumerate(matters, start=1):
        limit = _("{minutes} min").format(minutes=one.limit_min)
        name = middle(matter_name(one), cells - 5 - 5 - width(limit) - 4)
        rows.append(choice_row(digit, f"{fit(one.code, 3)}  {name}", limit, cells))
    return rows


def _matters_head(view: CounterView, action: CounterAction, cells: int) -> Row:
    if action is not CounterAction.WALK_UP:
        return " " + "-" * (cells - 2)
    reasons = tuple(WalkUpReason)
    label = _(WALK_UP_LABELS[WalkUpReason(view.walk_up_reason)]) if view.walk_up_reason in reasons else ""
    text = _("Without a number  reason: {reason}   by its digit, 0 other")
    return head_row(text.format(reason=label), "", cells)


def pause_panel(view: CounterView, pressed: Moment, cells: int) -> Panel:
    """T8: why; the pause counts from the press of its key."""
    rows: list[Row] = [head_row(_("Why pause?  by its digit, Esc: no pause"), _("limit"), cells)]
    choices, notes = {}, {}
    for digit, (rule, refused) in enumerate(
        pause_choices(network_ok=view.health.online, devices_ok=view.health.devices_well), start=1
    ):
        digit %= 10
        label, why = _(rule.label), refused.text() if refused else ""
        if why:
            notes[len(rows)] = why
        rows.append(choice_row(digit, label, _("stops") if rule.excluded else _("runs"), cells, bool(why)))
        noted = (lambda note, r=rule.reason: partial(work.pause, reason=r, note=note)) if rule.note_required else None
        choices[digit] = Choice(label, partial(work.pause, reason=rule.reason), noted, why)
    return Panel(Kind.PAUSE, tuple(rows), choices, notes, pressed)


def walk_up_panel(view: CounterView, cells: int) -> Panel:
    """T7: why somebody is served without a number, where the derived reason is not the true one."""
    rows: list[Row] = [head_row(_("Why without a number?  by its digit, Esc leaves it"), "", cells)]
    choices, notes = {}, {}
    for digit, (reason, refused) in enumerate(view.walk_up_choices, start=1):
        label, why = _(WALK_UP_LABELS[reason]), refused.text() if refused else ""
        if why:
            notes[len(rows)] = why
        rows.append(choice_row(digit, label, "", cells, bool(why)))
        choices[digit] = Choice(label, partial(work.change_walk_up_reason, reason=reason), refused=why)
    return Panel(Kind.WALK_UP_REASON, tuple(rows), choices, notes)


def break_panel(cells: int, pressed: Moment) -> Panel:
    """T24: what kind of break."""
    rows: list[Row] = [head_row(_("What break?  by its digit, Esc stays here"), "", cells)]
    rows += [choice_row(digit, _(label), "", cells) for digit, label in enumerate(BREAK_REASONS.values(), start=1)]
    choices = {
        digit: Choice(_(label), partial(work.start_break, reason=reason))
        for digit, (reason, label) in enumerate(BREAK_REASONS.items(), start=1)
    }
    return Panel(Kind.BREAK, tuple(rows), choices, pressed=pressed)


def unrated_panel(view: CounterView, keys: Keys, cells: int) -> Panel:
    """T18, T19: why there is no rating. Never a level."""
    awaiting = view.window.state is WindowState.AWAITING_RATING
    pad_fault = any(one.role.startswith("rating") and one.state not in WELL for one in view.health.devices)
    first: Row = "  " + _("The pad asked. No prompting, no pressing for them")
    if not awaiting:
        first = "  " + _("Last unrated service of today")
    why = _("Why no rating?  ({key}, from the 10th second)").format(key=keys[Slot.UNRATED])
    again = view.refusals.get(CounterAction.ASK_AGAIN)
    refused = again.text(keys) if again else ""
    rows: list[Row] = [first, f"  {why}", choice_row(1, _("Ask for the rating again"), "", cells, not awaiting)]
    notes = {} if awaiting else {2: refused}
    choices = {1: Choice(_("the question"), partial(work.ask_again), refused=refused)}
    listed = unrated_choices(pad_fault_seen=pad_fault, power_failure_seen=False)
    for digit, (rule, not_now) in enumerate(listed, start=2):
        label, reason = _(rule.label), not_now.text(keys) if not_now else ""
        if reason:
            notes[len(rows)] = reason
        rows.append(choice_row(digit, label, "", cells, bool(reason)))
        choices[digit] = Choice(label, _reason_work(rule.reason), _noted(rule.reason, rule.note_required), reason)
    rows.append(right(_("Goes to the unrated list; earlier reasons stay"), cells - 2))
    return Panel(Kind.UNRATED, tuple(rows), choices, notes)


def _reason_work(reason: UnratedReason) -> Work:
    return partial(work.give_unrated_reason, reason=reason)


def _noted(reason: UnratedReason, required: bool) -> Callable[[str], Work] | None:
    return (lambda note: partial(work.give_unrated_reason, reason=reason, note=note)) if required else None


def hold_panel(view: CounterView, cells: int) -> Panel:
    """T11: why the ticket is put aside."""
    number = subject(view)
    rows: list[Row] = [head_row(_("Why is {number} held?").format(number=number), "", cells)]
    rows += [choice_row(digit, _(label), "", cells) for digit, label in enumerate(HOLD_REASONS.values(), start=1)]
    choices = {
        digit: Choice(number, partial(work.hold, reason=reason)) for digit, reason in enumerate(HOLD_REASONS, start=1)
    }
    return Panel(Kind.HOLD, tuple(rows), choices)


def held_panel(view: CounterView, cells: int) -> Panel:
    """T12a: a digit takes the ticket back at once and the clock goes on."""
    rows: list[Row] = [head_row(_("Held tickets  by its digit to go on"), _("held"), cells)]
    choices = {}
    for digit, line in enumerate(view.held[:9], start=1):
        rows.append(choice_row(digit, held_text(line, cells - 5 - 9), hh_mm(line.held_t), cells))
        choices[digit] = Choice(line.number, partial(work.take_back, ticket=line.ticket))
    return Panel(Kind.HELD, tuple(rows), choices)


def held_text(line: HeldLine, cells: int) -> str:
    """``B031  补资料   B01 发票票种核定``."""
    word = _(HOLD_WORDS[HoldReason(line.reason)])
    start = f"{fit(line.number, max(6, width(line.number) + 1))}{fit(word, max(9, width(word) + 2))}"
    return start + matter_text(line.matter, cells - width(start))


def transfer_panel(view: CounterView, cells: int, rows_free: int) -> Panel:
    """T13: to a window or a group; who cannot take it is listed with the reason and no number."""
    number = subject(view)
    issued = hh_mm(view.ticket.issued_t if view.ticket else None)
    question = _("Where does {number} go?  keeps {time}").format(number=number, time=issued)
    rows: list[Row] = [head_row(question, _("waiting"), cells)]
    choices = {}
    open_now = [one for one in view.targets if one.refusal is None][:9]
    for digit, target in enumerate(open_now, start=1):
        rows.append(choice_row(digit, _target_text(target), str(target.waiting), cells))
        choices[digit] = Choice(number, partial(work.transfer, to=target.to))
    for target in (one for one in view.targets if one.refusal is not None):
        if len(rows) < rows_free:
            rows.append(choice_row(None, _target_text(target), "", cells))
    return Panel(Kind.TRANSFER, tuple(rows), choices)


def _target_text(target: Target) -> str:
    window = target.window
    if window is None:
        return _("{group} group, any window").format(group=group_name(target.prefix))
    state = target.refusal.text() if target.refusal else _(WINDOW_STATES[window.state])
    return f"{window.name}  {fit(cut(target.staff, 14), max(6, width(cut(target.staff, 14))))}  {state}"
