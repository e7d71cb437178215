"""Paper slips entered afterwards, and the last services before a fault."""

from __future__ import annotations

from collections.abc import Sequence

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import business_day, day_clock_text
from hallterm.rules.numbers import window_number
from hallterm.rules.outages import LAST_ANSWERS
from hallterm.screens.outage_list import Listed
from hallterm.screens.outage_words import NOT_TIMES, code_and_quantity, hh_mm, mm_dd, times_t
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut, fit, right
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows import back_entering, outage_cards
from hallterm.workflows.back_entering import Slip
from hallterm.workflows.outage_look import EntryLine, LastLine


class EntriesPane(Listed):
    """One line a slip, newest first."""

    @property
    def items(self) -> Sequence[EntryLine]:
        return self.screen.look.entries if self.screen.look else ()

    @property
    def waits(self) -> bool:
        look = self.screen.look
        return look is not None and look.confirms and look.entries_waiting > 0

    def title(self) -> str:
        return _("Work done by hand, entered from its slip; another person confirms it")

    def columns(self) -> str:
        heads = (_("Slip"), _("Day"), _("Began"), _("Ended"), _("Win"), _("Name"), _("Matter"))
        text = "".join(fit(head, cells) for head, cells in zip(heads, (10, 7, 7, 7, 4, 10, 8), strict=True))
        return text + right(_("Pieces"), 7) + "   " + _("State")

    def line(self, item: EntryLine) -> tuple[str, Ink]:
        one = item.entry
        text = fit(one.slip, 10) + fit(mm_dd(one.day), 7) + fit(hh_mm(one.from_t), 7) + fit(hh_mm(one.to_t), 7)
        text += fit(str(window_number(one.window)) if one.window else "", 4) + fit(item.name, 10) + fit(one.code, 8)
        text += right(str(one.quantity), 7) + "   "
        if one.refused_t:
            return text + _("refused"), Ink.DIM
        return (text + _("it counts"), Ink.PLAIN) if one.confirmed_t else (text + _("to confirm"), Ink.YELLOW)

    def nothing(self) -> str:
        look = self.screen.look
        if look is None or look.enter_until_t is None:
            return _("No power failure or fault that work may be entered for")
        return _("No slip was entered. {key} enters one").format(key=self.screen.key_name(Slot.INSERT))

    def detail(self, item: EntryLine, cells: int) -> list[Row]:
        one = item.entry
        said = _("entered by {by} {time}").format(by=item.entered_by, time=day_clock_text(one.made_t))
        if one.confirmed_t:
            said += "   " + _("confirmed by {by} {time}").format(
                by=one.confirmed_by, time=day_clock_text(one.confirmed_t)
            )
        return [cut(f" {said}", cells), cut(f" {one.reason or one.note}", cells)]

    def foot(self, cells: int) -> Row:
        look = self.screen.look
        until = look.enter_until_t if look else None
        if not until:
            return super().foot(cells)
        return " " + _("Slips may be entered until {time}").format(time=day_clock_text(until))

    # keys

    def bar(self) -> list[Key]:
        one, look = self.chosen, self.screen.look
        why = "" if one else _("nothing waits")
        why = why or ("" if look is not None and look.confirms else _("a leader does that"))
        why = why or ("" if one and not one.entry.confirmed_t and not one.entry.refused_t else _("it is answered"))
        closed = "" if look is not None and look.enter_until_t is not None else _("no outage on record")
        return [
            *self.around(),
            Key(Slot.F8, _("Yes"), self._confirm, why),
            Key(Slot.F9, _("No"), self._refuse, why),
            Key(Slot.INSERT, _("Ent+"), self._enter, closed),
        ]

    def _enter(self) -> None:
        prompts = [
            (_("Slip"), _("the number on the paper slip"), 16),
            (_("Matter"), _("its code, as B01; several pieces as B01*3"), 12),
            (_("Times"), _(NOT_TIMES), 20),
        ]
        look = self.screen.look
        if look is not None and not look.window:
            prompts.append((_("Who served"), _("staff number and window, as 0317 3"), 16))
        self.chain(prompts, self._typed)

    @property
    def _day(self) -> str:
        """That of the newest fault: its slips may still be entered on the next day."""
        found = [one.row.day for one in self.screen.look.outages if not one.row.withdrawn_t] if self.screen.look else []
        return max(found, default=business_day(self.screen.host.now().t))

    def _typed(self, number: str, matter: str, times: str, who: str = "") -> None:
        screen = self.screen
        span = times_t(times, self._day)
        if span is None:
            screen.say(_(NOT_TIMES), NOT_DONE)
            return
        code, quantity = code_and_quantity(matter)
        staff, _space, window = who.partition(" ")
        slip = Slip(number, code, *span, quantity=quantity, staff=staff)

        def go() -> None:
            screen.write(lambda desk, now: back_entering.enter_at(desk, now, slip, window.strip()))

        question = _("Enter slip {slip}, {code}, {times}?").format(slip=number, code=code, times=times)
        screen.sure(question, go, Slot.INSERT)

    def _confirm(self) -> None:
        one = self.chosen
        if one is not None:
            id = one.entry.id
            question = _("Confirm slip {slip}, {code} of {name}?").format(
                slip=one.entry.slip, code=one.entry.code, name=one.name
            )
            self.screen.sure(
                question, lambda: self.screen.write(lambda desk, now: back_entering.confirm_entry(desk, now, id))
            )

    def _refuse(self) -> None:
        one = self.chosen
        if one is None:
            return
        id, question = one.entry.id, _("Refuse slip {slip} of {name}?").format(slip=one.entry.slip, name=one.name)

        def entered(reason: str) -> None:
            def go() -> None:
                self.screen.write(lambda desk, now: back_entering.refuse_entry(desk, now, id, reason))

            self.screen.ask_again(question, go, Slot.F9)

        self.screen.ask_text(_("Why"), _("a few words; the clerk reads them"), 50, entered)


class LastPane(Listed):
    """The last service of each window before a fault: a digit says what became of it in the tax software."""

    @property
    def items(self) -> Sequence[LastLine]:
        return self.screen.look.last if self.screen.look else ()

    @property
    def waits(self) -> bool:
        return bool(self.items)

    def title(self) -> str:
        answers = "   ".join(f"{n} {_(label)}" for n, label in enumerate(LAST_ANSWERS.values(), 1))
        return _("Last before the fault:") + f"  {answers}"

    def columns(self) -> str:
        heads = (_("Day"), _("Win"), _("Name"), _("Matter"), _("Began"), _("Ended"))
        return "".join(fit(head, cells) for head, cells in zip(heads, (14, 4, 10, 8, 8, 8), strict=True))

    def line(self, item: LastLine) -> tuple[str, Ink]:
        one = item.last
        text = fit(day_clock_text(one.start_t), 14) + fit(str(window_number(one.window)), 4) + fit(item.name, 10)
        return text + fit(one.code, 8) + fit(hh_mm(one.start_t), 8) + fit(hh_mm(one.end_t), 8), Ink.PLAIN

    def nothing(self) -> str:
        return _("Nothing is asked for")

    def bar(self) -> list[Key]:
        return self.around()

    def digit(self, digit: int) -> bool:
        one, answers = self.chosen, list(LAST_ANSWERS)
        if one is None or not 1 <= digit <= len(answers):
            return False
        answer = answers[digit - 1]
        outage, window = one.outage, one.last.window
        self.screen.write(lambda desk, now: outage_cards.answer_last(desk, now, outage, window, answer))
        return True
