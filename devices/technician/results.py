"""What a test gives: a name, how it went, figures; and the light that several together are."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

import msgspec

Figure = int | float | str


class Outcome(StrEnum):
    """How a test went."""

    PASS = "pass"
    FAIL = "fail"
    SKIPPED = "skipped"


class Light(StrEnum):
    """What a device or a counter is, all tests together."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Tried(msgspec.Struct, frozen=True, omit_defaults=True):
    """One test: `name` and `code` are short codes, `figures` carry their unit in their name.

    `code` says why it failed or was skipped; `confirmed_by` is the staff number of who saw or heard it.
    """

    name: str
    outcome: Outcome
    code: str = ""
    figures: Mapping[str, Figure] = {}
    confirmed_by: str = ""


EXCUSED: Final = frozenset({"no_question", "not_fitted", "not_reported", "not_wanted"})
"""Codes of tests that were skipped for a reason: this device has no such part, cannot tell, or nobody needs it here."""


def light(tests: Iterable[Tried]) -> Light:
    """Red if one failed; yellow if one was skipped for no reason, or if there was none."""
    outcomes = {one.outcome for one in tests if one.outcome is not Outcome.SKIPPED or one.code not in EXCUSED}
    if Outcome.FAIL in outcomes:
        return Light.RED
    return Light.GREEN if outcomes == {Outcome.PASS} else Light.YELLOW


def worst(lights: Iterable[Light]) -> Light:
    """The light of a counter; yellow where nothing was looked at."""
    found = set(lights)
    return next((one for one in (Light.RED, Light.YELLOW, Light.GREEN) if one in found), Light.YELLOW)
