"""What a setting is: its name, the values it takes, its words. The settings there are: :mod:`hallterm.rules.settings_table`."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from hallterm.locale import N_

SettingValue = str | int | bool


class SettingName(StrEnum):
    """The name of a setting, as facts carry it."""

    RATING_TIMEOUT_S = "rating_timeout_s"
    RATING_UNIT = "rating_unit"
    AUTO_RECALL = "auto_recall"
    WORKS_EVERY_DAY = "works_every_day"
    VOICE_MUTE_FROM = "voice_mute_from"
    VOICE_MUTE_TO = "voice_mute_to"
    HALL_NOTICE = "hall_notice"
    LOCK_AFTER_S = "lock_after_s"
    HALL_SEATS = "hall_seats"
    WEIGHTS = "weights"
    COVERAGE_PENALTY = "coverage_penalty"
    BUSINESS_MODE = "business_mode"
    TARGET_STD_MIN = "target_std_min"
    ERROR_POINTS = "error_points"
    COMPLAINT_DEDUCTION = "complaint_deduction"
    STD_FACTOR_PCT = "std_factor_pct"
    BATCH_FACTOR_PCT = "batch_factor_pct"


class Kind(StrEnum):
    """What values a setting takes; a time of day and a text may be empty. Weights are four whole numbers that add to 100."""

    CHOICE = "choice"
    WHOLE_NUMBER = "whole_number"
    TIME_OF_DAY = "time_of_day"
    YES_NO = "yes_no"
    TEXT = "text"
    WEIGHTS = "weights"


class Choice(Struct, frozen=True):
    """One value of a choice, and its words."""

    value: SettingValue
    words: str


class Setting(Struct, frozen=True, kw_only=True):
    """One setting. ``rule`` is the business rule that reads it; whole numbers lie from ``lowest`` to ``highest``, a text
    has at most ``longest`` characters. ``of_assessment``: the collection department alone changes it. ``title``,
    ``explanation``, ``unit`` and ``nothing`` (the words for an empty value) are source strings.
    """

    name: SettingName
    kind: Kind
    default: SettingValue
    title: str
    explanation: str
    rule: str
    unit: str = ""
    lowest: int = 0
    highest: int = 0
    longest: int = 0
    choices: tuple[Choice, ...] = ()
    nothing: str = ""
    of_assessment: bool = False


YES_NO = (Choice(True, N_("yes")), Choice(False, N_("no")))
