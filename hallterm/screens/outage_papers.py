"""Papers that were kept, cards for later, and receipts written by hand that are not in the tax software yet."""

from __future__ import annotations

from collections.abc import Sequence

from hallterm.actions import Slot
from hallterm.locale import _
from hallterm.screens.outage_list import Listed
from hallterm.screens.outage_words import NOT_MONEY, fen, mm_dd, yuan
from hallterm.screens.technician_page import Key
from hallterm.widgets.cells import fit, right
from hallterm.widgets.frame import NOT_DONE
from hallterm.widgets.lines import Ink
from hallterm.workflows import outage_cards
from storage.views.outages import CardRow, PaperRow, ReceiptRow

Item = ReceiptRow | PaperRow | CardRow


class PapersPane(Listed):
    """Open receipts first: they keep the month from being frozen."""

    @property
    def items(self) -> Sequence[Item]:
        look = self.screen.look
        return (*look.receipts, *look.papers, *look.cards) if look else ()

    @property
    def waits(self) -> bool:
        return bool(self.screen.look and self.screen.look.receipts)

    def title(self) -> str:
        return _("Receipts by hand (open ones hold up the freeze of the month), papers, cards")

    def columns(self) -> str:
        heads = (_("Document"), _("Its number"), _("Day"), _("Of what"))
        return "".join(fit(head, cells) for head, cells in zip(heads, (12, 18, 8, 22), strict=True)) + _("State")

    def line(self, item: Item) -> tuple[str, Ink]:
        if isinstance(item, ReceiptRow):
            sums = right(yuan(item.amount_fen + item.late_fee_fen + item.fine_fen), 12)
            head = fit(_("Receipt"), 12) + fit(item.receipt_no, 18) + fit(mm_dd(item.day), 8)
            return head + fit(f"{item.tax_kind} {sums.strip()}", 22) + _("open"), Ink.YELLOW
        if isinstance(item, PaperRow):
            head = fit(_("Papers"), 12) + fit(item.slip, 18) + fit(mm_dd(item.day), 8)
            return head + fit(f"{item.code} {item.staff}", 22) + _("kept"), Ink.PLAIN
        head = fit(_("Priority card"), 12) + fit(item.number, 18) + fit(mm_dd(item.day), 8) + fit(item.prefix, 22)
        if item.used_t:
            return head + _("used {day}").format(day=mm_dd(item.used_day)), Ink.DIM
        return head + _("good until {day}").format(day=mm_dd(item.last_day)), Ink.PLAIN

    def nothing(self) -> str:
        return _("No receipt is open, no papers are kept, no card was given out")

    def bar(self) -> list[Key]:
        one, look = self.chosen, self.screen.look
        going_on = look is not None and any(row.row.is_open for row in look.outages)
        fault = "" if going_on else _("no fault goes on")
        receipt = "" if isinstance(one, ReceiptRow) else _("choose a receipt")
        return [
            Key(Slot.F6, _("Docs"), self._papers, fault),
            *self.around(),
            Key(Slot.F8, _("Done"), self._entered, receipt),
            Key(Slot.INSERT, _("Bill"), self._receipt),
            Key(Slot.CTRL_Y, _("Card"), self._card, fault),
        ]

    def _papers(self) -> None:
        prompts = [
            (_("Slip"), _("the number on the paper slip"), 16),
            (_("Matter"), _("its code, as B01"), 8),
            (_("Telephone"), _("sealed in the vault; - for none"), 24),
        ]

        def typed(slip: str, code: str, contact: str) -> None:
            who = "" if contact == "-" else contact
            self.screen.write(lambda desk, now: outage_cards.accept_papers(desk, now, slip, code, contact=who))

        self.chain(prompts, typed)

    def _card(self) -> None:
        def typed(prefix: str) -> None:
            self.screen.write(lambda desk, now: outage_cards.issue_card(desk, now, prefix.strip().upper()))

        self.screen.ask_text(_("Group"), _("one letter; the card is printed"), 4, typed)

    def _receipt(self) -> None:
        prompts = [
            (_("Receipt"), _("the number printed on it"), 20),
            (_("Tax"), _("what was paid"), 20),
            (_("Yuan"), _("amount, late fee, fine: 123.00 5.00 0"), 30),
        ]

        def typed(number: str, tax_kind: str, amounts: str) -> None:
            found = [fen(part) for part in amounts.split()][:3]
            known = [one for one in found if one is not None]
            if len(known) != len(found) or not found:
                self.screen.say(_(NOT_MONEY), NOT_DONE)
                return
            self.screen.write(lambda desk, now: outage_cards.write_receipt(desk, now, number, tax_kind, *known))

        self.chain(prompts, typed)

    def _entered(self) -> None:
        one = self.chosen
        if isinstance(one, ReceiptRow):
            number = one.receipt_no
            question = _("Receipt {number} stands in the tax software?").format(number=number)
            self.screen.sure(
                question, lambda: self.screen.write(lambda desk, now: outage_cards.enter_receipt(desk, now, number))
            )
