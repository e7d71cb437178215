"""The settings of a hall: every value that a rule reads and a person may change. One row each; there are no others.

A setting rests as JSON text in ``setting.set`` facts; people type and read it as words, by :func:`typed` and :func:`shown`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import TypeGuard

from hallterm.locale import N_, _
from hallterm.rules import settings_assessment, settings_board, settings_hall, settings_ratings, settings_warnings
from hallterm.rules.assessment import weights_of
from hallterm.rules.setting_form import Choice as Choice
from hallterm.rules.setting_form import Kind as Kind
from hallterm.rules.setting_form import Setting as Setting
from hallterm.rules.setting_form import SettingName as SettingName
from hallterm.rules.setting_form import SettingValue as SettingValue
from hallterm.rules.setting_form import Theme as Theme
from hallterm.rules.words import Reason

TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3])[:：]?([0-5][0-9])", re.ASCII)
NUMBERS = re.compile(r"[0-9]{1,4}(\s*[/, ]\s*[0-9]{1,4})*", re.ASCII)
POINTS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?", re.ASCII)
SETTINGS: Mapping[SettingName, Setting] = {
    row.name: row
    for row in (
        *(*settings_hall.ROWS, *settings_board.ROWS),
        *(*settings_ratings.ROWS, *settings_assessment.ROWS),
        *settings_warnings.ROWS,
    )
}

TAKES_NUMBER = N_("{title} is a whole number from {lowest} to {highest}")
TAKES_TIME = N_("{title} is a time such as 12:00, or empty")
TAKES_CHOICE = N_("{title} is one of these digits: {choices}")
TAKES_WEIGHTS = N_("{title} are four whole numbers for E, B, F and A, such as 30/25/20/25: they must add to 100")
TAKES_POINTS = N_("{title} is a number from {lowest} to {highest} with at most two decimals")
TAKES_RISING = N_(
    "{title} are {count} whole numbers from {lowest} to {highest}, none below the one before it, such as {such}"
)
TAKES_FALLING = N_(
    "{title} are {count} whole numbers from {highest} to {lowest}, none above the one before it, such as {such}"
)
TAKES_LIST = N_("{title} are at most {count} texts of at most {longest} characters, a semicolon between them, or empty")
TAKES_TEXT = N_("{title} is one line of at most {longest} characters")


def has_kind(value: object, one: Setting) -> TypeGuard[SettingValue]:
    """Whether a value that was read can be this setting's; a range may have been another one when it was written."""
    if one.choices:
        return any(type(value) is type(choice.value) and value == choice.value for choice in one.choices)
    if one.kind is Kind.WHOLE_NUMBER:
        return type(value) is int
    if one.kind is Kind.WEIGHTS:
        return isinstance(value, str) and weights_of(value) is not None
    if one.kind is Kind.NUMBERS:
        return isinstance(value, str) and _in_order(one, numbers_of(value))
    if one.kind is Kind.POINTS:
        return isinstance(value, str) and POINTS.fullmatch(value) is not None
    return isinstance(value, str)


def numbers_of(value: SettingValue) -> tuple[int, ...]:
    """The numbers of such a setting; none of what cannot be read."""
    text = str(value).strip()
    return tuple(int(one) for one in re.findall("[0-9]+", text)) if NUMBERS.fullmatch(text) else ()


def entries_of(value: SettingValue) -> tuple[str, ...]:
    """The entries of a list, in order."""
    return tuple(one.strip() for one in re.split("[;；]", str(value)) if one.strip())


def points_of(value: SettingValue) -> Fraction:
    """The points of such a setting, exact."""
    return Fraction(str(value))


def _in_order(one: Setting, found: tuple[int, ...]) -> bool:
    return len(found) == one.count and list(found) == sorted(found, reverse=one.falls)


def understood(name: SettingName, value: str | None) -> SettingValue:
    """The value of a fact's JSON text; None and what is not understood are the default."""
    one = SETTINGS[name]
    try:
        found: object = None if value is None else json.loads(value)
    except ValueError:
        return one.default
    return found if has_kind(found, one) else one.default


def shown(one: Setting, value: SettingValue) -> str:
    """The value as people read it: a choice in words, a number with its unit."""
    for choice in one.choices:
        if choice.value == value:
            return _(choice.words)
    if value == "" and one.nothing:
        return _(one.nothing)
    return f"{value} {_(one.unit)}" if one.unit else str(value)


