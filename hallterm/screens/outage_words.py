"""How moments, days and people are written on the page of faults, and how what was typed is read."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from hallterm.locale import N_, _
from hallterm.reports.outages import state_words
from hallterm.rules.day import clock_t, local
from hallterm.rules.outages import FAULTS
from hallterm.widgets.cells import fit
from storage.views.outages import OutageRow

ABSENT = "--"
NOT_A_TIME = N_("that is no time of day: 10:45 or 1045")
NOT_TIMES = N_("from and to, as 09:10-09:20; of another day 11-23 09:10-09:20")
NOT_MONEY = N_("amounts in yuan, as 123.00; then the late fee and the fine")
_TIME = re.compile(r"([01]?\d|2[0-3]):?([0-5]\d)")
_DATED = re.compile(r"(\d\d-\d\d)\s+(.+)")
_YUAN = re.compile(r"\d{1,9}(\.\d{1,2})?")


def hh_mm(t: int) -> str:
    """``10:31``; absent for 0."""
    return f"{local(t):%H:%M}" if t else ABSENT


def mm_dd(day: str) -> str:
    return day[5:]


def fault_words(row: OutageRow) -> str:
    """``11-24 Tax system 10:31-11:00``."""
    end = f"-{hh_mm(row.to_t)}" if row.to_t else ""
    return f"{mm_dd(row.day)} {_(FAULTS[row.fault])} {hh_mm(row.from_t)}{end}"


def state_cell(row: OutageRow) -> str:
    return fit(state_words(row), 14)


def time_t(text: str, day: str) -> int | None:
    """A time of day as typed, on a day, in ms UTC; None when it is none."""
    found = _TIME.fullmatch(text.strip())
    return clock_t(day, f"{int(found[1]):02}:{found[2]}") if found else None


def times_t(text: str, day: str) -> tuple[int, int] | None:
    """From and to, on a day; on another one with month and day before them (``11-23 09:10-09:20``): the last such day."""
    dated = _DATED.fullmatch(text.strip())
    if dated is not None:
        day, text = f"{int(day[:4]) - (dated[1] > day[5:])}-{dated[1]}", dated[2]
    with suppress(ValueError):
        date.fromisoformat(day)
        return _span_t(text, day)
    return None


def _span_t(text: str, day: str) -> tuple[int, int] | None:
    parts = re.split(r"\s*[-~ ]\s*", text.strip())
    found = [time_t(part, day) for part in parts]
    if len(found) != 2 or found[0] is None or found[1] is None:
        return None
    return found[0], found[1]


def code_and_quantity(text: str) -> tuple[str, int]:
    """``B01*3``."""
    code, _star, count = text.strip().upper().partition("*")
    return code, int(count) if count.isdigit() else 1


def fen(text: str) -> int | None:
    """Yuan as typed, in fen; None when it is no amount."""
    if not _YUAN.fullmatch(text):
        return None
    yuan, _dot, rest = text.partition(".")
    return int(yuan) * 100 + int(f"{rest:0<2}" or 0)


def yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02}"
