"""How the points of a page come about: the rules with the settings of the place, ranks, marks, what is frozen or not in."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from hallterm.locale import _
from hallterm.reports.model import Report
from hallterm.reports.writing import remarks
from hallterm.rules.assessment import Rule
from hallterm.rules.exact import half_up
from hallterm.rules.ratings import SCALES
from hallterm.screens.assessment_look import Ask, AssessmentLook, rules_seen
from hallterm.screens.assessment_words import PART_NAMES
from hallterm.screens.panes import Pane
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import fit, folded, spread
from hallterm.widgets.lines import Row
from storage.facts import BusinessMode, LeaveType, Part

if TYPE_CHECKING:
    from hallterm.screens.assessment import AssessmentScreen

LABEL_CELLS = 13
MOST_LINES = 6


class ExplainPane(Pane):
    """``before`` is the list that it explains; Esc goes back to it."""

    screen: AssessmentScreen

    def __init__(self, screen: AssessmentScreen, ask: Ask, look: AssessmentLook, before: Pane) -> None:
        super().__init__(screen)
        self.ask, self.look, self.before = ask, look, before
        self.rules: Mapping[str, Rule] | None = None
        self._top = 0
        self._of = (0, 0)

    def read(self) -> None:
        ask = self.ask
        self.screen.ask_store(lambda desk, now: rules_seen(desk, now, ask), self._show, writes=False)

    def _show(self, rules: Mapping[str, Rule]) -> None:
        self.rules = rules
        self.screen.repaint()

    @property
    def is_read(self) -> bool:
        return self.rules is not None

    def head(self, cells: int) -> Row:
        text = f"{_('How the points come about')}  {self.look.period.code}  {self.look.place_name}"
        return self.screen.net(self.look.health, text, "")

    def rows(self, cells: int, height: int) -> list[Row]:
        lines = explained(self.look, self.rules or {}, cells)
        self._top = max(0, min(self._top, len(lines) - height))
        self._of = (min(self._top + height, len(lines)), len(lines))
        return list(lines[self._top : self._top + height])

    def foot(self, cells: int) -> Row:
        last, count = self._of
        return spread("", f"{self._top + 1}-{last}/{count} ", cells)

    def hint(self) -> str:
        return _("arrows and PgDn move, Esc goes back to the list")

    def bar(self) -> list[Key]:
        return []

    def arrow(self, key: str) -> None:
        by = {"up": -1, "down": 1, "pageup": -10, "pagedown": 10, "home": -self._of[1], "end": self._of[1]}.get(key, 0)
        self._top = max(0, self._top + by)

    def back(self) -> bool:
        self.screen.turn_to(self.before)
        return True


def explained(look: AssessmentLook, rules: Mapping[str, Rule], cells: int) -> list[str]:
    """Each thing with its name, on as many rows as it needs."""
    halls = sorted(rules)
    said: list[tuple[str, str]] = []
    if halls:
        rule = rules[halls[0]]
        if any(one != rule for one in rules.values()):
            text = _("not the same in all halls; below are those of {hall}, Enter and ^R show those of another")
            said.append((_("Settings"), text.format(hall=halls[0])))
        said += _of_rule(rule)
    said += _of_all()
    if look.report is not None:
        said += _of_report(look.report)
    rows, before = [], ""
    for name, text in said:
        label, before = "" if name == before else name, name
        lines = folded(text, cells - LABEL_CELLS - 2, MOST_LINES)
        rows += [f" {fit(label if not n else '', LABEL_CELLS)}{line.strip()}" for n, line in enumerate(lines)]
    return rows


def _of_rule(rule: Rule) -> list[tuple[str, str]]:
    weights = " + ".join(f"{_(PART_NAMES[part])[:1]} x {rule.weights[part]} %" for part in Part)
    found = [
        (_("Total"), _("{weights}  without a part the weights of the others count").format(weights=weights)),
        (_(PART_NAMES[Part.RATING]), _rating(rule)),
        (_(PART_NAMES[Part.BUSINESS]), _business(rule)),
        (_(PART_NAMES[Part.EFFICIENCY]), _efficiency(rule)),
        (_(PART_NAMES[Part.ATTENDANCE]), _attendance(rule)),
    ]
    if rule.complaint_points:
        text = _("each founded one takes {points} off the total")
        found.append((_("Complaints"), text.format(points=short(rule.complaint_points))))
    return found


def _rating(rule: Rule) -> str:
    worth = rule.level_weights.get(rule.scale, {})
    levels = " ".join(f"{_(one.label)} {worth.get(one.level, one.weight)}" for one in SCALES[rule.scale])
    text = _("mean of the ratings: {levels}").format(levels=levels)
    if not rule.coverage_penalty:
        return text
    return text + _("; where fewer than {duty} % rated, times evaluated / {duty} %").format(duty=rule.duty_pct)


def _business(rule: Rule) -> str:
    if rule.mode is BusinessMode.TARGET:
        text = _("100 x standard minutes / ({target} x half-days at a window)").format(target=rule.target_std_min)
    else:
        text = _("{points} x standard minutes a half-day / those of the hall").format(points=rule.average_points)
    return text + _(", at most 100; {points} off for each handling error").format(points=rule.error_points)


def _efficiency(rule: Rule) -> str:
    share = rule.on_time_weight * 100
    text = _(
        "{share} % on time: {points} off for each % of overtime above {free} %; {rest} % speed: standard / counted time"
    )
    return text.format(
        share=short(share),
        points=short(rule.points_per_pct),
        free=short(rule.free_pct),
        rest=short(100 - share),
    )


def _attendance(rule: Rule) -> str:
    off = rule.deductions
    text = _(
        "100 less: late {late}, early {early}, off post {post}, absent {absent}; "
        "half a day of personal leave {personal}, of sick leave {sick}"
    )
    return text.format(
        late=short(off.late),
        early=short(off.early),
        post=short(off.off_post),
        absent=short(off.absence),
        personal=short(off.leave_half.get(LeaveType.PERSONAL, Fraction())),
        sick=short(off.leave_half.get(LeaveType.SICK, Fraction())),
    )


def _of_all() -> list[tuple[str, str]]:
    return [
        (_("Ranks"), _("by the total, then E, then standard minutes; votes stand beside it, never inside")),
        (_("Means"), _("over people, not over halls; who has no record is in none")),
        (_("Marks"), _("-- absent, never 0   * a part is missing   ~ may still change   ? not all units are in")),
        (_("Frozen"), _("what comes later changes no frozen point; report R26 tells it")),
    ]


def _of_report(report: Report) -> list[tuple[str, str]]:
    """What the report itself says of this time: weights, what is frozen, whose data is not in."""
    found = [(_("This time"), text) for text in remarks(report)]
    text = _("version {version}; the collection department changes them").format(version=report.settings_version)
    return [*found, (_("Settings"), text)]


def short(value: Fraction | int) -> str:
    """Without zeros at its end."""
    text = f"{half_up(Fraction(value)):.2f}"
    return text.rstrip("0").rstrip(".")