def editable(one: Setting, value: SettingValue) -> str:
    """The value as a person types it: the digit of a choice, the bare number."""
    for digit, choice in enumerate(one.choices, 1):
        if choice.value == value:
            return str(digit)
    return str(value)


def takes(one: Setting) -> Reason:
    """What may be typed, as a sentence: also the one that refuses anything else."""
    return _TAKES[one.kind](one)


def typed(one: Setting, text: str) -> SettingValue | Reason:
    """The value of what a person typed (the digit, the words or the name of a choice), or why it is none."""
    found = _READ[one.kind](one, text.strip())
    return takes(one) if found is None else found


def _choice(one: Setting, text: str) -> SettingValue | None:
    for digit, choice in enumerate(one.choices, 1):
        if text.casefold() in (str(digit), str(choice.value).casefold(), choice.words, _(choice.words)):
            return choice.value
    return None


def _number(one: Setting, text: str) -> SettingValue | None:
    if not re.fullmatch(r"[0-9]{1,6}", text, re.ASCII):
        return None
    return int(text) if one.lowest <= int(text) <= one.highest else None


def _time(_one: Setting, text: str) -> SettingValue | None:
    found = TIME_OF_DAY.fullmatch(text)
    if found is None:
        return None if text else ""
    return f"{int(found[1]):02d}:{found[2]}"


def _text(one: Setting, text: str) -> SettingValue | None:
    return text if len(text) <= one.longest and (text.isprintable() or not text) else None


def _list(one: Setting, text: str) -> SettingValue | None:
    found = entries_of(text)
    fits = len(found) <= one.count and len(set(found)) == len(found) and text.isprintable()
    return ";".join(found) if fits and all(len(entry) <= one.longest for entry in found) else None


def _weights(_one: Setting, text: str) -> SettingValue | None:
    return None if weights_of(text) is None else "/".join(re.findall(r"[0-9]+", text))


def _numbers(one: Setting, text: str) -> SettingValue | None:
    found = numbers_of(text)
    fits = _in_order(one, found) and one.lowest <= min(found) and max(found) <= one.highest
    return "/".join(map(str, found)) if fits else None


def _points(one: Setting, text: str) -> SettingValue | None:
    if not POINTS.fullmatch(text) or not one.lowest <= Fraction(text) <= one.highest:
        return None
    whole, _dot, part = text.partition(".")
    return f"{int(whole)}.{part}".rstrip("0").rstrip(".") if part else str(int(whole))


_READ: Mapping[Kind, Callable[[Setting, str], SettingValue | None]] = {
    Kind.CHOICE: _choice,
    Kind.YES_NO: _choice,
    Kind.WHOLE_NUMBER: _number,
    Kind.TIME_OF_DAY: _time,
    Kind.TEXT: _text,
    Kind.WEIGHTS: _weights,
    Kind.NUMBERS: _numbers,
    Kind.POINTS: _points,
    Kind.LIST: _list,
}


def _takes_choice(one: Setting) -> Reason:
    digits = (f"{digit} {_(choice.words)}" for digit, choice in enumerate(one.choices, 1))
    return Reason(TAKES_CHOICE, {"title": Reason(one.title), "choices": ", ".join(digits)})


def _takes_range(sentence: str, one: Setting) -> Reason:
    title, such = Reason(one.title), str(one.default)
    bounds = {"lowest": one.lowest, "highest": one.highest, "count": one.count}
    return Reason(sentence, {"title": title, "such": such, **bounds})


_TAKES: Mapping[Kind, Callable[[Setting], Reason]] = {
    Kind.CHOICE: _takes_choice,
    Kind.YES_NO: _takes_choice,
    Kind.WHOLE_NUMBER: partial(_takes_range, TAKES_NUMBER),
    Kind.POINTS: partial(_takes_range, TAKES_POINTS),
    Kind.NUMBERS: lambda one: _takes_range(TAKES_FALLING if one.falls else TAKES_RISING, one),
    Kind.TIME_OF_DAY: lambda one: Reason(TAKES_TIME, {"title": Reason(one.title)}),
    Kind.WEIGHTS: lambda one: Reason(TAKES_WEIGHTS, {"title": Reason(one.title)}),
    Kind.LIST: lambda one: Reason(TAKES_LIST, {"title": Reason(one.title), "count": one.count, "longest": one.longest}),
    Kind.TEXT: lambda one: Reason(TAKES_TEXT, {"title": Reason(one.title), "longest": one.longest}),
}
