"""One's own bad ratings (menu 26): without the rater, a working day late; appeal, withdraw it; comments and rewards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hallterm.actions import Slot
from hallterm.locale import N_, _
from hallterm.rules.day import day_clock_text
from hallterm.screens.cases_detail import number_text
from hallterm.screens.cases_rewards import yuan
from hallterm.screens.cases_words import ABSENT, DECISIONS, LAMP_INK, level_text, options_text, said_text, term_text
from hallterm.screens.panes import Pane, PaneScreen, moved, void, window_of
from hallterm.screens.technician_page import Key, rule
from hallterm.widgets.cells import cut, fit, middle, right
from hallterm.widgets.lines import Ink, Row
from hallterm.widgets.seconds import LONGEST_REST_S
from hallterm.widgets.writing import reason_text
from hallterm.workflows.appeals import file_appeal, withdraw_appeal
from hallterm.workflows.comments import REWARD_WORDS
from hallterm.workflows.ratings_look import OwnCase, OwnLook, own_look
from storage.facts import AppealDecision, Moment, RewardKind

if TYPE_CHECKING:
    from hallterm.rules.words import Reason
    from hallterm.workflows.desk import Desk

WIDTHS = (16, 7, 12, 24, 18)
BELOW = 8


class OwnRatingsPane(Pane):
    """The newest first; below the line what was said."""

    screen: MyOpinionsScreen

    def __init__(self, screen: MyOpinionsScreen) -> None:
        super().__init__(screen)
        self._at = self._top = 0

    def read(self) -> None:
        self.screen.ask_store(own_look, self.screen.show_own, writes=False, refused=self.screen.refused)

    @property
    def is_read(self) -> bool:
        return self.screen.look is not None

    @property
    def lines(self) -> Sequence[OwnCase]:
        return self.screen.look.lines if self.screen.look else ()

    @property
    def chosen(self) -> OwnCase | None:
        return self.lines[min(self._at, len(self.lines) - 1)] if self.lines else None

    @property
    def _today(self) -> str:
        return self.screen.look.page.today if self.screen.look else ""

    # drawn

    def head(self, cells: int) -> Row:
        look = self.screen.look
        if look is None:
            return ""
        appeals = sum(one.appeal is not None and one.appeal.open for one in look.lines)
        text = _("bad ratings of two months: {count}   appeals open {appeals}")
        return " " + text.format(count=len(look.lines), appeals=appeals)

    def rows(self, cells: int, height: int) -> list[Row]:
        widths = (*WIDTHS[:3], WIDTHS[3] + cells - 80, WIDTHS[4])
        heads = (_("Case"), _("Day"), _("Rating"), _("Matter"), _("Appeal"))
        rows: list[Row] = [" " + "".join(fit(text, size) for text, size in zip(heads, widths, strict=True))]
        room = max(1, height - 2 - BELOW)
        if not self.lines:
            rows.append(" " + _("No bad rating"))
        else:
            self._top = window_of(self._at, self._top, len(self.lines), room)
            seen = self.lines[self._top : self._top + room]
            rows += [self._row(one, widths, cells, chosen=one is self.chosen) for one in seen]
        rows += [""] * (room + 1 - len(rows))
        return [*rows, rule(cells), *self._below(cells)][:height]

    def _row(self, one: OwnCase, widths: Sequence[int], cells: int, *, chosen: bool) -> Row:
        row = one.row
        matters = self.screen.look.matters if self.screen.look else {}
        texts = (
            number_text(row.number),
            row.day[5:],
            level_text(row.scale, row.level),
            middle(f"{row.code} {matters.get(row.code, '')}", widths[3] - 1),
        )
        text = f"{'>' if chosen else ' '}" + "".join(fit(t, n) for t, n in zip(texts, widths, strict=False))
        state = self._state(one)
        if chosen:
            return ((fit(text + state, cells), Ink.REVERSE),)
        ink = LAMP_INK[one.lamp] if one.lamp is not None else Ink.PLAIN
        return ((text, Ink.PLAIN), (state, ink))

    def _state(self, one: OwnCase) -> str:
        appeal = one.appeal
        if appeal is not None and appeal.decision:
            return _(DECISIONS[AppealDecision(appeal.decision)])
        if appeal is not None and appeal.open:
            return _("handed on") if appeal.forwarded_t else _("filed")
        return term_text(one.lamp, one.appeal_by_t, self._today) if one.refusal is None else ABSENT

    def _below(self, cells: int) -> list[Row]:
        one, look = self.chosen, self.screen.look
        rows: list[Row] = []
        if one is not None:
            said = _("reasons {options}   you may appeal until {until}").format(
                options=options_text(one.row), until=day_clock_text(one.appeal_by_t)
            )
            rows.append(" " + cut(said, cells - 1))
            if more := said_text(one.row):
                rows.append(" " + cut(more, cells - 1))
            if one.appeal is not None:
                words = "  ".join(part for part in (one.appeal.text, one.appeal.reason) if part)
                rows.append(" " + cut(_("appeal: {text}").format(text=words), cells - 1))
        if look is None:
            return rows
        rows += [" " + cut(f"{said.week}  {said.text}", cells - 1) for said in look.comments]
        for given in look.rewards:
            money = f"{yuan(given.amount_fen)} " if given.amount_fen else ""
            text = f"{given.month}  {_(REWARD_WORDS[RewardKind(given.reward)])} {money}{given.ground} {given.text}"
            rows.append(" " + cut(text.rstrip(), cells - 1))
        return rows

    def foot(self, cells: int) -> Row:
        place = f"{self._at + 1}/{len(self.lines)}" if self.lines else ""
        late = _("A rating is shown on the next working day, and never who gave it")
        return fit(" " + late, cells - 8) + right(place, 7)

    def hint(self) -> str:
        return _("arrows choose a rating, Esc leads back")

    # keys

    def bar(self) -> list[Key]:
        one = self.chosen
        none = "" if one else _("there is no bad rating")
        refused = reason_text(self.screen, one.refusal) if one and one.refusal is not None else ""
        open_ = one is not None and one.appeal is not None and one.appeal.open
        return [
            Key(Slot.F5, _("Next"), lambda: self.arrow("down"), none),
            Key(Slot.F6, _("Obj."), self._file, none or refused),
            Key(Slot.F9, _("Drop"), self._withdraw, none or ("" if open_ else _("there is no appeal"))),
        ]

    def arrow(self, key: str) -> None:
        if self.lines:
            self._at = moved(self._at, key, len(self.lines), 5)

    def _file(self) -> None:
        one = self.chosen
        if one is None:
            return
        id, number = one.row.id, number_text(one.row.number)

        def entered(text: str) -> None:
            self.screen.ask_again(
                _("Appeal against {number}?").format(number=number),
                lambda: self.screen.write(lambda desk, now: file_appeal(desk, now, id, text).words),
                Slot.F6,
            )

        self.screen.ask_text(_("Why it is not right"), _("and what shows it"), 44, entered)

    def _withdraw(self) -> None:
        one = self.chosen
        if one is None:
            return
        id = one.row.id
        self.screen.ask_again(
            _("Withdraw the appeal against {number}?").format(number=number_text(one.row.number)),
            lambda: self.screen.write(lambda desk, now: withdraw_appeal(desk, now, id).words),
            Slot.F9,
        )


class MyOpinionsScreen(PaneScreen):
    """The page of one person."""

    in_mode = "my_opinions"
    heading = N_("Opinions, bad ratings, my appeals")

    def __init__(self) -> None:
        self.look: OwnLook | None = None
        super().__init__(id="my-opinions")

    def first_pane(self) -> Pane:
        self.look = None
        return OwnRatingsPane(self)

    def place(self) -> tuple[str, str]:
        return (self.look.page.hall_name, self.look.page.staff) if self.look else ("", "")

    def show_own(self, look: OwnLook) -> None:
        """What the store answered."""
        if self.is_current:
            self.look = look
            self.repaint()

    def rest_s(self, now: Moment) -> float:
        return LONGEST_REST_S

    def write(self, work: Callable[[Desk, Moment], Reason]) -> None:
        """Record it; it is not taken back."""
        void(self.ask_store(work, self.wrote))
