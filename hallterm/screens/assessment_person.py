"""One person's assessment: the four parts with all they are made of; Enter opens the rows behind a part. Also the own page."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec.structs import replace

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.own_assessment import PersonLook
from hallterm.reports.assessment import PART_MISSING
from hallterm.rules.day import clock_text, day_clock_text
from hallterm.screens.assessment_beside import beside_rows, trend_rows
from hallterm.screens.assessment_look import Ask, AssessmentLook
from hallterm.screens.assessment_part import PartPane
from hallterm.screens.assessment_voter import VoterPane, vote_rows
from hallterm.screens.assessment_words import PART_NAMES, counts, how, part_cells, points, total_cells
from hallterm.screens.panes import Pane, moved
from hallterm.screens.technician_page import Key, listed, rule
from hallterm.widgets.bars import WIDE_FROM
from hallterm.widgets.cells import cut, fit, right
from hallterm.widgets.lines import Ink, Row
from storage.facts import Part

if TYPE_CHECKING:
    from hallterm.screens.assessment import AssessmentScreen

PARTS = tuple(Part)
PARTS_VIEW, BARS_VIEW, TREND_VIEW = VIEWS = ("parts", "bars", "trend")


class PersonPane(Pane):
    """``ask.own``: the person at the desk himself."""

    screen: AssessmentScreen

    def __init__(self, screen: AssessmentScreen, ask: Ask, before: Pane | None = None) -> None:
        super().__init__(screen)
        self.ask, self.before = ask, before
        self.look: AssessmentLook | None = None
        self.view = PARTS_VIEW
        self._at = 0

    def read(self) -> None:
        self.screen.read(self.ask, self._show)

    def _show(self, look: AssessmentLook) -> None:
        if look.person is None:
            self.screen.turn_to(VoterPane(self.screen, self.ask, look))
            return
        self.look = look
        self.stay()

    def stay(self) -> None:
        """At what is shown: what was asked for besides is refused."""
        if self.look is not None:
            self.ask = replace(self.ask, period=self.look.period.code)

    @property
    def is_read(self) -> bool:
        return self.look is not None

    @property
    def person(self) -> PersonLook:
        """What was read; only asked where :attr:`is_read`."""
        assert self.look is not None
        assert self.look.person is not None
        return self.look.person

    # drawn

    def head(self, cells: int) -> Row:
        look, person = self.look, self.person
        state = _("frozen {at}").format(at=day_clock_text(person.frozen_t)) if person.frozen_t else _("not frozen")
        text = f"{person.name} {person.staff}  {person.period.code}  {state}"
        end = _("settings version {version}").format(version=person.settings_version)
        return self.screen.net(look.health, text, end) if look else ""

    def rows(self, cells: int, height: int) -> list[Row]:
        if self.view == TREND_VIEW and self.look is not None:
            return trend_rows(self.look.trend, cells, height)
        person = self.person
        if self.view == BARS_VIEW:
            return self._bars(person)
        rows: list[Row] = [_columns()]
        for place, part in enumerate(PARTS):
            rows.append(listed(self._part(part, cells), Ink.PLAIN, chosen=place == self._at))
        rows += [rule(cells), self._total(person), ""]
        rows += [f" {cut(one, cells - 2)}" for one in counts(person, cells - 2)]
        if self.look is not None:
            rows += vote_rows(self.look)
        wide = cells >= WIDE_FROM and height > len(rows) + 12
        appeals = self._appeals()
        if self.look is not None and self.look.beside is not None:
            room = height - len(rows) - 1 - len(appeals) - (6 if wide else 0)
            rows += ["", *beside_rows(self.look.beside, self._clock, cells, room), *appeals]
        return [*rows, "", *self._bars(person)] if wide else rows

    def _appeals(self) -> list[Row]:
        """Told where the keys do it."""
        if self.look is None or self.screen.cannot_appeal(self.look):
            return []
        appeal, drop = (self.screen.key_name(slot) for slot in (Slot.F6, Slot.F9))
        text = _("{appeal} appeals a rating while its term runs   {drop} withdraws the appeal")
        return [" " + text.format(appeal=appeal, drop=drop)]

    @property
    def _clock(self) -> str:
        return clock_text(self.screen.host.now().t)[:5]

    def _part(self, part: Part, cells: int) -> str:
        return f"{part_cells(self.person, part)}   {cut(how(self.person, part), cells - 41)}"

    @staticmethod
    def _total(person: PersonLook) -> str:
        found = person.one.score
        text = f" {total_cells(person)}"
        if found.total is None:
            return text
        if found.deducted:
            text += _("  complaints -{points}").format(points=points(found.deducted))
        if person.hall_rank:
            text += _("  hall rank {rank} of {of}").format(rank=person.hall_rank, of=person.hall_of)
        if person.city_rank:
            text += _("  city rank {rank} of {of}").format(rank=person.city_rank, of=person.city_of)
        return text

    @staticmethod
    def _bars(person: PersonLook) -> list[Row]:
        """The parts as bars, a sign for two points."""
        rows: list[Row] = [" " + _("one # is 2 points")]
        for part in Part:
            found = person.one.score.parts[part]
            signs = "#" * int((found or Fraction()) / 2)
            rows.append(f" {fit(_(PART_NAMES[part]), 14)} {fit(signs, 50)} {right(points(found), 6)}")
        return rows

    def foot(self, cells: int) -> Row:
        person = self.person
        text = _("Enter shows every row behind a part")
        if person.one.score.renormalised:
            text = f"{PART_MISSING.text()}   {text}"
        elif person.running:
            told = _("~ so far: ratings up to {day}, the rest up to {time}")
            text = f"{told.format(day=person.seen_to[5:], time=self._clock)}   {text}"
        return f" {text}"

    def hint(self) -> str:
        return _("arrows choose a part, Enter opens it, F7 bars and trend, Esc one step back")

    # keys

    def bar(self) -> list[Key]:
        look = self.look
        if look is None:
            return []
        error = "" if look.may_note_errors else _("the director and the assessor record errors")
        keys = [
            Key(Slot.F4, _("Scope"), self._choose_period),
            Key(Slot.F6, _("Appl"), self.screen.open_opinions, self.screen.cannot_appeal(look)),
            Key(Slot.F7, _("View"), self._turn),
            Key(Slot.CTRL_R, _("Why"), self._tell_how),
        ]
        if look.person is not None and look.person.own:
            keys.append(Key(Slot.F9, _("Drop"), self.screen.open_opinions, self.screen.cannot_appeal(look)))
            return [*keys, Key(Slot.INSERT, _("Vote"), self.screen.choose_vote, self.screen.cannot_vote(look))]
        return [*keys, Key(Slot.INSERT, _("Err"), self._note_error, error)]

    def _turn(self) -> None:
        """Parts, bars, the last months; these are read when they are wanted."""
        self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        wanted = self.view == TREND_VIEW
        if wanted != self.ask.trend:
            self.ask = replace(self.ask, trend=wanted)
            if wanted:
                self.read()

    def _tell_how(self) -> None:
        """The whole of what the line may have no room for."""
        part = PARTS[self._at]
        self.screen.say(f"{_(PART_NAMES[part])}: {how(self.person, part)}")

    def arrow(self, key: str) -> None:
        self._at = moved(self._at, key, len(PARTS), len(PARTS))

    def enter(self) -> None:
        if self.look is not None:
            ask = replace(self.ask, part=PARTS[self._at], trend=False)
            self.screen.turn_to(PartPane(self.screen, ask, before=self))

    def back(self) -> bool:
        if self.view != PARTS_VIEW:
            self.view, self.ask = PARTS_VIEW, replace(self.ask, trend=False)
            return True
        if self.before is None:
            return False
        self.screen.turn_to(self.before)
        return True

    def _choose_period(self) -> None:
        self.screen.choice = self.screen.periods(self._of)

    def _of(self, period: str) -> None:
        self.ask = replace(self.ask, period=period)
        self.read()

    def _note_error(self) -> None:
        self.screen.ask_error(self.person.staff)


def _columns() -> str:
    heads = fit(_("Section"), 12) + right(_("Weight"), 6) + right(_("Points"), 9) + " " + right(_("Worth"), 7)
    return f" {heads}   {_('How it came about')}"
