"""Services of a day without a rating: their reasons, who skipped, the evaluation rate against its duty."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from hallterm.actions import Slot
from hallterm.locale import _, language
from hallterm.option_list import shipped_options
from hallterm.rules.calendar import later
from hallterm.rules.day import local
from hallterm.rules.option_codes import OptionRow, options_on
from hallterm.rules.ratings import SCALES, UNRATED_RULES, Level, Satisfaction, unrated_rule
from hallterm.screens.cases_pane import TimedPane
from hallterm.screens.cases_words import ABSENT
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import fit, middle, right
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows.desk import Desk
from hallterm.workflows.late_ratings import correct_unrated, enter_card
from hallterm.workflows.ratings_look import UnratedLook, unrated_look
from storage.facts import Moment, Scale, UnratedReason
from storage.views.reporting_rows import UnratedLine

DAYS = 9
MATTER = 18
WIDTHS = (7, 9, 22, 22)


class UnratedPane(TimedPane[UnratedLook, UnratedLine]):
    """The newest first."""

    def ask(self, desk: Desk, now: Moment, when: str) -> UnratedLook:
        return unrated_look(desk, now, when)

    # drawn

    def head(self, cells: int) -> Row:
        look = self.look
        if look is None:
            return ""
        text = _("unrated {day}: {count}   evaluated {of_day}   month {of_month}   duty {duty} %").format(
            day=look.day[5:],
            count=len(look.lines),
            of_day=_rate(look.of_day),
            of_month=_rate(look.of_month),
            duty=look.duty_pct,
        )
        missed = look.of_month.evaluation_ok is False or look.of_day.evaluation_ok is False
        below = "  " + _("below the duty") if missed else ""
        return ((f" {text}{below}", Ink.YELLOW if missed else Ink.PLAIN),)

    @staticmethod
    def _widths(cells: int) -> tuple[int, ...]:
        return (*WIDTHS[:2], WIDTHS[2] + cells - 80, WIDTHS[3])

    def columns(self, cells: int) -> str:
        heads = (_("Time"), _("Clerk"), _("Matter"), _("Reason"))
        texts = (fit(text, size) for text, size in zip(heads, self._widths(cells), strict=True))
        return " " + "".join(texts) + _("Before, noted by")

    def nothing(self) -> str:
        return _("Every matter of the day has its rating")

    def line(self, one: UnratedLine, cells: int, *, chosen: bool) -> Row:
        look, widths = self.look, self._widths(cells)
        if look is None:
            return ""
        matter = middle(f"{one.code} {look.matters.get(one.code, '')}", widths[2] - 1)
        texts = (f"{local(one.at_t):%H:%M}", look.names.get(one.staff, one.staff), matter, reason_label(one.reason))
        before = reason_label(one.first_reason) if one.first_reason != one.reason else ""
        by = _("himself") if one.by and one.by == one.staff else look.names.get(one.by, one.by)
        text = "".join(fit(t, n) for t, n in zip(texts, widths, strict=True))
        text = f"{'>' if chosen else ' '}{text}{', '.join(part for part in (before, by) if part)}"
        return ((text, Ink.REVERSE if chosen else Ink.DIM if one.exempt else Ink.PLAIN),)

    def foot(self, cells: int) -> Row:
        place = f"{self._at + 1}/{len(self.lines)}" if self.lines else ""
        rules = _(
            "A reason is corrected on its day; a card from the box is entered by who did not serve, within 5 days"
        )
        return fit(" " + rules, cells - 8) + right(place, 7)

    def hint(self) -> str:
        return _("arrows choose a line, F7 shows the other lists")

    # keys

    def bar(self) -> list[Key]:
        look = self.look
        none = self.none
        correct = none or self.refusal(look.correct_refused if look else None)
        card = none or self.refusal(look.card_refused if look else None)
        return [
            Key(Slot.F4, _("Day"), self._choose_day),
            Key(Slot.F5, _("Next"), lambda: self.arrow("down"), none),
            Key(Slot.F6, _("Fix"), self._correct, correct),
            Key(Slot.F7, _("View"), self.screen.next_view),
            Key(Slot.INSERT, _("Ent+"), self._card, card),
        ]

    def _choose_day(self) -> None:
        today = self.look.page.today if self.look else ""
        self.choose_time(_("Which day"), [later(today, -by) for by in range(DAYS)])

    def _correct(self) -> None:
        one = self.chosen
        if one is None:
            return
        service = one.service

        def write(reason: UnratedReason, note: str) -> None:
            self.screen.sure(
                _("The reason is {reason}?").format(reason=reason_label(reason)),
                lambda: self.screen.write(lambda desk, now: correct_unrated(desk, now, service, reason, note)),
                Slot.F6,
            )

        def take(reason: UnratedReason) -> Callable[[], None]:
            if unrated_rule(reason).note_required:
                return lambda: self.screen.ask_text(
                    _("What it is"), _("a few words"), 40, lambda note: write(reason, note)
                )
            return lambda: write(reason, "")

        rules = [one for one in UNRATED_RULES if not one.by_program]
        self.screen.choice = Choice(
            _("Why there is no rating"), [Option(_(one.label), take(one.reason)) for one in rules]
        )

    def _card(self) -> None:
        one = self.chosen
        if one is None:
            return
        scale = self.look.scale if self.look else Scale.FIVE_SEED

        def take(level: Level) -> Callable[[], None]:
            why = options_on(shipped_options(), scale, level.level, one.day) if level.bad else ()

            def numbered(card: str) -> None:
                self._reasons(one.service, level, card, why)

            return lambda: self.screen.ask_text(_("Number on the card"), _("each card once"), 20, numbered)

        self.screen.choice = Choice(
            _("What the card says"), [Option(_(level.label), take(level)) for level in SCALES[scale]]
        )

    def _reasons(
        self, service: str, level: Level, card: str, why: Sequence[OptionRow], codes: tuple[str, ...] = ()
    ) -> None:
        """The reasons that are ticked on a card of a bad level; a digit again takes one back, 0 goes on."""

        def changed(code: str) -> Callable[[], None]:
            now = tuple(one.code for one in why if (one.code in codes) is not (one.code == code))
            return lambda: self._reasons(service, level, card, why, now)

        def confirm() -> None:
            self.screen.ask_again(
                _("Card {card}, {level}: it cannot be taken back.").format(card=card, level=_(level.label)),
                lambda: self.screen.write(lambda desk, now: enter_card(desk, now, service, level.level, card, codes)),
                Slot.INSERT,
            )

        if not why:
            confirm()
            return
        options = [
            Option(f"{'*' if one.code in codes else ' '} {one.name(language())}", changed(one.code)) for one in why
        ]
        self.screen.choice = Choice(_("Reasons ticked on the card"), options, Option(_("That is all"), confirm))


def reason_label(reason: str) -> str:
    """The words of a reason; what a newer program wrote stands as it is."""
    known = reason in UnratedReason.__members__.values()
    return _(unrated_rule(UnratedReason(reason)).label) if known else reason


def _rate(figures: Satisfaction) -> str:
    return f"{figures.evaluation_rate_pct} %" if figures.evaluation_rate_pct is not None else ABSENT
