"""Small texts that the parts of the counter share: times, limits, names, matters."""

from __future__ import annotations

from collections.abc import Mapping

from hallterm.locale import _, language
from hallterm.rules.day import local
from hallterm.rules.timers import elapsed_ms
from hallterm.widgets.cells import middle
from hallterm.workflows.seen import CounterView
from storage.facts import Moment, WindowState
from storage.views import Matter

ABSENT = "--"
TICKING = (WindowState.CALLED, WindowState.SERVING, WindowState.PAUSED, WindowState.AWAITING_RATING)


def hh_mm(t: int | None) -> str:
    """``HH:MM`` of a wall time in ms UTC; ``--`` for none."""
    return f"{local(t):%H:%M}" if t else ABSENT


def running(seconds: int) -> str:
    """A running clock: ``MM:SS``, beyond 99:59 ``H:MM:SS``."""
    if seconds < 6000:
        return f"{seconds // 60:02d}:{seconds % 60:02d}"
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def used(seconds: int) -> str:
    """A finished duration: ``M:SS``."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def limit_text(limit_s: int) -> str:
    """``10 分``, or ``4:12`` where it is no whole minute."""
    return used(limit_s) if limit_s % 60 else _("{minutes} min").format(minutes=limit_s // 60)


def matter_name(matter: Matter) -> str:
    """The name in the language in use."""
    return matter.name_en if language() == "en" and matter.name_en else matter.name_zh


def matter_text(matter: Matter | None, cells: int) -> str:
    """``B07 name``; a name too long is cut in its middle: its last words tell it apart."""
    if matter is None:
        return ABSENT
    return f"{matter.code} {middle(matter_name(matter), cells - len(matter.code) - 1)}"


def ordinal(number: int) -> str:
    """``1st`` in English, the bare number in Chinese."""
    if language() != "en":
        return str(number)
    endings: Mapping[int, str] = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else endings.get(number % 10, 'th')}"


def subject(view: CounterView) -> str:
    """What a sentence calls the case: its number, or the matter's code."""
    if view.ticket is not None:
        return view.ticket.number
    return view.matter.code if view.matter is not None else ""


def called_s(view: CounterView, now: Moment) -> int:
    """Whole seconds since the last call."""
    ticket = view.ticket
    if ticket is None:
        return 0
    return elapsed_ms(ticket.last_called_t, ticket.last_called_m, ticket.last_called_boot, now) // 1000


def asked_s(view: CounterView, now: Moment) -> int:
    """Whole seconds since the taxpayer was asked for the rating."""
    ask = view.ask
    if ask is None:
        return max(0, now.t - (view.rating_until_t - view.rating_timeout_s * 1000)) // 1000
    return elapsed_ms(ask.asked_t, ask.asked_m, ask.asked_boot, now) // 1000
