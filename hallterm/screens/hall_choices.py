"""What a dispatch asks, line by line, and what may be chosen at each line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from hallterm.locale import N_, _
from hallterm.rules.labels import WINDOW_STATES
from hallterm.rules.numbers import window_number
from hallterm.rules.queue import class_rule
from hallterm.screens.hall_words import hh_mm, place_text
from hallterm.workflows.day_end import RESULTS
from hallterm.workflows.dispatch_words import END_REASONS, KINDS, REASONS, step_text
from hallterm.workflows.hall_look import WindowLine
from hallterm.workflows.ticketing import group_name
from storage.facts import DispatchKind, TicketClass, WindowState

if TYPE_CHECKING:
    from hallterm.screens.hall_dispatch import DispatchForm

ALL = "all"
"""Every ticket that is left."""
GIVEN = (TicketClass.NORMAL, TicketClass.SPECIAL)
"""The classes that somebody in the hall chooses; the others come of a card, a booking or the list of taxpayers."""
BREAKS_MIN = (10, 15, 20, 30, 45, 60)


class Ask(StrEnum):
    """One line of the form."""

    WHAT = "what"
    WINDOW = "window"
    GROUPS = "groups"
    MINUTES = "minutes"
    WHO = "who"
    TICKET = "ticket"
    TO = "to"
    WHICH = "which"
    RESULT = "result"
    STEP = "step"
    GROUP = "group"
    CLASS = "class"
    WHY = "why"


LABELS: Mapping[Ask, str] = {
    Ask.WHAT: N_("What"),
    Ask.WINDOW: N_("Window"),
    Ask.GROUPS: N_("Groups"),
    Ask.MINUTES: N_("How long"),
    Ask.WHO: N_("Who"),
    Ask.TICKET: N_("Ticket"),
    Ask.TO: N_("To"),
    Ask.WHICH: N_("Which"),
    Ask.RESULT: N_("Becomes"),
    Ask.STEP: N_("Done"),
    Ask.GROUP: N_("Group"),
    Ask.CLASS: N_("Class"),
    Ask.WHY: N_("Because"),
}
LINES: Mapping[DispatchKind, tuple[Ask, ...]] = {
    DispatchKind.GROUPS: (Ask.WHAT, Ask.GROUPS, Ask.WHY),
    DispatchKind.BREAK: (Ask.WHAT, Ask.MINUTES, Ask.WHY),
    DispatchKind.CLOSE: (Ask.WHAT, Ask.WHY),
    DispatchKind.OPEN_RESERVE: (Ask.WHAT, Ask.WINDOW, Ask.GROUPS, Ask.WHY),
    DispatchKind.SUBSTITUTE: (Ask.WHAT, Ask.WHO, Ask.WHY),
    DispatchKind.MOVE_TICKET: (Ask.WHAT, Ask.TICKET, Ask.TO, Ask.WHY),
    DispatchKind.CALL_BACK: (Ask.WHAT, Ask.WHY),
    DispatchKind.DAY_END: (Ask.WHAT, Ask.WHICH, Ask.RESULT, Ask.WHY),
    DispatchKind.CROWDING: (Ask.WHAT, Ask.STEP),
}


class Option(Struct, frozen=True):
    """One thing to choose: what it stands for, and its words."""

    value: str
    text: str


def is_shut(line: WindowLine | None) -> bool:
    """Nobody is called to this window."""
    return line is not None and (line.row.state is WindowState.CLOSED or not line.row.primary)


# what may be chosen


def _what(_form: DispatchForm) -> list[Option]:
    return [Option(kind.value, _(words)) for kind, words in KINDS.items()]


def _window(form: DispatchForm) -> list[Option]:
    shut = [one for one in form.board.windows if is_shut(one)]
    return [Option(one.row.code, str(window_number(one.row.code))) for one in shut]


def _groups(form: DispatchForm) -> list[Option]:
    """All groups by their letter; ``-`` before those that the window has."""
    line = form.line
    have = (*line.row.primary_groups, *line.row.secondary_groups) if line is not None else ()
    new = form.kind is DispatchKind.OPEN_RESERVE
    return [
        Option(one.prefix, f"{'-' if one.prefix in have and not new else '+'}{one.prefix}{group_name(one.prefix)}")
        for one in form.board.groups
    ]


def _minutes(_form: DispatchForm) -> list[Option]:
    return [Option(str(minutes), _("{minutes} min").format(minutes=minutes)) for minutes in BREAKS_MIN]


def _who(form: DispatchForm) -> list[Option]:
    """B of the post first, then who is free, then everybody else of the hall."""
    line, names = form.line, form.board.names
    at = {one.row.staff: one for one in form.board.windows if one.row.staff}
    second = [one for one in form.board.able if line is not None and names.get(one, "") in _second_of(line)]
    others = [one for one in form.board.able if one not in second]
    others.sort(key=lambda number: (number in at, number))
    return [Option(one, _person(names.get(one, one), at.get(one))) for one in (*second, *others)]


def _second_of(line: WindowLine) -> tuple[str, ...]:
    return tuple(one.name for one in line.post[1:])


def _person(name: str, at: WindowLine | None) -> str:
    if at is None:
        return name
    return f"{name}({window_number(at.row.code)} {_(WINDOW_STATES[at.row.state])})"


def _ticket(form: DispatchForm) -> list[Option]:
    """Those that wait for the chosen window first."""
    mine = [one for one in form.board.waits if form.window in one.windows]
    rest = [one for one in form.board.waits if form.window not in one.windows]
    return [Option(one.id, f"{one.number} {hh_mm(one.issued_t)}") for one in (*mine, *rest)]


def _to(form: DispatchForm) -> list[Option]:
    """Open windows, then groups."""
    ticket = next((one for one in form.board.waits if one.id == form.answers.get(Ask.TICKET)), None)
    here = (ticket.to or ticket.prefix) if ticket is not None else ""
    windows = [one.row.code for one in form.board.windows if one.row.state is not WindowState.CLOSED]
    served = {group for one in form.board.windows for group in (*one.row.primary_groups, *one.row.secondary_groups)}
    places = [*windows, *sorted(served)]
    return [Option(one, place_text(one)) for one in places if one != here]


def _which(form: DispatchForm) -> list[Option]:
    """All that are left, or one of them."""
    left = form.board.undecided
    every = [Option(ALL, _("all {count}").format(count=len(left)))] if len(left) > 1 else []
    return [*every, *(Option(one.id, f"{one.number} {hh_mm(one.issued_t)}") for one in left)]


def _result(_form: DispatchForm) -> list[Option]:
    return [Option(result.value, _(words)) for result, words in RESULTS.items()]


def _step(form: DispatchForm) -> list[Option]:
    """The checklist, with when each was done."""
    done = {one.to: hh_mm(one.at_t) for one in form.board.plan}
    return [Option(step, " ".join(filter(None, (step_text(step), done.get(step))))) for step in form.board.steps]


def _group(form: DispatchForm) -> list[Option]:
    return [Option(one.prefix, f"{one.prefix}{group_name(one.prefix)}") for one in form.board.groups]


def _class(_form: DispatchForm) -> list[Option]:
    return [Option(one.value, _(class_rule(one).label)) for one in GIVEN]


def _why(form: DispatchForm) -> list[Option]:
    reasons = END_REASONS if form.kind is DispatchKind.DAY_END else REASONS
    return [Option(reason.value, _(words)) for reason, words in reasons.items()]


OPTIONS: Mapping[Ask, Callable[[DispatchForm], list[Option]]] = {
    Ask.WHAT: _what,
    Ask.WINDOW: _window,
    Ask.GROUPS: _groups,
    Ask.MINUTES: _minutes,
    Ask.WHO: _who,
    Ask.TICKET: _ticket,
    Ask.TO: _to,
    Ask.WHICH: _which,
    Ask.RESULT: _result,
    Ask.STEP: _step,
    Ask.GROUP: _group,
    Ask.CLASS: _class,
    Ask.WHY: _why,
}
