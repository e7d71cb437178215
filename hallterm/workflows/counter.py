"""Everything a clerk does at a window, one function an action: ``(desk, now, ...) -> Done``, or Refused."""

from __future__ import annotations

from hallterm.workflows.calling import call, hold, no_show, recall, return_held, take_back, transfer
from hallterm.workflows.checking import show_entry
from hallterm.workflows.identifying import identify
from hallterm.workflows.presence import end_break, leave, sign_off, start_break
from hallterm.workflows.rating import ask_again, give_unrated_reason
from hallterm.workflows.serving import (
    blocked,
    change_service,
    finish,
    next_service,
    pause,
    resume,
    set_quantity,
    start,
)
from hallterm.workflows.undo import undo
from hallterm.workflows.walking_up import change_walk_up_reason, walk_up

__all__ = [
    "ask_again",
    "blocked",
    "call",
    "change_service",
    "change_walk_up_reason",
    "end_break",
    "finish",
    "give_unrated_reason",
    "hold",
    "identify",
    "leave",
    "next_service",
    "no_show",
    "pause",
    "recall",
    "resume",
    "return_held",
    "set_quantity",
    "show_entry",
    "sign_off",
    "start",
    "start_break",
    "take_back",
    "transfer",
    "undo",
    "walk_up",
]
