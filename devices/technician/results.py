"""What a test gives: a name, how it went, figures; and the light that several together are."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

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


def light(tests: Iterable[Tried]) -> Light:
    """Red if one failed; yellow if one was skipped, or if there was none."""
    outcomes = {one.outcome for one in tests}
    if Outcome.FAIL in outcomes:
        return Light.RED
    return Light.GREEN if outcomes == {Outcome.PASS} else Light.YELLOW


def worst(lights: Iterable[Light]) -> Light:
    """The light of a counter; yellow where nothing was looked at."""
    found = set(lights)
    return next((one for one in (Light.RED, Light.YELLOW, Light.GREEN) if one in found), Light.YELLOW)
