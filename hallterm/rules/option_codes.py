"""Why a level was given: which option codes go with a level of a scale, and which level needs one. Business rule 8.3.

The codes are data with a day from which they hold: of a scale's rows those of the newest day that has begun are its list.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence

from msgspec import Struct

from hallterm.locale import N_
from hallterm.rules.words import Reason
from storage.facts import Scale

TEXT_LONGEST = 500
EXPLAIN_S = 20
"""How long the person may say why; the level stands whatever comes of it."""
LATE_S = 3
"""What was chosen within the time may arrive so much later."""

NONE_HERE = Reason(N_("no reasons are asked for this level"))
NOT_LISTED = N_("{code} is no reason of this level")
TWICE = N_("{code} stands there twice")
ONE_NEEDED = Reason(N_("this level needs at least one reason"))


class OptionRow(Struct, frozen=True):
    """One reason of one level; ``needed``: the level needs at least one of its reasons."""

    valid_from: str
    scale: Scale
    level: int
    code: str
    needed: bool
    name_zh: str
    name_en: str

    def name(self, language: str) -> str:
        return self.name_en if language == "en" else self.name_zh


Rows = Sequence[OptionRow]


def options_on(rows: Rows, scale: Scale, level: int, day: str) -> tuple[OptionRow, ...]:
    """The reasons of a level on a day, in their order; empty where none are asked."""
    begun = [one for one in rows if one.scale is scale and one.valid_from <= day]
    newest = max((one.valid_from for one in begun), default="")
    return tuple(one for one in begun if one.valid_from == newest and one.level == level)


def needs_one(options: Rows) -> bool:
    """Whether a level with these reasons must have one."""
    return any(one.needed for one in options)


def codes_refusal(options: Rows, codes: Sequence[str]) -> Reason | None:
    """Why these codes cannot be the reasons of a level that has these options; None when they can."""
    if not options:
        return NONE_HERE if codes else None
    known = {one.code for one in options}
    for place, code in enumerate(codes):
        if code not in known:
            return Reason(NOT_LISTED, {"code": plain_text(code)[:16]})
        if code in codes[:place]:
            return Reason(TWICE, {"code": code})
    return ONE_NEEDED if needs_one(options) and not codes else None


def names(rows: Rows, codes: Collection[str], scale: Scale, day: str, language: str) -> tuple[str, ...]:
    """What codes are called; one that no list knows stays as it is."""
    begun = [one for one in rows if one.scale is scale and one.valid_from <= day]
    known = {one.code: one.name(language) for one in sorted(begun, key=lambda one: one.valid_from)}
    return tuple(known.get(code, code) for code in codes)


def plain_text(text: str) -> str:
    """What a person or a device wrote: one line, without control characters, at most 500 characters."""
    kept = "".join(
        " " if one.isspace() else one for one in text if one.isspace() or unicodedata.category(one)[0] != "C"
    )
    return " ".join(kept.split())[:TEXT_LONGEST]
