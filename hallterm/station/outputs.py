"""What a hall shows, says and prints: calls on displays and boards and aloud, overtime lamps, tickets on paper."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping

from devices.bindings import Binding
from devices.manager import DeviceManager
from devices.ticket import PrintCode, PrintResult
from hallterm.locale import N_, _
from hallterm.rules.timers import elapsed_ms
from hallterm.rules.voice import FRESH_S
from hallterm.station.boards import Boards
from hallterm.station.lamps import Lamps
from hallterm.station.speaking import Speaking
from hallterm.workflows.card_paper import card_slip
from hallterm.workflows.ticketing import slip
from storage import views
from storage.clock import now as read_clock
from storage.facts import Moment, TicketPrinted
from storage.journal import Journal
from storage.projections import Placed

log = logging.getLogger(__name__)

CALL = N_("{number} please go to window {window}")
SERVING = N_("serving {number}")
WINDOW = N_("window {window}")
PAUSED = N_("window closed for now")


class Outputs:
    """Displays, boards, voices, lamps and the ticket printer; used from the station's thread only."""

    def __init__(
        self,
        journal: Journal,
        manager: DeviceManager,
        names: Mapping[str, str],
        later: Callable[[Callable[[], None]], None],
        bindings: Callable[[], Iterable[Binding]] = tuple,
    ) -> None:
        self.journal = journal
        self.manager = manager
        self.names = names
        self.speaking = Speaking(journal, manager, names)
        self.lamps = Lamps(journal, manager, names)
        self.boards = Boards(journal, manager, bindings)
        self._later = later
        self._second = -1

    def tick(self, now: Moment) -> None:
        """Brings boards and lamps to what is true now; called often."""
        self.boards.tick(now)
        if now.m // 1000 != self._second:
            self._second = now.m // 1000
            self.lamps.tick(now)

    def called(self, p: Placed) -> None:
        """A call (or a recall) is shown at its window and spoken; one that came late from another node is no news."""
        now = read_clock()
        if p.node == self.journal.identity.node or elapsed_ms(p.t, p.m, p.boot, now) < FRESH_S * 1000:
            self._show(p.fact.window, CALL, number=p.fact.number)
        self.speaking.called(p, now)

    def serving(self, p: Placed) -> None:
        """The number stays while it is served."""
        ticket = views.ticket(self.journal.database, p.fact.ticket) if p.fact.ticket else None
        if ticket is not None:
            self._show(p.fact.window, SERVING, number=ticket.number)

    def rated(self, p: Placed) -> None:
        """A press that came late does not wipe the next call off the display."""
        if p.fact.frees_window:
            self.free(p)

    def free(self, p: Placed) -> None:
        """The window waits for the next person."""
        self._show(p.fact.window, WINDOW)

    def closed(self, p: Placed) -> None:
        """Break, or signed off."""
        self._show(p.fact.window, PAUSED)

    def _show(self, window: str, msgid: str, **values: str) -> None:
        name = self.names.get(window)
        if name is not None:
            text = _(msgid).format(window=self._label(window), **values)
            self.manager.show_text(name, text)

    def _label(self, window: str) -> str:
        return str(int(window.rpartition("-")[2]))

    def opened(self, p: Placed) -> None:
        """Somebody signed on: the pad shows whose window it is, the display the window."""
        name = self.names.get(p.fact.window)
        if name is not None:
            self.manager.show_idle(name, p.fact.staff, 0)
        self.free(p)

    def print_ticket(self, ticket: str, *, reprint: bool = False) -> None:
        """The slip goes to the printer; only paper that is surely out is recorded as printed."""
        doc = slip(self.journal.database, ticket, read_clock(), reprint=reprint)
        if doc is None:
            return

        def done(result: PrintResult) -> None:
            if result.code is PrintCode.PRINTED:
                self._later(lambda: self._printed(ticket, reprint))
            else:
                log.warning("ticket %s not printed: %s", ticket, result.code)

        self.manager.print_ticket(doc, done)

    def print_again(self, ticket: str) -> None:
        """Somebody lost the slip: a copy, marked as one."""
        self.print_ticket(ticket, reprint=True)

    def print_card(self, card: str) -> None:
        """A card for later; that it was given out is a fact already."""
        doc = card_slip(self.journal.database, card)
        if doc is not None:
            self.manager.print_ticket(doc, lambda result: log.info("card %s: %s", card, result.code))

    def _printed(self, ticket: str, reprint: bool) -> None:
        with self.journal.write("-", read_clock()) as tx:
            tx.record(TicketPrinted(ticket=ticket, reprint=reprint))
