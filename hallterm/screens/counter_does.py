"""What each action of the counter does at the press of its key: a write, a question, a list or the matter field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from hallterm.locale import _
from hallterm.rules.slots import Slot
from hallterm.screens import counter_lists as lists
from hallterm.workflows import counter as work
from storage.facts import CounterAction, Moment

if TYPE_CHECKING:
    from hallterm.screens.counter import CounterScreen

Does = Mapping[CounterAction, Callable[[Moment], None]]


def does(screen: CounterScreen) -> Does:
    """The table for one screen; it is asked with the moment of the press."""
    return {**_writes(screen), **_lists(screen)}


def _writes(screen: CounterScreen) -> Does:
    return {
        CounterAction.CALL: lambda now: screen.write(_("the call"), partial(work.call), now),
        CounterAction.RECALL: lambda now: screen.write(screen.subject, partial(work.recall), now),
        CounterAction.FINISH: lambda now: screen.write(screen.subject, partial(work.finish), now),
        CounterAction.RESUME: lambda now: screen.write(screen.subject, partial(work.resume), now),
        CounterAction.BACK: lambda now: screen.write(_("the return"), partial(work.end_break), now),
        CounterAction.NO_SHOW: lambda now: _ask_no_show(screen),
        CounterAction.START: lambda now: _start(screen, now),
    }


def _start(screen: CounterScreen, now: Moment) -> None:
    """The ticket's matter, or the field where the ticket names none."""
    if screen.seen.matter is None:
        screen.entry.open_matters(CounterAction.START)
    else:
        screen.write(screen.subject, partial(work.start), now)


def _ask_no_show(screen: CounterScreen) -> None:
    """Asked twice: the person may be on the way."""
    key, number = screen.keys[Slot.NO_SHOW], screen.subject
    question = _("No-show of {number}? Press {key} again within 3 seconds; another key cancels")

    def confirmed() -> None:
        if screen.subject == number and not screen.busy():
            screen.write(number, partial(work.no_show), screen.host.now())

    screen.ask(Slot.NO_SHOW.value, question.format(number=number, key=key), confirmed)


def _walk_up(screen: CounterScreen) -> None:
    """Who shows a number that cannot be called now is asked for it first."""
    if screen.seen.health.host_away_t:
        screen.entry.open_number()
    else:
        screen.entry.shown = ""
        screen.open_panel(lists.matters_panel(screen.seen, CounterAction.WALK_UP, screen.body.cells))


def _lists(screen: CounterScreen) -> Does:
    body = screen.body
    return {
        CounterAction.CHANGE_SERVICE: lambda now: screen.entry.open_matters(CounterAction.CHANGE_SERVICE),
        CounterAction.NEXT_SERVICE: lambda now: screen.entry.open_matters(CounterAction.NEXT_SERVICE),
        CounterAction.PAUSE: lambda now: screen.open_panel(lists.pause_panel(screen.seen, now, body.cells)),
        CounterAction.BREAK: lambda now: screen.open_panel(lists.break_panel(body.cells, now)),
        CounterAction.HOLD: lambda now: screen.open_panel(lists.hold_panel(screen.seen, body.cells)),
        CounterAction.TAKE_BACK: lambda now: screen.open_panel(lists.held_panel(screen.seen, body.cells)),
        CounterAction.TRANSFER: lambda now: screen.open_panel(
            lists.transfer_panel(screen.seen, body.cells, body.lower_height)
        ),
        CounterAction.WALK_UP: lambda now: _walk_up(screen),
        CounterAction.WALK_UP_REASON: lambda now: screen.open_panel(lists.walk_up_panel(screen.seen, body.cells)),
        CounterAction.UNRATED: lambda now: screen.open_panel(lists.unrated_panel(screen.seen, screen.keys, body.cells)),
    }
