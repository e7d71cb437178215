"""The settings of a hall: every value that a rule reads and a person may change. One row each; there are no others.

A setting rests as JSON text in ``setting.set`` facts; people type and read it as words, by :func:`typed` and :func:`shown`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeGuard

from hallterm.locale import N_, _
from hallterm.rules.assessment import weights_of
from hallterm.rules.ratings import TIMEOUT_RANGE_S, TIMEOUT_S
from hallterm.rules.setting_form import YES_NO as YES_NO
from hallterm.rules.setting_form import Choice as Choice
from hallterm.rules.setting_form import Kind as Kind
from hallterm.rules.setting_form import Setting as Setting
from hallterm.rules.setting_form import SettingName as SettingName
from hallterm.rules.setting_form import SettingValue as SettingValue
from hallterm.rules.settings_assessment import ROWS
from hallterm.rules.words import Reason
from storage.facts import RatingUnit

TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3])[:：]?([0-5][0-9])", re.ASCII)
NOTICE_LONGEST = 40
UNITS = (Choice(RatingUnit.PER_SERVICE.value, N_("each matter")), Choice(RatingUnit.PER_VISIT.value, N_("each visit")))

_ROWS = (
    Setting(
        name=SettingName.RATING_TIMEOUT_S,
        kind=Kind.WHOLE_NUMBER,
        default=TIMEOUT_S,
        title=N_("Time to rate"),
        explanation=N_("How long the rating pad waits for a press; then the matter is unrated"),
        rule="7.2 (T17)",
        unit=N_("s"),
        lowest=TIMEOUT_RANGE_S[0],
        highest=TIMEOUT_RANGE_S[1],
    ),
    Setting(
        name=SettingName.RATING_UNIT,
        kind=Kind.CHOICE,
        default=RatingUnit.PER_SERVICE.value,
        title=N_("One rating for"),
        explanation=N_("Whether each matter is rated, or all matters of a visit together at its end"),
        rule="8.1",
        choices=UNITS,
    ),
    Setting(
        name=SettingName.AUTO_RECALL,
        kind=Kind.YES_NO,
        default=False,
        title=N_("Calls again by itself"),
        explanation=N_("The second and third call go out by themselves, 20 seconds apart"),
        rule="7.2 (T3, T4)",
        choices=YES_NO,
    ),
    Setting(
        name=SettingName.WORKS_EVERY_DAY,
        kind=Kind.YES_NO,
        default=False,
        title=N_("Works every day"),
        explanation=N_("Rest days and holidays are working days of this hall too"),
        rule="7.2 (T1), 11",
        choices=YES_NO,
    ),
    Setting(
        name=SettingName.VOICE_MUTE_FROM,
        kind=Kind.TIME_OF_DAY,
        default="",
        title=N_("Voice silent from"),
        explanation=N_("From this time nothing is spoken; needs the end as well"),
        rule="7.2 (T2)",
        nothing=N_("never"),
    ),
    Setting(
        name=SettingName.VOICE_MUTE_TO,
        kind=Kind.TIME_OF_DAY,
        default="",
        title=N_("Voice silent until"),
        explanation=N_("From this time the voice speaks again; an earlier time is on the next day"),
        rule="7.2 (T2)",
        nothing=N_("never"),
    ),
    Setting(
        name=SettingName.HALL_NOTICE,
        kind=Kind.TEXT,
        default="",
        title=N_("Notice on the board"),
        explanation=N_("One line that the screen on the wall shows to everybody"),
        rule="none: the board of the hall",
        longest=NOTICE_LONGEST,
        nothing=N_("none"),
    ),
    Setting(
        name=SettingName.LOCK_AFTER_S,
        kind=Kind.WHOLE_NUMBER,
        default=300,
        title=N_("Locks after"),
        explanation=N_("A window where nobody presses a key locks itself, never while somebody is served"),
        rule="none: a counter left alone",
        unit=N_("s"),
        lowest=60,
        highest=3600,
    ),
    Setting(
        name=SettingName.HALL_SEATS,
        kind=Kind.WHOLE_NUMBER,
        default=0,
        title=N_("Seats of the hall"),
        explanation=N_("For the warning of a full hall: people in it against its seats; 0 makes no such warning"),
        rule="13",
        lowest=0,
        highest=2000,
    ),
)
SETTINGS: Mapping[SettingName, Setting] = {row.name: row for row in (*_ROWS, *ROWS)}

TAKES_NUMBER = N_("{title} is a whole number from {lowest} to {highest}")
TAKES_TIME = N_("{title} is a time such as 12:00, or empty")
TAKES_CHOICE = N_("{title} is one of these digits: {choices}")
TAKES_WEIGHTS = N_("{title} are four whole numbers for E, B, F and A, such as 30/25/20/25: they must add to 100")
TAKES_TEXT = N_("{title} is one line of at most {longest} characters")


def has_kind(value: object, one: Setting) -> TypeGuard[SettingValue]:
    """Whether a value that was read can be this setting's; a range may have been another one when it was written."""
    if one.choices:
        return any(type(value) is type(choice.value) and value == choice.value for choice in one.choices)
    if one.kind is Kind.WHOLE_NUMBER:
        return type(value) is int
    if one.kind is Kind.WEIGHTS:
        return isinstance(value, str) and weights_of(value) is not None
    return isinstance(value, str)


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


def _weights(_one: Setting, text: str) -> SettingValue | None:
    return None if weights_of(text) is None else "/".join(re.findall(r"[0-9]+", text))


_READ: Mapping[Kind, Callable[[Setting, str], SettingValue | None]] = {
    Kind.CHOICE: _choice,
    Kind.YES_NO: _choice,
    Kind.WHOLE_NUMBER: _number,
    Kind.TIME_OF_DAY: _time,
    Kind.TEXT: _text,
    Kind.WEIGHTS: _weights,
}


def _takes_choice(one: Setting) -> Reason:
    digits = (f"{digit} {_(choice.words)}" for digit, choice in enumerate(one.choices, 1))
    return Reason(TAKES_CHOICE, {"title": Reason(one.title), "choices": ", ".join(digits)})


def _takes_number(one: Setting) -> Reason:
    return Reason(TAKES_NUMBER, {"title": Reason(one.title), "lowest": one.lowest, "highest": one.highest})


_TAKES: Mapping[Kind, Callable[[Setting], Reason]] = {
    Kind.CHOICE: _takes_choice,
    Kind.YES_NO: _takes_choice,
    Kind.WHOLE_NUMBER: _takes_number,
    Kind.TIME_OF_DAY: lambda one: Reason(TAKES_TIME, {"title": Reason(one.title)}),
    Kind.WEIGHTS: lambda one: Reason(TAKES_WEIGHTS, {"title": Reason(one.title)}),
    Kind.TEXT: lambda one: Reason(TAKES_TEXT, {"title": Reason(one.title), "longest": one.longest}),
}
