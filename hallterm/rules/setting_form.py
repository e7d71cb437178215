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
    FORGET_IDENTITY_DAYS = "forget_identity_days"
    HALL_SEATS = "hall_seats"
    LAMP_PCT = "lamp_pct"
    PROPOSE_IDLE_MIN = "propose_idle_min"
    PROPOSE_GROUP_OVER = "propose_group_over"
    PROPOSE_RESERVE_OVER = "propose_reserve_over"
    PROPOSE_BREAK_MIN = "propose_break_min"
    PROPOSE_BREAK_WAITING = "propose_break_waiting"
    CROWDING_PLAN = "crowding_plan"
    RATING_SCALE = "rating_scale"
    LEVEL_WEIGHTS_NATIONAL = "level_weights_national"
    LEVEL_WEIGHTS_FOUR = "level_weights_four"
    LEVEL_WEIGHTS_THREE = "level_weights_three"
    POSITIVE_SEED = "positive_levels_seed"
    POSITIVE_NATIONAL = "positive_levels_national"
    POSITIVE_FOUR = "positive_levels_four"
    POSITIVE_THREE = "positive_levels_three"
    CALL_BACK_DAYS = "call_back_days"
    CORRECT_DAYS = "correct_days"
    CORRECT_COMPLEX_DAYS = "correct_complex_days"
    APPEAL_DAYS = "appeal_days"
    APPEAL_DECISION_DAYS = "appeal_decision_days"
    BACK_ENTRY_DAYS = "back_entry_days"
    UNRATED_REASON_DAYS = "unrated_reason_days"
    LATE_RATING_DAYS = "late_rating_days"
    RECONCILIATION_DAYS = "reconciliation_days"
    WEIGHTS = "weights"
    COVERAGE_PENALTY = "coverage_penalty"
    EVALUATION_DUTY_PCT = "evaluation_duty_pct"
    BUSINESS_MODE = "business_mode"
    TARGET_STD_MIN = "target_std_min"
    ERROR_POINTS = "error_points"
    COMPLAINT_DEDUCTION = "complaint_deduction"
    STD_FACTOR_PCT = "std_factor_pct"
    BATCH_FACTOR_PCT = "batch_factor_pct"
    LEVEL_WEIGHTS = "level_weights"
    AVERAGE_POINTS = "average_points"
    FREE_OVERTIME_PCT = "free_overtime_pct"
    OVERTIME_POINTS = "overtime_points"
    ON_TIME_SHARE_PCT = "on_time_share_pct"
    LATE_POINTS = "late_points"
    EARLY_POINTS = "early_points"
    OFF_POST_POINTS = "off_post_points"
    ABSENCE_POINTS = "absence_points"
    PERSONAL_LEAVE_POINTS = "personal_leave_points"
    SICK_LEAVE_POINTS = "sick_leave_points"
    EXPLAIN_WITHIN_DAYS = "explain_within_days"
    WARN_SINGLE_WAIT_MIN = "warn_single_wait_min"
    WARN_WAITING_OVERTIME_PCT = "warn_waiting_overtime_pct"
    WARN_WINDOW_SATURATION = "warn_window_saturation"
    WARN_HALL_SATURATION_PCT = "warn_hall_saturation_pct"
    WARN_OVERTIME_SHARE_PCT = "warn_overtime_share_pct"
    WARN_OVERTIME_COUNT = "warn_overtime_count"
    WARN_ABANDON_SHARE_PCT = "warn_abandon_share_pct"
    WARN_BAD_RATINGS = "warn_bad_ratings"
    WARN_NO_BREAK_MIN = "warn_no_break_min"
    LONG_WAIT_MIN = "long_wait_min"
    WARN_LEAST = "warn_least"
    WARN_AGAIN_MIN = "warn_again_min"
    EMPTY_POST_MIN = "empty_post_min"


