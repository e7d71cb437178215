"""Each sheet of styles is read once in a run of the tests, and not twice in every program that a test opens."""

from __future__ import annotations

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

Sheet = tuple[frozenset[tuple[str, str]], str, CSSLocation, bool, int, str]

_read: dict[Sheet, list[RuleSet]] = {}


def share_sheets(patch: pytest.MonkeyPatch) -> None:
    """What a text means with the colours of a theme; nothing changes rules once they are parsed."""
    parse = Stylesheet._parse_rules

    def parse_once(
        sheet: Stylesheet,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        key = (frozenset(sheet._variables.items()), css, read_from, is_default_rules, tie_breaker, scope)
        if key not in _read:
            _read[key] = parse(sheet, css, read_from, is_default_rules, tie_breaker, scope)
        return _read[key]

    patch.setattr(Stylesheet, "_parse_rules", parse_once)
