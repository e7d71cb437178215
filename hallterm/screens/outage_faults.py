"""Faults of the hall, and the pauses that wait for a leader's word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.rules.day import business_day, day_clock_text
from hallterm.rules.numbers import window_number
from hallterm.rules.outages import FAULTS
from hallterm.rules.timers import pause_rule
from hallterm.screens.outage_list import Listed
from hallterm.screens.outage_words import ABSENT, NOT_A_TIME, fault_words, hh_mm, mm_dd, state_cell, time_t
from hallterm.screens.sync_choice import Choice, Option
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import cut, fit, right
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink, Row
from hallterm.workflows import outages, pause_words
from hallterm.workflows.outage_look import PauseLine
from storage.facts import FaultKind, PauseReason
from storage.views.outage_sums import OutageSum


class FaultsPane(Listed):
    """One line a fault, newest first."""

    @property
    def items(self) -> Sequence[OutageSum]:
        return self.screen.look.outages if self.screen.look else ()

    @property
    def waits(self) -> bool:
        look = self.screen.look
        return look is not None and look.leads and any(self._unconfirmed(one) for one in look.outages)

    @staticmethod
    def _unconfirmed(one: OutageSum) -> bool:
        return not one.row.confirmed_t and not one.row.withdrawn_t

    def title(self) -> str:
        return _("Faults of the last 30 days")

    def columns(self) -> str:
        heads = (_("Day"), _("Fault"), _("Began"), _("Ended"), _("Expected"), _("State"))
        text = "".join(fit(head, cells) for head, cells in zip(heads, (7, 14, 7, 7, 10, 14), strict=True))
        return text + right(_("Windows"), 8) + right(_("Minutes"), 8)

    def line(self, item: OutageSum) -> tuple[str, Ink]:
        row = item.row
        text = fit(mm_dd(row.day), 7) + fit(_(FAULTS[row.fault]), 14) + fit(hh_mm(row.from_t), 7)
        text += fit(hh_mm(row.to_t), 7) + fit(hh_mm(row.back_t) if row.is_open else ABSENT, 10) + state_cell(row)
        text += right(str(item.windows), 8) + right(str(item.paused_ms // 60_000), 8)
        ink = Ink.RED if row.is_open else Ink.YELLOW if self._unconfirmed(item) else Ink.PLAIN
        return text, ink

    def nothing(self) -> str:
        return _("No fault is on record. {key} reports one").format(key=self.screen.key_name(Slot.INSERT))

    def detail(self, item: OutageSum, cells: int) -> list[Row]:
        row = item.row
        whole = row.whole or not row.windows
        where = _("whole hall") if whole else _("window {window}").format(window=window_number(row.windows))
        said = _("reported by {by} {time}, {where}").format(by=row.declared_by, time=hh_mm(row.declared_t), where=where)
        if row.confirmed_t:
            said += "   " + _("confirmed by {by} {time}").format(by=row.confirmed_by, time=hh_mm(row.confirmed_t))
        done = _("papers {papers}   entered {entered}, of them confirmed {confirmed}   cards {cards}, used {used}")
        counts = {"papers": item.papers, "entered": item.entered, "confirmed": item.confirmed}
        note = row.reason or row.note
        return [
            cut(f" {said}", cells),
            cut(" " + done.format(cards=item.cards, used=item.cards_used, **counts), cells),
            cut(f" {note}", cells),
        ]

    # keys

    def bar(self) -> list[Key]:
        one, look = self.chosen, self.screen.look
        leads = look is not None and look.leads
        none = "" if one else _("no fault is chosen")
        over = none or ("" if one and one.row.is_open else _("it is over"))
        gone = none or (_("it was withdrawn") if one and one.row.withdrawn_t else "")
        not_mine = "" if leads else _("a leader does that")
        told = none or not_mine or over
        return [
            Key(Slot.F6, _("Up"), self._end, over),
            *self.around(),
            Key(Slot.F8, _("Yes"), self._confirm, gone or not_mine),
            Key(Slot.F9, _("None"), self._withdraw, gone or not_mine),
            Key(Slot.INSERT, _("Fail"), self._report),
            Key(Slot.CTRL_O, _("ETA"), self._expect, told),
        ]

    def _report(self) -> None:
        options = [Option(_(label), partial(self._declare, fault)) for fault, label in FAULTS.items()]
        self.screen.choice = Choice(_("What is out of order? It pauses what is being served"), options)

    def _declare(self, fault: FaultKind) -> None:
        question = _("Report: {fault}?").format(fault=_(FAULTS[fault]))
        self.screen.sure(
            question,
            lambda: self.screen.write(lambda desk, now: outages.declare(desk, now, fault)),
            Slot.INSERT,
        )

    def _end(self) -> None:
        id, words = self.chosen_id, self.chosen_words
        question = _("{fault} is over, windows go on?").format(fault=words)
        self.screen.sure(question, lambda: self.screen.write(lambda desk, now: outages.end(desk, now, id)), Slot.F6)

    def _confirm(self) -> None:
        id, words = self.chosen_id, self.chosen_words
        question = _("Confirm {fault} for the whole hall?").format(fault=words)
        self.screen.sure(question, lambda: self.screen.write(lambda desk, now: outages.confirm(desk, now, id)))

    def _withdraw(self) -> None:
        id, words = self.chosen_id, self.chosen_words
        question = _("Withdraw {fault}? Its pauses count.").format(fault=words)

        def entered(reason: str) -> None:
            def go() -> None:
                self.screen.write(lambda desk, now: outages.withdraw(desk, now, id, reason))

            self.screen.ask_again(question, go, Slot.F9)

        self.screen.ask_text(_("Why"), _("a few words; it is kept"), 50, entered)

    def _expect(self) -> None:
        id = self.chosen_id

        def entered(text: str) -> None:
            at_t = time_t(text, business_day(self.screen.host.now().t))
            if at_t is None:
                self.screen.say(_(NOT_A_TIME), NOT_DONE)
                return

            def go() -> None:
                self.screen.write(lambda desk, now: outages.confirm(desk, now, id, expected_t=at_t))

            self.screen.sure(_("Expected back at {time}?").format(time=hh_mm(at_t)), go, Slot.CTRL_O)

        self.screen.ask_text(_("Expected back"), _("10:45; the hall screen says so"), 8, entered)

    @property
    def chosen_id(self) -> str:
        return self.chosen.row.id if self.chosen else ""

    @property
    def chosen_words(self) -> str:
        return fault_words(self.chosen.row) if self.chosen else ""


class PausesPane(Listed):
    """One line a pause, oldest first; what nobody confirms in time counts."""

    @property
    def items(self) -> Sequence[PauseLine]:
        return self.screen.look.pauses if self.screen.look else ()

    @property
    def waits(self) -> bool:
        look = self.screen.look
        return look is not None and look.leads and bool(look.pauses)

    def title(self) -> str:
        return _("Fault pauses over 10 minutes, or more than three a day: a leader confirms them")

    def columns(self) -> str:
        heads = (_("Began"), _("Win"), _("Name"), _("Matter"), _("Reason"))
        text = "".join(fit(head, cells) for head, cells in zip(heads, (13, 4, 10, 8, 18), strict=True))
        return text + right(_("Minutes"), 8) + "   " + _("Counts from")

    def line(self, item: PauseLine) -> tuple[str, Ink]:
        one = item.pause
        reason = _(pause_rule(PauseReason(one.reason)).label)
        text = fit(day_clock_text(one.from_t), 13) + fit(str(window_number(one.window)), 4) + fit(item.name, 10)
        length = str(one.length_ms // 60_000) if one.length_ms else ABSENT
        text += fit(one.code, 8) + fit(reason, 18) + right(length, 8) + "   " + day_clock_text(item.until_t)
        late = self.screen.host.now().t > item.until_t
        return text, Ink.DIM if late else Ink.PLAIN

    def nothing(self) -> str:
        return _("No pause waits for a word")

    def bar(self) -> list[Key]:
        one, look = self.chosen, self.screen.look
        leads = look is not None and look.leads
        why = "" if one else _("nothing waits")
        why = why or ("" if leads else _("a leader does that"))
        why = why or ("" if one and one.pause.length_ms else _("the pause goes on"))
        return [
            *self.around(),
            Key(Slot.F8, _("Yes"), self._confirm, why),
            Key(Slot.F9, _("No"), self._refuse, why),
        ]

    def _confirm(self) -> None:
        one = self.chosen
        if one is not None:
            id = one.pause.id
            question = _("Confirm the pause of {name}, {minutes} minutes?").format(
                name=one.name, minutes=one.pause.length_ms // 60_000
            )
            self.screen.sure(
                question, lambda: self.screen.write(lambda desk, now: pause_words.confirm_pause(desk, now, id))
            )

    def _refuse(self) -> None:
        one = self.chosen
        if one is None:
            return
        id, question = one.pause.id, _("Refuse the pause of {name}? It counts.").format(name=one.name)

        def entered(reason: str) -> None:
            def go() -> None:
                self.screen.write(lambda desk, now: pause_words.refuse_pause(desk, now, id, reason))

            self.screen.ask_again(question, go, Slot.F9)

        self.screen.ask_text(_("Why"), _("a few words; the clerk reads them"), 50, entered)