class Kind(StrEnum):
    """What values a setting takes; a time of day and a text may be empty. Weights are four whole numbers that add to 100;
    points have at most two decimals; numbers are several whole ones in order, such as the limits of a warning. A list is
    one text with a semicolon between its entries.
    """

    CHOICE = "choice"
    WHOLE_NUMBER = "whole_number"
    TIME_OF_DAY = "time_of_day"
    YES_NO = "yes_no"
    TEXT = "text"
    WEIGHTS = "weights"
    POINTS = "points"
    NUMBERS = "numbers"
    LIST = "list"


class Theme(StrEnum):
    """What a setting is about, which says who may change it: the collection department alone what the assessment is
    computed by, and until when something may be done.
    """

    HALL = "hall"
    WARNINGS = "warnings"
    ASSESSMENT = "assessment"
    TERMS = "terms"


class Choice(Struct, frozen=True):
    """One value of a choice, and its words."""

    value: SettingValue
    words: str


class About(Struct, frozen=True):
    """The words of a setting (source strings), and the business rule that reads it."""

    title: str
    explanation: str
    rule: str
    theme: Theme = Theme.HALL


class Setting(Struct, frozen=True):
    """One setting. Numbers and points lie from ``lowest`` to ``highest``, a text has at most ``longest`` characters.
    ``count`` numbers rise, or fall (``falls``); a list has at most ``count`` entries. ``monthly``: another value begins
    with a month only. ``unit`` and ``nothing`` (the words for an empty value) are source strings.
    """

    name: SettingName
    kind: Kind
    default: SettingValue
    about: About
    unit: str = ""
    lowest: int = 0
    highest: int = 0
    longest: int = 0
    count: int = 0
    falls: bool = False
    choices: tuple[Choice, ...] = ()
    nothing: str = ""
    monthly: bool = False

    @property
    def title(self) -> str:
        """Its name for people, a source string."""
        return self.about.title

    @property
    def explanation(self) -> str:
        """What it does, a source string."""
        return self.about.explanation


YES_NO = (Choice(True, N_("yes")), Choice(False, N_("no")))
POINTS_UNIT = N_("points")
Range = tuple[int, int]


def yes_no(name: SettingName, default: bool, about: About) -> Setting:
    """A setting that is on or off."""
    return Setting(name, Kind.YES_NO, default, about, choices=YES_NO)


def choice(name: SettingName, choices: tuple[Choice, ...], about: About, *, monthly: bool = False) -> Setting:
    """One of a few; the first is the default."""
    return Setting(name, Kind.CHOICE, choices[0].value, about, choices=choices, monthly=monthly)


def whole(name: SettingName, default: int, between: Range, unit: str, about: About) -> Setting:
    """A whole number."""
    return Setting(name, Kind.WHOLE_NUMBER, default, about, unit=unit, lowest=between[0], highest=between[1])


def points(name: SettingName, default: str, most: int, about: About) -> Setting:
    """Points that are taken off, with at most two decimals."""
    return Setting(name, Kind.POINTS, default, about, unit=POINTS_UNIT, highest=most)


def numbers(
    name: SettingName, default: str, between: Range, unit: str, about: About, *, falls: bool = False
) -> Setting:
    """As many whole numbers as the default has."""
    low, high = between
    count = default.count("/") + 1
    return Setting(name, Kind.NUMBERS, default, about, unit=unit, lowest=low, highest=high, count=count, falls=falls)


def entries(name: SettingName, most: int, longest: int, nothing: str, about: About) -> Setting:
    """At most ``most`` short texts, or none."""
    return Setting(name, Kind.LIST, "", about, count=most, longest=longest, nothing=nothing)


def time_of_day(name: SettingName, nothing: str, about: About) -> Setting:
    """A time, or none."""
    return Setting(name, Kind.TIME_OF_DAY, "", about, nothing=nothing)


def line_of_text(name: SettingName, longest: int, nothing: str, about: About) -> Setting:
    """One line, or none."""
    return Setting(name, Kind.TEXT, "", about, longest=longest, nothing=nothing)


def weights(name: SettingName, default: str, about: About) -> Setting:
    """The weights of the four parts."""
    return Setting(name, Kind.WEIGHTS, default, about)
