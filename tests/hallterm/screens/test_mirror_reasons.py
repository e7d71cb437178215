"""Reasons on the mirror without a screen: what each digit does, what stays when the time is over, and what is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hallterm.locale import use
from hallterm.option_list import shipped_options
from hallterm.rules.option_codes import options_on
from hallterm.screens.mirror_reasons import Chosen, Reasons
from hallterm.widgets.cells import width
from hallterm.workflows.explaining import Why
from storage.facts import Moment, Scale

START = Moment(1_000_000, 50_000, "b")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use("en")
    yield
    use("zh_CN")


def why(scale: Scale = Scale.FIVE_SEED, level: int = 2, rating: str = "r1") -> Why:
    options = options_on(shipped_options(), scale, level, "2026-11-24")
    return Why(rating, scale, level, options, START.t + 20_000)


def after(seconds: float) -> Moment:
    gone = int(seconds * 1000)
    return Moment(START.t + gone, START.m + gone, "b")


def pressed(reasons: Reasons, *digits: int) -> None:
    for digit in digits:
        reasons.digit(digit, after(2))


def asked(scale: Scale = Scale.FIVE_SEED, level: int = 2) -> Reasons:
    reasons = Reasons()
    reasons.see(why(scale, level), START)
    return reasons


def kept(reasons: Reasons) -> Chosen | None:
    return reasons.to_keep


def marked(reasons: Reasons) -> tuple[str, ...]:
    return reasons.codes


def test_digits_choose_and_choose_away_and_zero_ends() -> None:
    reasons = asked()
    pressed(reasons, 3, 1, 2, 2, 9)
    assert kept(reasons) is None
    pressed(reasons, 0)
    assert kept(reasons) == Chosen("r1", ("attitude", "slow"))
    assert reasons.asked(after(2)) is None
    pressed(reasons, 4)
    assert kept(reasons) == Chosen("r1", ("attitude", "slow"))


def test_ending_without_a_reason_records_nothing() -> None:
    reasons = asked()
    pressed(reasons, 0)
    assert kept(reasons) is None
    assert reasons.asked(after(2)) is None


def test_the_digit_of_the_level_pressed_twice_is_no_reason() -> None:
    reasons = asked()
    reasons.digit(2, after(0.3))
    assert marked(reasons) == ()
    pressed(reasons, 2)
    assert marked(reasons) == ("skill",)


def test_a_level_that_needs_a_reason_cannot_be_ended_without_one() -> None:
    reasons = asked(Scale.FIVE_NATIONAL)
    assert "      -  That is all" in reasons.rows(after(2), 80, roomy=False)
    assert "0 =" not in reasons.last_row(after(2))
    pressed(reasons, 0)
    assert reasons.asked(after(2)) is not None
    pressed(reasons, 8, 0)
    assert kept(reasons) == Chosen("r1", ("214",))


@pytest.mark.parametrize("how", ["time", "next person", "next rating"])
def test_what_is_chosen_when_it_ends_by_itself_is_kept(how: str) -> None:
    reasons = asked()
    pressed(reasons, 3)
    if how == "time":
        reasons.second(after(19.9))
        assert kept(reasons) is None
        reasons.second(after(20))
    else:
        reasons.see(None if how == "next person" else why(rating="r2"), after(3))
    assert kept(reasons) == Chosen("r1", ("slow",))
    assert marked(reasons) == (("slow",) if how == "time" else ())


def test_what_could_not_be_recorded_is_tried_again() -> None:
    reasons = asked()
    pressed(reasons, 3, 0)
    reasons.failed()
    assert kept(reasons) is None
    assert reasons.asked(after(2)) is not None
    pressed(reasons, 0)
    assert kept(reasons) == Chosen("r1", ("slow",))
    reasons.failed()
    reasons.second(after(20))
    assert kept(reasons) == Chosen("r1", ("slow",))
    reasons.see(None, after(21))
    reasons.failed()
    assert kept(reasons) == Chosen("r1", ("slow",))
    reasons.kept()
    assert kept(reasons) is None


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize(("cells", "height", "roomy"), [(80, 20, False), (120, 36, True)])
@pytest.mark.parametrize(
    ("scale", "level"), [(Scale.FIVE_SEED, 1), (Scale.FIVE_NATIONAL, 2), (Scale.FIVE_NATIONAL, 1), (Scale.THREE, 1)]
)
def test_the_list_fits_and_marks_only_what_was_pressed(
    language: str, cells: int, height: int, roomy: bool, scale: Scale, level: int
) -> None:
    use(language)
    reasons = asked(scale, level)
    before = [row for row in reasons.rows(after(2), cells, roomy=roomy) if isinstance(row, str)]
    assert len(before) <= height
    assert all(width(row) < cells for row in before)
    body = "\n".join(before[:-1])
    assert "*" not in body
    for option in why(scale, level).options:
        assert option.name(language) in body
    pressed(reasons, 2)
    rows = reasons.rows(after(2), cells, roomy=roomy)
    assert sum(str(row).count("*") for row in rows[:-1]) == 1
