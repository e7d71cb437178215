"""Rows 4-10 at the left: the case at the window, or the next one. The same fields in each state, so nothing jumps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hallterm.locale import _
from hallterm.rules.counter import WALK_UP_LABELS
from hallterm.rules.labels import BREAK_REASONS, WINDOW_STATES
from hallterm.rules.queue import class_rule
from hallterm.rules.timers import pause_rule
from hallterm.screens.counter_words import ABSENT, hh_mm, limit_text, matter_text, ordinal, used
from hallterm.widgets.cells import cut, fit
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.desk import Desk
from hallterm.workflows.seen import CounterView, LastLine
from hallterm.workflows.ticketing import GROUPS
from storage.facts import BreakReason, PauseReason, WalkUpReason, WindowState
from hallterm.rules.day import clock_text, local
from hallterm.rules.ratings import unrated_rule
from storage.facts import UnratedReason
